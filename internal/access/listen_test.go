package access

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

func TestANetworkIsListenedToOnlyWithTLSAndALogin(t *testing.T) {
	dir := t.TempDir()
	makeCertificates(t, dir)
	put(t, filepath.Join(dir, "tls.yml"), "tls_server_config: {cert_file: server.pem, key_file: server.key}\n")
	put(t, filepath.Join(dir, "users.yml"), usersText(t, "a"))
	put(t, filepath.Join(dir, "secret"), apiToken)
	token := secretOf(t, filepath.Join(dir, "secret"))
	for name, c := range map[string]struct {
		cfg  config.Config
		want string // "" is that it starts
	}{
		"loopback":                    {config.Config{Listen: "127.0.0.1:9464"}, ""},
		"loopback by name":            {config.Config{Listen: "localhost:9464"}, ""},
		"loopback of IPv6":            {config.Config{Listen: "[::1]:9464"}, ""},
		"demo on loopback":            {config.Config{Listen: "127.0.0.1:9464", Demo: true}, ""},
		"network":                     {config.Config{Listen: "10.1.2.3:9464", APIToken: token}, "svarar utan kryptering"},
		"every address":               {config.Config{Listen: "0.0.0.0:9464", APIToken: token}, "svarar utan kryptering"},
		"a name":                      {config.Config{Listen: "kommunpuls:9464", APIToken: token}, "svarar utan kryptering"},
		"TLS and nobody":              {config.Config{Listen: "0.0.0.0:9464", WebConfig: "tls.yml"}, "ingen kan logga in"},
		"TLS and a token":             {config.Config{Listen: "0.0.0.0:9464", WebConfig: "tls.yml", APIToken: token}, ""},
		"passwords in clear":          {config.Config{Listen: "0.0.0.0:9464", WebConfig: "users.yml"}, "svarar utan kryptering"},
		"passwords, told":             {config.Config{Listen: "0.0.0.0:9464", WebConfig: "users.yml", Access: config.Access{WithoutTLS: "proxyn"}}, ""},
		"told, and nobody":            {config.Config{Listen: "0.0.0.0:9464", Access: config.Access{WithoutTLS: "proxyn"}}, "ingen kan logga in"},
		"told, and open metrics":      {config.Config{Listen: "0.0.0.0:9464", Access: config.Access{WithoutTLS: "proxyn", Metrics: "open"}}, ""},
		"demo on a network, whatever": {config.Config{Listen: "0.0.0.0:9464", Demo: true, WebConfig: "tls.yml", APIToken: token, Access: config.Access{WithoutTLS: "x"}}, "med demo: true"},
	} {
		c.cfg.Path = filepath.Join(dir, "kommunpuls.yaml")
		_, err := New(Options{Config: &c.cfg, Now: time.Now})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsShownWithoutLogin(t *testing.T) {
	for name, c := range map[string]struct {
		change                 func(s *site, c *config.Config)
		with                   []string
		figures, metrics, page int
	}{
		"on this machine":            {nil, nil, 401, 200, 401},
		"through a proxy":            {nil, []string{"X-Forwarded-For", "10.1.2.3"}, 401, 401, 401},
		"through a proxy that keeps": {func(_ *site, c *config.Config) { c.Hosts = []string{"kommunpuls.exempel.test"} }, []string{"Host", "kommunpuls.exempel.test"}, 401, 401, 401},
		"closed by configuration":    {func(_ *site, c *config.Config) { c.Access.Metrics = "login" }, nil, 401, 401, 401},
		"opened by configuration":    {func(_ *site, c *config.Config) { c.Access.Metrics = "open" }, []string{"Forwarded", "for=10.1.2.3"}, 401, 200, 401},
		"a demo":                     {func(_ *site, c *config.Config) { c.Demo = true }, nil, 200, 200, 404},
		"nobody can log in":          {func(_ *site, c *config.Config) { c.APIToken = config.Secret{} }, nil, 403, 200, 403},
	} {
		b := start(t, c.change).browser()
		for path, want := range map[string]int{"/api/v1/kpis": c.figures, "/api/v1/disruptions": c.figures, "/metrics": c.metrics, "/status": c.metrics, "/healthz": 200, "/readyz": 200} {
			if a := b.get(path, c.with...); a.code != want {
				t.Errorf("%s: %s: %d, want %d: %s", name, path, a.code, want, a.body)
			}
		}
		if c.page != 404 { // a page as people ask for it
			if a := b.get("/", c.with...); a.code != c.page || !strings.Contains(a.body, "<html") {
				t.Errorf("%s: /: %d %s", name, a.code, a.body)
			}
		}
		want := 401
		if c.figures == 403 {
			want = 403
		}
		if a := b.ask("POST", "/api/v1/reload", c.with...); a.code != want {
			t.Errorf("%s: reload by anybody: %d", name, a.code)
		}
	}
}
