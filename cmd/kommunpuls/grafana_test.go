package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/grafana/grafanatest"
)

func grafanaConfig(t *testing.T, url, token string) string {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`municipality: Storby
pseudonym_key: ${file:key}
grafana:
  url: %s
  token: ${file:token}
  org: 1
  datasource: {url: "http://127.0.0.1:9090"}
alerts:
  receivers: {jour: {mail: [jour@storby.test]}}
`, url)
	for name, content := range map[string]string{"kommunpuls.yaml": text, "key": strings.Repeat("k", 64), "token": token} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "kommunpuls.yaml")
}

// Everything that is generated is taken by a server with Grafana's manners.
func TestGrafanaIsGivenEverythingOnce(t *testing.T) {
	s := grafanatest.New(t)
	config := grafanaConfig(t, s.URL, grafanatest.Token)

	code, out, errOut := kommunpuls(t, "-c", config, "grafana", "push", "--dry-run")
	if code != exitOK || !strings.Contains(out, "Inget är ändrat.") || len(s.Writes()) > 0 {
		t.Fatalf("%d %s%s", code, out, errOut)
	}
	code, out, errOut = kommunpuls(t, "-c", config, "grafana", "push")
	if code != exitOK {
		t.Fatalf("%d %s%s", code, out, errOut)
	}
	for _, want := range []string{"vy ”Läget”", "vy ”Revision”", "datakälla ”Prometheus”", "larmgrupp ”kommunpuls-natet”", "kontaktpunkt ”jour”", "tyst tid", "mottagare"} {
		if !strings.Contains(out, want) {
			t.Errorf("nothing is said of %s:\n%s", want, out)
		}
	}
	s.Writes()
	code, out, errOut = kommunpuls(t, "-c", config, "grafana", "push")
	if code != exitOK || !strings.HasSuffix(out, "\nIngenting behövde ändras.\n") || len(s.Writes()) > 0 {
		t.Errorf("again: %d %s%s", code, out, errOut)
	}
	s.Edit("kommunpuls-laget", func(m map[string]any) { m["title"] = "Läget hos oss" })
	code, out, _ = kommunpuls(t, "-c", config, "grafana", "push")
	if code != exitNo || !strings.Contains(out, "lämnad") || !strings.Contains(out, `title: "Läget hos oss" → "Läget"`) {
		t.Errorf("changed by hand: %d %s", code, out)
	}
	if code, out, _ = kommunpuls(t, "-c", config, "grafana", "push", "--force"); code != exitOK || !strings.Contains(out, "1 ändrade") {
		t.Errorf("forced: %d %s", code, out)
	}
}

func TestAPushThatCannotBeIsToldWithItsExitCode(t *testing.T) {
	s := grafanatest.New(t)
	code, out, errOut := kommunpuls(t, "-c", grafanaConfig(t, s.URL, "glsa_fel"), "grafana", "push")
	if code != exitUsage || out != "" || !strings.Contains(errOut, s.URL) || !strings.Contains(errOut, "Inget är ändrat i Grafana") || strings.Contains(errOut, "glsa_fel") {
		t.Errorf("a wrong token: %d %q %q", code, out, errOut)
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<p>Logga in</p>"))
	}))
	defer page.Close()
	code, _, errOut = kommunpuls(t, "-c", grafanaConfig(t, page.URL, grafanatest.Token), "grafana", "push")
	if code != exitReached || !strings.Contains(errOut, "framför Grafana? Inget är ändrat i Grafana") {
		t.Errorf("a login page: %d %q", code, errOut)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down := "http://" + l.Addr().String()
	_ = l.Close()
	if code, _, errOut = kommunpuls(t, "-c", grafanaConfig(t, down, "x"), "grafana", "push"); code != exitReached || !strings.Contains(errOut, down) {
		t.Errorf("down: %d %q", code, errOut)
	}
	config := grafanaConfig(t, s.URL, grafanatest.Token)
	if err := os.WriteFile(config, []byte("municipality: Storby\npseudonym_key: ${file:key}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut = kommunpuls(t, "-c", config, "grafana", "push"); code != exitUsage || !strings.Contains(errOut, "grafana: måste anges") {
		t.Errorf("no section: %d %q", code, errOut)
	}
}

func TestDashboardsAreWrittenAsTheyAreCommitted(t *testing.T) {
	dir := t.TempDir()
	for _, said := range []string{"skriven", "oförändrad"} {
		code, out, errOut := kommunpuls(t, "-c", filepath.Join(dir, "none.yaml"), "grafana", "render", "--dir", filepath.Join(dir, "ut"))
		if code != exitOK || strings.Count(out, ": "+said+" (") != 8 {
			t.Fatalf("%d %s%s", code, out, errOut)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "ut", "*.json"))
	if err != nil || len(names) != 8 {
		t.Fatal(names, err)
	}
	for _, n := range names {
		got, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("..", "..", "dashboards", filepath.Base(n)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not the committed one: %v", filepath.Base(n), err)
		}
	}
	code, out, errOut := kommunpuls(t, "-c", filepath.Join(dir, "none.yaml"), "grafana", "render", "--dir", filepath.Join(dir, "en"), "--lang", "en")
	if code != exitOK || strings.Contains(out, "Läget") {
		t.Errorf("%d %s%s", code, out, errOut)
	}
}
