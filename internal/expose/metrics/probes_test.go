package metrics

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func scrapeProbes(t *testing.T, list ...Probe) string {
	t.Helper()
	p := NewProbes()
	p.Publish(list)
	h, err := ProbesHandler(p, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics/probes", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestProbesStandUnderTheNamesOfOtherExporters(t *testing.T) {
	up := Probe{Target: "etjanst", Site: "molnet", OrgUnit: "ks", Module: "http", Point: "a", Success: true, Duration: 125 * time.Millisecond, Expires: time.Unix(1_800_000_000, 0)}
	down := Probe{Target: "skola", Site: "centralskolan", OrgUnit: "utb", Module: "icmp", Point: "a"}
	fromElsewhere := down
	fromElsewhere.Point, fromElsewhere.Success, fromElsewhere.Duration = "b", true, 3*time.Millisecond
	body := scrapeProbes(t, up, down)
	for _, want := range []string{
		`probe_success{module="http",org_unit="ks",site="molnet",target="etjanst"} 1`,
		`probe_duration_seconds{module="http",org_unit="ks",site="molnet",target="etjanst"} 0.125`,
		`probe_ssl_earliest_cert_expiry{module="http",org_unit="ks",site="molnet",target="etjanst"} 1.8e+09`,
		`probe_success{module="icmp",org_unit="utb",site="centralskolan",target="skola"} 0`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("missing: %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, `probe_duration_seconds{module="icmp"`) {
		t.Error("a target that did not answer has no time")
	}
	if body = scrapeProbes(t, down, fromElsewhere); !strings.Contains(body, `target="skola"} 1`) || !strings.Contains(body, "0.003") {
		t.Errorf("seen from another point it answers:\n%s", body)
	}
}

func TestPromtoolFindsNothingToRemarkOnTheProbes(t *testing.T) {
	cmd := exec.Command(testneed.Program(t, "promtool"), "check", "metrics")
	cmd.Stdin = strings.NewReader(scrapeProbes(t, Probe{Target: "skola", Module: "tls", Success: true, Duration: time.Second, Expires: time.Unix(1_800_000_000, 0)}))
	if out, err := cmd.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}
