package testneed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
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
	return &Alertmanager{t: t, Addr: start(t, "prometheus-alertmanager", "--config.file="+config, "--storage.path="+t.TempDir(), "--cluster.listen-address=", "--log.level=error")}
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
	return &Prometheus{t: t, URL: "http://" + start(t, "prometheus", "--config.file="+conf, "--storage.tsdb.path="+t.TempDir(), "--log.level=error")}
}
