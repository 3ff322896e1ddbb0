package access

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

func users() func(s *site, c *config.Config) {
	return withUsers(map[string]config.Grant{
		"revisor": {Role: "auditor"}, "chef": {Role: "viewer"}, "drift": {Role: "admin"}, "soc": {Role: "forvaltning", OrgUnits: []string{"soc"}},
		"borta": {Role: "forvaltning", OrgUnits: []string{"finns-inte"}},
	}, "revisor", "chef", "drift", "soc", "borta", "prometheus")
}

func TestUsersOfTheWebConfigurationHaveRoles(t *testing.T) {
	s := start(t, users())
	for name, want := range map[string][3]int{ // figures, metrics, reload
		"revisor": {200, 200, 403}, "chef": {200, 200, 403}, "drift": {200, 200, 200},
		"soc": {200, 403, 403}, "borta": {403, 403, 403}, "prometheus": {403, 200, 403},
	} {
		b := s.browser()
		auth := basic(name, name+"-losen")
		got := [3]int{b.get("/api/v1/kpis", "Authorization", auth).code, b.get("/metrics", "Authorization", auth).code, b.ask(http.MethodPost, "/api/v1/reload", "Authorization", auth).code}
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		for _, wrong := range []string{basic(name, "fel"), basic(name, ""), basic(name+"x", name+"-losen")} {
			if a := b.get("/metrics", "Authorization", wrong); a.code != http.StatusUnauthorized && a.code != http.StatusTooManyRequests {
				t.Errorf("%s: wrong password: %d", name, a.code)
			}
		}
		s.clock.forward(time.Hour)
	}
	if a := s.browser().get("/metrics"); a.code != http.StatusUnauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("with users /metrics needs one: %d %v", a.code, a.header)
	}
}

func TestTheTokenAndTheLoginWorkBesidePasswords(t *testing.T) {
	s := start(t, func(s *site, c *config.Config) {
		withProvider(s, c)
		users()(s, c)
	})
	b := s.browser()
	if a := b.get("/api/v1/kpis", "Authorization", "Bearer "+apiToken); a.code != http.StatusOK {
		t.Errorf("token: %d", a.code)
	}
	if a := b.logIn("/", "chefer"); a.code != http.StatusSeeOther {
		t.Errorf("login: %d", a.code)
	}
	b = s.browser()
	if a := b.get("/"); a.code != http.StatusSeeOther {
		t.Errorf("a page sends to the provider: %d", a.code)
	}
	if a := b.get("/login/losenord"); a.code != http.StatusUnauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("%d", a.code)
	}
	if a := b.get("/login/losenord", "Authorization", basic("prometheus", "prometheus-losen")); a.code != http.StatusForbidden {
		t.Errorf("a program logs in: %d", a.code)
	}
	if a := b.get("/login/losenord", "Authorization", basic("soc", "soc-losen")); a.code != http.StatusSeeOther || a.to != s.url+"/" {
		t.Errorf("%d %s", a.code, a.to)
	}
	if a := b.get("/api/v1/kpis"); a.code != http.StatusOK || !strings.Contains(a.body, `"soc"`) || strings.Contains(a.body, `"bun"`) {
		t.Errorf("%d %s", a.code, a.body)
	}
}

func TestAChangedWebConfigurationHoldsAtOnceAndABadOneNever(t *testing.T) {
	s := start(t, users())
	path := filepath.Join(s.cfg.Dir(), "web-config.yml")
	b := s.browser()
	write := func(text string) {
		t.Helper()
		put(t, path, text)
		if err := os.Chtimes(path, time.Now(), time.Now().Add(-time.Duration(len(text))*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	code := func(name string) int { return b.get("/metrics", "Authorization", basic(name, name+"-losen")).code }
	if code("prometheus") != 200 {
		t.Fatal("not let in")
	}
	write(usersText(t, "ny"))
	if code("prometheus") != 401 || code("ny") != 200 {
		t.Errorf("the former user is let in, or the new one is not")
	}
	for _, bad := range []string{"basic_auth_users: {ny: i-klartext}\n", "okänd: 1\n", "basic_auth_users: [", "tls_server_config: {cert_file: finns-inte.pem, key_file: finns-inte.pem}\n"} {
		write(bad)
		if code("ny") != 200 {
			t.Errorf("%s: the former configuration is not in force", bad)
		}
	}
	if n := strings.Count(s.log.String(), "the new web configuration is not used"); n != 4 {
		t.Errorf("logged %d times: %s", n, s.log)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if code("ny") != 200 || b.get("/metrics").code != 401 {
		t.Error("a file that is gone opens or closes everything")
	}
}

// The file may change once more while it is read, as it does when it is emptied
// and then written.
func TestAWebConfigurationThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "web-config.yml")
	write := func(text string) {
		put(t, path, text)
		if err := os.Chtimes(path, time.Time{}, time.Unix(int64(len(text)), 0)); err != nil {
			t.Fatal(err)
		}
	}
	write(usersText(t, "a"))
	f, err := openWebFile(&config.Config{WebConfig: path}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	f.read = func(path string) (webState, error) {
		st, err := readWebFile(path)
		write(usersText(t, "a", "ny"))
		return st, err
	}
	write("")
	if n := len(f.users()); n != 0 {
		t.Errorf("%d users of an empty file", n)
	}
	f.read = readWebFile
	if n := len(f.users()); n != 2 {
		t.Errorf("%d users, want those that were written last", n)
	}
}

func TestABadWebConfigurationStopsTheStart(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown field":  {"okänd: 1\n", "okänd"},
		"clear password": {"basic_auth_users: {a: hemligt}\n", "bcrypt"},
		"no key":         {"tls_server_config: {cert_file: a.pem}\n", "key"},
		"no file":        {"tls_server_config: {cert_file: a.pem, key_file: b.pem}\n", "a.pem"},
		"bad header":     {"http_server_config: {headers: {X-Anything: 1}}\n", "X-Anything"},
	} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "web-config.yml"), c.text)
		cfg := &config.Config{Listen: "127.0.0.1:1", WebConfig: "web-config.yml", Path: filepath.Join(dir, "kommunpuls.yaml")}
		_, err := New(Options{Config: cfg, Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), "web_config: web-config.yml: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "hemligt") {
			t.Errorf("%s: the password is told: %v", name, err)
		}
	}
}

func TestTheLimitOfTheWebConfigurationHolds(t *testing.T) {
	s := start(t, func(s *site, c *config.Config) {
		c.WebConfig = "web-config.yml"
		put(s.t, filepath.Join(c.Dir(), "web-config.yml"), "rate_limit: {interval: 10s, burst: 2}\nhttp_server_config: {headers: {Strict-Transport-Security: max-age=1, Content-Security-Policy: \"script-src *\"}}\n")
	})
	b := s.browser()
	if a := b.get("/healthz"); a.code != 200 || a.header.Get("Strict-Transport-Security") != "max-age=1" || strings.Contains(a.header.Get("Content-Security-Policy"), "script-src") {
		t.Errorf("%d %v", a.code, a.header)
	}
	b.get("/healthz")
	if a := b.get("/healthz"); a.code != http.StatusTooManyRequests || a.header.Get("Retry-After") != "10" {
		t.Errorf("%d %v", a.code, a.header)
	}
	s.clock.forward(10 * time.Second)
	if a := b.get("/healthz"); a.code != 200 {
		t.Errorf("%d", a.code)
	}
}
