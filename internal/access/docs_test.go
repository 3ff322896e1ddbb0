package access

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// blocks are the code blocks of docs/atkomst.md in a language.
func blocks(t *testing.T, lang string) []string {
	t.Helper()
	b, err := os.ReadFile("../../docs/atkomst.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?s)\n```"+lang+"\n(.*?)\n```\n").FindAllStringSubmatch(string(b), -1) {
		out = append(out, m[1]+"\n")
	}
	return out
}

// What the document shows is what works: the configuration starts, and a real
// Prometheus scrapes with what the document tells it.
func TestTheExamplesOfTheDocumentWork(t *testing.T) {
	yamls := blocks(t, "yaml")
	if len(yamls) != 4 {
		t.Fatalf("%d examples", len(yamls))
	}
	dir := t.TempDir()
	makeCertificates(t, dir)
	for from, to := range map[string]string{"server.pem": "kommunpuls.pem", "server.key": "kommunpuls.key", "ca.pem": "utfardare.pem"} {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(dir, "web-config.yml"), yamls[1])
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 32))
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "data", "oidc.secret"), "hemligt")
	for i, text := range []string{yamls[0], yamls[2]} {
		path := filepath.Join(dir, "kommunpuls.yaml")
		put(t, path, "municipality: Exempelkommun\npseudonym_key: ${file:key}\n"+text)
		cfg, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Config: cfg, Now: time.Now}); err != nil {
			t.Errorf("example %d: %v", i, err)
		}
	}

	s := start(t, func(_ *site, c *config.Config) {
		c.WebConfig = filepath.Join(dir, "web-config.yml")
		c.Access.Users = map[string]config.Grant{"revisor": {Role: "auditor"}}
	})
	if got := curl(t, dir, "--cacert", "utfardare.pem", "-u", "revisor:revisor-losen", s.url+"/api/v1/kpis"); got != "200 2" {
		t.Errorf("curl: %s", got)
	}
	put(t, filepath.Join(dir, "kommunpuls.losen"), "prometheus-losen")
	prom := strings.NewReplacer("/etc/prometheus/", dir+"/", "kommunpuls.kommunen.se:9464", s.cfg.Listen, "scrape_configs:", "global: {scrape_interval: 5s}\nscrape_configs:").Replace(yamls[3])
	put(t, filepath.Join(dir, "prometheus.yml"), prom)
	if out, err := exec.Command(testneed.Program(t, "promtool"), "check", "config", filepath.Join(dir, "prometheus.yml")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if up := scraped(t, dir); up != "1" {
		t.Errorf("up = %q\n%s", up, s.log)
	}
}

// scraped runs Prometheus on dir/prometheus.yml until a scrape has gone well,
// and returns the last "up". The first may be too slow: bcrypt takes its time.
func scraped(t *testing.T, dir string) string {
	t.Helper()
	addr := testneed.FreeAddr(t)
	cmd := exec.Command(testneed.Program(t, "prometheus"), "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "tsdb"), "--web.listen-address="+addr, "--log.level=error")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	last := ""
	value := regexp.MustCompile(`"value":\[[0-9.]+,"(\d)"\]`)
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		resp, err := http.Get("http://" + addr + "/api/v1/query?query=max_over_time(up[1m])")
		if err != nil {
			continue
		}
		b := make([]byte, 4096)
		n, _ := resp.Body.Read(b)
		_ = resp.Body.Close()
		if m := value.FindSubmatch(b[:n]); m != nil {
			if last = string(m[1]); last == "1" {
				break
			}
		}
	}
	return last
}

func TestTheProxyOfTheDocumentKeepsFiguresIn(t *testing.T) {
	nginx := testneed.Program(t, "nginx")
	s := start(t, func(_ *site, c *config.Config) {
		c.Hosts = []string{"kommunpuls.kommunen.se"}
		c.PublicURL = "https://kommunpuls.kommunen.se"
		c.Access.TrustedProxies = []string{"127.0.0.1"}
	})
	dir := t.TempDir()
	makeCertificates(t, dir)
	host, port, err := net.SplitHostPort(testneed.FreeAddr(t))
	if err != nil {
		t.Fatal(err)
	}
	server := strings.NewReplacer("listen 443 ssl", "listen "+host+":"+port+" ssl", "/etc/ssl/kommunpuls.pem", dir+"/server.pem", "/etc/ssl/kommunpuls.key", dir+"/server.key", "127.0.0.1:9464", s.cfg.Listen).Replace(blocks(t, "nginx")[0])
	temp := ""
	for _, n := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += n + "_temp_path " + dir + "/" + n + ";\n"
	}
	put(t, filepath.Join(dir, "nginx.conf"), "daemon off;\nmaster_process off;\npid "+dir+"/pid;\nerror_log stderr error;\nevents {}\nhttp {\naccess_log off;\n"+temp+server+"}\n")
	cmd := exec.Command(nginx, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	at := func(path string, more ...string) string {
		args := append([]string{"--insecure", "--retry", "50", "--retry-connrefused", "--retry-delay", "0", "--max-time", "300", "--resolve", "kommunpuls.kommunen.se:" + port + ":" + host}, more...)
		return strings.Fields(curl(t, dir, append(args, "https://kommunpuls.kommunen.se:"+port+path)...))[0]
	}
	for path, want := range map[string]string{"/healthz": "200", "/metrics": "404", "/metrics/probes": "404", "/status": "401", "/api/v1/kpis": "401", "/": "401"} {
		if got := at(path); got != want {
			t.Errorf("%s through the proxy: %s, want %s", path, got, want)
		}
	}
	if got := at("/api/v1/kpis", "-H", "Authorization: Bearer "+apiToken); got != "200" {
		t.Errorf("with the token: %s", got)
	}
}
