package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kommunpuls/kommunpuls/internal/expose/otlp/otlptest"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// The daemon sends its figures and a trace of its collection, says in /status
// how that goes, and follows a changed configuration.
func TestTheDaemonSendsFiguresAndTracesOverOTLP(t *testing.T) {
	const auth = "Bearer otlp-hemligt-ord"
	t.Setenv("KP_KEY", "0123456789abcdef0123456789abcdef")
	t.Setenv("KP_TOKEN", "en-lang-hemlig-token")
	t.Setenv("KP_OTLP", auth)
	first := otlptest.Start(t, otlptest.Options{Authorization: auth})
	second := otlptest.Start(t, otlptest.Options{HTTP: true, Authorization: auth, Path: "/otlp"})
	dir, listen := t.TempDir(), testneed.FreeAddr(t)
	put(t, filepath.Join(dir, "lista.csv"), "System;Förvaltning;Systemägare\nLifecare;Socialförvaltningen;Vakant\nUnikum;Barn och utbildning;Rektor")
	conf := filepath.Join(dir, "kommunpuls.yaml")
	write := func(endpoint, protocol string) {
		put(t, conf, fmt.Sprintf(`municipality: Exempelkommun
listen: %s
pseudonym_key: ${env:KP_KEY}
api_token: ${env:KP_TOKEN}
sources:
  - {name: systemlista, type: table, settings: {file: lista.csv, record: system, columns: {name: System, org_unit: Förvaltning, "role:owner": Systemägare}}}
otlp: {endpoint: %q, protocol: %s, insecure: true, interval: 1s, traces: true, headers: {Authorization: "${env:KP_OTLP}"}}`, listen, endpoint, protocol))
	}
	write(first.URL, "grpc")
	addr := startDaemon(t, conf)

	const figure = `kommunpuls_source_rows{result="seen",source="systemlista",type="table"}`
	got := map[string]float64{}
	arrived := func(r *otlptest.Receiver) func() bool {
		return func() bool {
			for _, m := range r.Metrics() {
				maps.Copy(got, otlptest.Series(t, []pmetric.Metrics{m}, otlptranslator.UnderscoreEscapingWithSuffixes))
			}
			return got[figure] == 2 && got[`kommunpuls_otlp_up{signal="metrics"}`] == 1
		}
	}
	eventually(t, "the figure and the exporter's own state at the receiver", arrived(first))
	want := []string{"apply", "check settings", "collection", "evaluate", "read", "stage", "start plugin"}
	eventually(t, "a whole trace", func() bool { return slices.Equal(spanNames(first), want) })

	clear(got)
	write(second.URL, "http")
	if code, out, errOut := kommunpuls(t, "-c", conf, "reload"); code != exitOK {
		t.Fatal(out, errOut)
	}
	eventually(t, "the figure at the other receiver", arrived(second))
	var st web.Status
	eventually(t, "a status without faults", func() bool {
		_, body := get(t, "http://"+addr+"/status")
		if err := json.Unmarshal(body, &st); err != nil {
			t.Fatal(err)
		}
		return st.OTLP != nil && st.OTLP.Endpoint == second.URL && st.OTLP.Protocol == "http" && st.OTLP.Signals[0].Up
	})
	second.Stop()
	eventually(t, "the fault in the status and in /metrics", func() bool {
		_, body := get(t, "http://"+addr+"/status")
		_, shown := get(t, "http://"+addr+"/metrics")
		return strings.Contains(string(body), `"error_class": "unreachable"`) && strings.Contains(string(shown), `kommunpuls_otlp_up{signal="metrics"} 0`)
	})
}

// spanNames are those of everything that was received, each once.
func spanNames(r *otlptest.Receiver) []string {
	var out []string
	for _, ts := range r.Traces() {
		for _, rs := range ts.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					out = append(out, s.Name())
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
