package grafana

// laget is the IT-chef's first screen.
func laget(o Options) *board {
	b := start(o, "laget")
	b.row("sure")
	b.put(6, 4, b.stat("content").worded().in(b.days()).now("(time() - min(kommunpuls_source_content_timestamp_seconds)) / 86400", "").from(90, bad))
	b.put(6, 4, b.stat("refused").worded().unit(unitCount).now(`sum(kommunpuls_source_rows{result="refused"})`, "").from(1, bad))
	b.row("charts")
	for _, id := range []string{"system_owner_coverage", "ticket_resolution_24h"} {
		b.put(8, 7, b.kpiChart(id))
	}
	return b
}
