package probe

import "runtime"

// pingAdvice says what to do where the process may not ping.
func pingAdvice() string { return adviceFor(runtime.GOOS) }

func adviceFor(system string) string {
	const what = "Tjänsten får inte skicka ping här, så mål med icmp räknas som okända och inte som nere. "
	switch system {
	case "linux":
		return what + "Tillåt det för tjänstens grupp: sysctl -w net.ipv4.ping_group_range=\"GID GID\" (och samma rad i /etc/sysctl.d/), " +
			"eller ge programmet rätten: setcap cap_net_raw+ep på filen kommunpuls, eller AmbientCapabilities=CAP_NET_RAW i systemd. Mät annars med tcp."
	case "windows":
		return what + "Kör tjänsten som LocalSystem eller administratör, eller mät med tcp."
	}
	return what + "Kör tjänsten med rätt att öppna en ICMP-socket, eller mät med tcp."
}
