package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// historyDays is how far back the history of the watched demo goes, in steps of
// historyStep: few of them, since each computes every figure.
const (
	historyDays = 35
	historyStep = "14d"
)

// watchedDemo runs the demo as a daemon that has computed its figures for a
// year and has targets for each, that also watches a network, with a place that
// is down, one that is down as planned and one that answers, that sends what
// it shows by OTLP, and has a source that cannot be read. It returns its address
// and its history as OpenMetrics text.
func watchedDemo(t testing.TB) (addr, past string) {
	t.Helper()
	dir := t.TempDir()
	addr = testneed.FreeAddr(t)
	if err := demo.Generate(dir, time.Now(), addr); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, demo.ConfigFile)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "mal.yaml"), targets(t, filepath.Join(dir, demo.DecisionsFile)))
	decided := strings.Replace(string(text), "decisions: ["+demo.DecisionsFile+"]", "decisions: ["+demo.DecisionsFile+", mal.yaml]", 1)
	put(t, config, decided)
	do(t, "-c", config, "collect")
	do(t, "-c", config, "snapshot", "create")
	aYearOfFigures(t, config, dir)
	past = filepath.Join(dir, "history.txt")
	from := time.Now().AddDate(0, 0, -historyDays).Format(time.DateOnly)
	do(t, "-c", config, "export", "openmetrics", "--from", from, "--step", historyStep, "-o", past)
	put(t, config, strings.Replace(decided, "sources:\n", otlpSection(t)+"sources:\n", 1)+watchedSources(t))
	startDaemon(t, config)
	return addr, past
}

// loaded is a folder for Prometheus with a history in it.
func loaded(t testing.TB, past string) string {
	t.Helper()
	data := t.TempDir()
	cmd := exec.Command(testneed.Program(t, "promtool"), "tsdb", "create-blocks-from", "openmetrics", "--quiet", past, data)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v\n%s", err, out)
	}
	return data
}

// do runs a command in process, which must succeed, and returns what it printed.
func do(t testing.TB, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &errOut}); code != exitOK {
		t.Fatalf("%s: exit %d: %s%s", strings.Join(args, " "), code, out.String(), errOut.String())
	}
	return out.String()
}

// otlpSection is a collector that takes everything.
func otlpSection(t testing.TB) string {
	t.Helper()
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(collector.Close)
	return fmt.Sprintf("otlp: {endpoint: \"%s\", protocol: http, insecure: true, interval: 5s}\n", collector.URL)
}

// targets are decisions for every figure that the demo has none for, so far off
// that none is met.
func targets(t testing.TB, decided string) string {
	t.Helper()
	have, err := os.ReadFile(decided)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	far := map[string]map[string]string{
		"share": {"up": "100 %", "down": "0 %"}, "seconds": {"up": "9000 dygn", "down": "1 s"},
	}
	var b strings.Builder
	b.WriteString("targets:\n")
	for _, d := range c.KPIs {
		if strings.Contains(string(have), "{kpi: "+d.ID+",") {
			continue
		}
		value := cmp.Or(far[d.Unit][d.Direction], far[d.Unit]["up"], map[string]string{"up": "1000000"}[d.Direction], "0")
		fmt.Fprintf(&b, "  - {kpi: %s, value: %q, due: %d-12-31, decision: \"KS 2026/1\"}\n", d.ID, value, time.Now().Year()+1)
	}
	return b.String()
}

// aYearOfFigures puts the evaluations of thirteen months into the store, each
// figure a little further from its target than in the month after.
func aYearOfFigures(t testing.TB, config, dir string) {
	t.Helper()
	today := do(t, "-c", config, "kpi", "--format", "json")
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "data", app.StoreFile), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(calendar.Location()) // whose months they are
	for back := range 13 {
		var fs []finding.Finding // anew: the figures stand behind pointers
		if err := json.Unmarshal([]byte(today), &fs); err != nil {
			t.Fatal(err)
		}
		end := time.Date(now.Year(), now.Month()-time.Month(back), 1, 0, 0, 0, 0, calendar.Location()).Add(-time.Second)
		for i := range fs {
			fs[i].AsOf, fs[i].KnownAt = end, end.Add(time.Hour)
			if f := &fs[i]; f.Value != nil && f.Target != nil && f.Target.Value != nil {
				was := func(v, goal float64) float64 { return max(0, v-(goal-v)*0.02*float64(back+1)) }
				*f.Value = was(*f.Value, *f.Target.Value)
				if f.Numerator != nil && f.Denominator != nil {
					*f.Numerator = *f.Value * *f.Denominator
				}
			}
		}
		if err := s.SaveFindings(t.Context(), store.Point{AsOf: end, KnownAt: end.Add(time.Hour)}, fs); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// watchedSources are a measuring point and a file that is missing.
func watchedSources(t testing.TB) string {
	t.Helper()
	open, shut := door(t), testneed.FreeAddr(t)
	page := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	from := time.Now().Add(-24 * time.Hour).Format("2006-01-02 15:04")
	to := time.Now().Add(24 * time.Hour).Format("2006-01-02 15:04")
	host, err := url.Parse(page.URL)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`  - name: natet
    type: probe
    settings:
      interval: 1s
      timeout: 500ms
      certificate_every: 1s
      gateways: [{address: "%[1]s", module: tcp}]
      modules: {sida: {type: http, status: [404], insecure: true}}
      targets:
        - {id: brandstationen, name: Brandstationen, module: tcp, address: "%[2]s", site: Brandstationen, org_unit: Räddningstjänsten, criticality: raddningstjanst, users: 24, hours: always}
        - {id: centralskolan, name: Centralskolan, module: tcp, address: "%[1]s", site: Centralskolan, org_unit: Utbildningsförvaltningen, users: 60}
        - {id: badhuset, name: Badhuset, module: tcp, address: "%[2]s", site: Badhuset, org_unit: Kultur- och fritidsförvaltningen, criticality: lag, users: 14, planned: "%[3]s..%[4]s"}
        - {id: bygglov, name: Bygglov på webben, module: sida, address: "https://%[5]s/", site: Stadshuset, org_unit: Stadsbyggnadskontoret, criticality: hog, users: 310, hours: always}
  - name: borta
    type: table
    settings: {file: finns-inte.csv, record: system, columns: {name: Systemnamn}}
`, open, shut, from, to, host.Host)
}

// door is an address that takes connections.
func door(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}
