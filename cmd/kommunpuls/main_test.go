package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// TestMain lets the test binary be kommunpuls itself: as a script's command,
// and as the child that the daemon starts for a source.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "source" {
		main()
	}
	testscript.Main(m, map[string]func(){"kommunpuls": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: func(e *testscript.Env) error {
		tmp, err := os.MkdirTemp("", "kp") // a socket's path must be short
		if err != nil {
			return err
		}
		e.Defer(func() { _ = os.RemoveAll(tmp) })
		e.Setenv("TMPDIR", tmp)
		return nil
	}})
}

// kommunpuls runs a command in process.
func kommunpuls(t testing.TB, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, streams{in: strings.NewReader(""), out: &o, err: &e})
	return code, o.String(), e.String()
}

func figures(t *testing.T, config string, args ...string) map[string]finding.Finding {
	t.Helper()
	code, out, errOut := kommunpuls(t, append([]string{"-c", config, "kpi", "--format", "json"}, args...)...)
	if code != exitOK {
		t.Fatalf("kpi: exit %d: %s", code, errOut)
	}
	var fs []finding.Finding
	if err := json.Unmarshal([]byte(out), &fs); err != nil {
		t.Fatal(err)
	}
	by := map[string]finding.Finding{}
	for _, f := range fs {
		by[f.KPI] = f
	}
	return by
}

func TestTheDemoShowsTheGoldenFactsAndPrometheusReadsThem(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	code, out, errOut := kommunpuls(t, "demo", "--once", "--dir", dir)
	if code != exitOK {
		t.Fatalf("demo: exit %d\n%s\n%s", code, out, errOut)
	}
	for _, want := range []string{"DEMODATA", "75 av 500", "15,0", "71,0", "11 av 40", "27,5", "/metrics", "report.html"} {
		if !strings.Contains(strings.ReplaceAll(out, "\u00a0", " "), want) {
			t.Errorf("the demo does not print %q:\n%s", want, out)
		}
	}
	if !regexp.MustCompile(`(?s) rader på \d+,\d s\n.*Klart på \d+,\d sekunder`).MatchString(strings.ReplaceAll(out, "\u00a0", " ")) {
		t.Errorf("seconds are not told with a decimal comma:\n%s", out)
	}
	if strings.Contains(out, "%!") {
		t.Errorf("a sentence of the demo is not filled in:\n%s", out)
	}
	config := filepath.Join(dir, demo.ConfigFile)
	by := figures(t, config)
	for id, want := range map[string][2]float64{
		"system_owner_coverage": {demo.Owned, demo.Systems},
		"ticket_resolution_24h": {144 * 71, 144 * 100},
		"sso_coverage":          {demo.WithSSO, demo.Gold + demo.Silver},
	} {
		f := by[id]
		if f.Numerator == nil || f.Denominator == nil || *f.Numerator != want[0] || *f.Denominator != want[1] {
			t.Errorf("%s: %v of %v (%s), want %v", id, deref(f.Numerator), deref(f.Denominator), f.Outcome, want)
		}
	}
	// The registry of earlier months is history of its own time.
	then := figures(t, config, "--as-of", time.Now().AddDate(-1, 0, 0).Format(time.DateOnly))["system_owner_coverage"]
	if then.Numerator == nil || then.Denominator == nil || *then.Numerator >= demo.Owned || *then.Numerator == 0 || *then.Denominator != demo.Systems {
		t.Errorf("a year ago: %v of %v (%s)", deref(then.Numerator), deref(then.Denominator), then.Outcome)
	}
	for id, f := range by {
		if f.Outcome == finding.Error {
			t.Errorf("%s: %+v", id, f.Reason)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	// Where fewer is better, the page lists the rows that the figure counts, with why.
	if _, list, ok := strings.Cut(string(page), `id="arbetslista"`); !ok || !strings.Contains(list, "Leverantörens support har upphört.") {
		t.Error("the page does not list the systems that are past their support")
	}
	anAuditorChecks(t, config)
	anAuditorRecounts(t, config)
	aSnapshotIsTrusted(t, config)
	aStrategyIsFilledIn(t, config)
	prometheusReads(t, config)
}

// prometheusReads runs the daemon and lets a real Prometheus scrape it.
func prometheusReads(t *testing.T, config string) {
	addr := startDaemon(t, config)
	p := testneed.StartPrometheus(t, t.TempDir(), addr)
	const expr = `kommunpuls_kpi_value{kpi="system_owner_coverage",org_unit="",dimension=""}`
	var got []string
	eventually(t, "Prometheus has scraped a figure", func() bool {
		got = p.Query(expr, time.Time{})
		return len(got) > 0
	})
	if len(got) != 1 || got[0] != "0.15" {
		t.Errorf("%s = %v", expr, got)
	}
	eventually(t, "Prometheus knows of every source", func() bool {
		got = p.Query(`count(kommunpuls_source_last_success_timestamp_seconds)`, time.Time{})
		return len(got) == 1 && got[0] == "14"
	})
}

func deref(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}
