package prometheus_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// history is a measurement every minute of two sites and a queue, in the two
// days before now, as OpenMetrics.
func history() []byte {
	var b bytes.Buffer
	begin := now.Add(-48 * time.Hour)
	b.WriteString("# TYPE probe_success gauge\n")
	for _, site := range []string{"centralskolan", "brandstationen"} {
		for at := begin; !at.After(now); at = at.Add(time.Minute) {
			up := 1
			ago := now.Sub(at)
			switch {
			case site == "brandstationen" && ago <= 20*time.Minute: // still down
				up = 0
			case site == "centralskolan" && ago <= 26*time.Hour && ago > 25*time.Hour: // down an hour
				up = 0
			case site == "centralskolan" && ago <= 3*time.Hour && ago >= time.Hour: // nothing was measured
				continue
			}
			_, _ = fmt.Fprintf(&b, "probe_success{site=%q,instance=\"10.0.0.1\",forvaltning=\"Utbildning\"} %d %d\n", site, up, at.Unix())
		}
	}
	b.WriteString("# TYPE queue_waiting gauge\n")
	for at := begin; !at.After(now); at = at.Add(time.Minute) {
		_, _ = fmt.Fprintf(&b, "queue_waiting{queue=\"servicedesk\"} %d %d\n", int(now.Sub(at)/time.Minute)%60, at.Unix())
	}
	b.WriteString("# EOF\n")
	return b.Bytes()
}

// start runs a real Prometheus with the history, and returns settings that ask it.
func start(t testing.TB) settings {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "historik.txt")
	if err := os.WriteFile(file, history(), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if out, err := exec.Command(testneed.Program(t, "promtool"), "tsdb", "create-blocks-from", "openmetrics", file, data).CombinedOutput(); err != nil { //nolint:gosec // the test's own files
		t.Fatalf("%v\n%s", err, out)
	}
	return settings{"url": testneed.StartPrometheus(t, data).URL}
}

// guarded puts a proxy before the server that asks for a login, over TLS, and
// returns settings that lack it. allow says who may pass.
func guarded(t testing.TB, s settings, allow func(*http.Request) bool) settings {
	t.Helper()
	behind, err := url.Parse(s["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	proxy, through := httputil.NewSingleHostReverseProxy(behind), &http.Transport{}
	proxy.Transport = through
	t.Cleanup(through.CloseIdleConnections)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allow(r) {
			http.Error(w, "hemligt: Anna Andersson", http.StatusUnauthorized)
			return
		}
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/prom")
		proxy.ServeHTTP(w, r)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // a certificate that is not trusted is part of the test
	srv.StartTLS()
	t.Cleanup(srv.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pemOf(srv.Certificate().Raw), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.with("url", srv.URL+"/prom/", "ca_file", ca)
}
