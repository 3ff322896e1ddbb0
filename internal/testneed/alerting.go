package testneed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Alertmanager is a real Alertmanager on a free loopback port.
type Alertmanager struct {
	t    testing.TB
	Addr string
}

// StartAlertmanager runs Alertmanager with a configuration until the test ends.
func StartAlertmanager(t testing.TB, config string) *Alertmanager {
	t.Helper()
	a := &Alertmanager{t: t, Addr: FreeAddr(t)}
	start(t, Program(t, "prometheus-alertmanager"), "http://"+a.Addr+"/-/ready", "--config.file="+config, "--storage.path="+t.TempDir(),
		"--web.listen-address="+a.Addr, "--cluster.listen-address=", "--log.level=error")
	return a
}

// Alert is one alert that Alertmanager has.
type Alert struct {
	Labels, Annotations map[string]string
	StartsAt            time.Time
	Status              struct {
		State       string
		InhibitedBy []string
	}
}

// Alerts lists what Alertmanager has, of a name.
func (a *Alertmanager) Alerts(name string) []Alert {
	a.t.Helper()
	resp, err := http.Get("http://" + a.Addr + "/api/v2/alerts?filter=alertname%3D" + name)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out []Alert
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		a.t.Fatal(err)
	}
	return out
}

// Alerting is a Prometheus that evaluates rules and sends to an Alertmanager.
type Alerting struct {
	Every        time.Duration // between two scrapes
	Rules        string        // a file
	Alertmanager *Alertmanager
}

// StartAlerting runs Prometheus on targets with rules until the test ends.
func StartAlerting(t testing.TB, a Alerting, targets ...string) *Prometheus {
	t.Helper()
	conf := filepath.Join(t.TempDir(), "prometheus.yml")
	text := fmt.Sprintf("global: {scrape_interval: %[1]s, scrape_timeout: %[1]s, evaluation_interval: %[1]s}\nrule_files: [%[2]q]\nalerting: {alertmanagers: [{static_configs: [{targets: [%[3]q]}]}]}\nscrape_configs:\n",
		a.Every, a.Rules, a.Alertmanager.Addr) + jobs(targets)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := FreeAddr(t)
	start(t, Program(t, "prometheus"), "http://"+addr+"/-/ready", "--config.file="+conf, "--storage.tsdb.path="+t.TempDir(), "--web.listen-address="+addr, "--log.level=error")
	return &Prometheus{t: t, URL: "http://" + addr}
}

// start runs a server until the test ends, and waits until it is ready.
func start(t testing.TB, bin, ready string, args ...string) {
	t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 300 {
		if resp, err := http.Get(ready); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s did not become ready", filepath.Base(bin))
}
