package testneed

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Prometheus is a real Prometheus server on a free loopback port.
type Prometheus struct {
	t   testing.TB
	URL string
}

// FreeAddr returns a loopback address that was free a moment ago and that the
// system gives to nobody who does not name it: its own ports begin at 32768.
func FreeAddr(t testing.TB) string {
	t.Helper()
	const first, end = 16_000, 32_000
	var err error
	for range 1000 {
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+rand.IntN(end-first))); err == nil {
			defer func() { _ = l.Close() }()
			return l.Addr().String()
		}
	}
	t.Fatal(err)
	return ""
}

// StartPrometheus runs Prometheus on data (its TSDB folder), scraping targets
// every other second, until the test ends. A target is an address, with a path if
// it is not /metrics.
func StartPrometheus(t testing.TB, data string, targets ...string) *Prometheus {
	t.Helper()
	return StartPrometheusEvery(t, 2*time.Second, data, targets...)
}

// StartPrometheusEvery is StartPrometheus with another scrape interval.
func StartPrometheusEvery(t testing.TB, interval time.Duration, data string, targets ...string) *Prometheus {
	t.Helper()
	conf := filepath.Join(t.TempDir(), "prometheus.yml")
	text := fmt.Sprintf("global: {scrape_interval: %s, scrape_timeout: %[1]s}\nscrape_configs:\n", interval) + jobs(targets)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return &Prometheus{t: t, URL: "http://" + start(t, "prometheus", "--config.file="+conf, "--storage.tsdb.path="+data, "--storage.tsdb.retention.time=50y", "--log.level=error")}
}

// jobs makes a job of each path.
func jobs(targets []string) string {
	byPath := map[string][]string{}
	for _, t := range targets {
		addr, path, ok := strings.Cut(t, "/")
		if !ok {
			path = "metrics"
		}
		byPath["/"+path] = append(byPath["/"+path], fmt.Sprintf("%q", addr))
	}
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		job := "kommunpuls" + strings.ReplaceAll(strings.TrimPrefix(path, "/metrics"), "/", "-")
		fmt.Fprintf(&b, "- job_name: %s\n  metrics_path: %s\n  static_configs: [{targets: [%s]}]\n", job, path, strings.Join(byPath[path], ", "))
	}
	return b.String()
}

// Query returns the instant values of an expression at an instant (zero is now).
func (p *Prometheus) Query(expr string, at time.Time) []string {
	p.t.Helper()
	v := url.Values{"query": {expr}}
	if !at.IsZero() {
		v.Set("time", at.Format(time.RFC3339))
	}
	var result []struct{ Value [2]any }
	if err := p.Ask("query", v, &struct{ Result any }{&result}); err != nil {
		p.t.Fatal(err)
	}
	var out []string
	for _, r := range result {
		out = append(out, fmt.Sprint(r.Value[1]))
	}
	return out
}

// Ask puts a question to the HTTP API (query, query_range, series,
// label/NAME/values) and reads the answer's data. What Prometheus refuses is
// an error in its words.
func (p *Prometheus) Ask(what string, v url.Values, data any) (err error) {
	resp, err := http.Get(p.URL + "/api/v1/" + what + "?" + v.Encode())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	body := struct {
		Error string
		Data  any
	}{Data: data}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return fmt.Errorf("%s: status %d: %w", what, resp.StatusCode, err)
	}
	if body.Error != "" {
		return errors.New(body.Error)
	}
	return nil
}
