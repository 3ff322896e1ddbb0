package access

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/access/oidctest"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// glewlwyd is a real identity provider, run on loopback with a database of its own.
type glewlwyd struct {
	t    *testing.T
	root string // "http://127.0.0.1:4593"
	log  string
}

// schema is the database that Debian's package creates, with groups of users.
const schema = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"

func startGlewlwyd(t *testing.T) *glewlwyd {
	t.Helper()
	bin, sqlite := testneed.Program(t, "glewlwyd"), testneed.Program(t, "sqlite3")
	dir := t.TempDir()
	text, err := os.ReadFile(schema)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte(`"data-format":{"picture"`), []byte(`"data-format":{"groups":{"multiple":true,"read":true,"write":true},"picture"`))
	db := exec.Command(sqlite, filepath.Join(dir, "glewlwyd.db"))
	db.Stdin = bytes.NewReader(text)
	if out, err := db.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, port, err := net.SplitHostPort(testneed.FreeAddr(t))
	if err != nil {
		t.Fatal(err)
	}
	g := &glewlwyd{t: t, root: "http://127.0.0.1:" + port, log: filepath.Join(dir, "log")}
	conf := "port=" + port + "\nbind_address=\"127.0.0.1\"\nexternal_url=\"" + g.root + `"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="DEBUG"
log_file="` + g.log + `"
cookie_secure=0
session_expiration=86400
session_key="GLEWLWYD2_SESSION_ID"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file="none"
secure_connection_pem_file="none"
secure_connection_ca_file="none"
hash_algorithm="SHA512"
database = { type = "sqlite3"  path = "` + filepath.Join(dir, "glewlwyd.db") + `" };
`
	put(t, filepath.Join(dir, "glewlwyd.conf"), conf)
	cmd := exec.Command(bin, "--config-file="+filepath.Join(dir, "glewlwyd.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			b, _ := os.ReadFile(g.log)
			t.Logf("glewlwyd:\n%s", b)
		}
	})
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if resp, err := http.Get(g.root + "/config"); err == nil {
			_ = resp.Body.Close()
			return g
		}
		if time.Now().After(deadline) {
			t.Fatal("glewlwyd does not answer")
		}
	}
}

// person is somebody who is logged in to glewlwyd.
func (g *glewlwyd) person(name, password string) *http.Client {
	g.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		g.t.Fatal(err)
	}
	tr := &http.Transport{}
	g.t.Cleanup(tr.CloseIdleConnections)
	c := &http.Client{Jar: jar, Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	g.call(c, http.MethodPost, "/api/auth/", map[string]any{"username": name, "password": password})
	return c
}

func (g *glewlwyd) call(c *http.Client, method, path string, body any) {
	g.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		g.t.Fatal(err)
	}
	r, err := http.NewRequest(method, g.root+path, bytes.NewReader(b))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		g.t.Fatalf("glewlwyd: %s %s: %d %s %v", method, path, resp.StatusCode, out, err)
	}
}

// plainSecret needs no encoding: glewlwyd compares the header as it stands.
const plainSecret = "0123456789abcdef0123456789abcdef"

func TestPeopleLogInAtARealProvider(t *testing.T) {
	g := startGlewlwyd(t)
	s := start(t, func(s *site, c *config.Config) {
		withProvider(s, c)
		s.op = nil // the one that is not real
		put(t, filepath.Join(c.Dir(), "plain"), plainSecret)
		c.Access.OIDC.ClientSecret = secretOf(t, filepath.Join(c.Dir(), "plain"))
		c.Access.OIDC.Issuer, c.Access.OIDC.Scopes = g.root+"/api/oidc", nil
	})
	key, err := exec.Command(testneed.Program(t, "openssl"), "genrsa", "2048").Output()
	if err != nil {
		t.Fatal(err)
	}
	public := exec.Command("openssl", "rsa", "-pubout")
	public.Stdin = bytes.NewReader(key)
	cert, err := public.Output()
	if err != nil {
		t.Fatal(err)
	}
	admin := g.person("admin", "password") // as the package creates it
	g.call(admin, http.MethodPost, "/api/mod/plugin/", map[string]any{
		"module": "oidc", "name": "oidc", "display_name": "kommunens konto", "enabled": true,
		"parameters": map[string]any{
			"iss": g.root + "/api/oidc", "jwt-type": "rsa", "jwt-key-size": "256", "key": string(key), "cert": string(cert),
			"access-token-duration": 3600, "refresh-token-duration": 86400, "code-duration": 600, "auth-type-code-enabled": true,
			"auth-type-code-revoke-replayed": true, "pkce-allowed": true, "pkce-required": true, "pkce-method-plain-allowed": false,
			"oauth-as-iss-id": true, "subject-type": "pairwise", "name-claim": "no", "email-claim": "no", "scope-claim": "no",
			"claims": []any{map[string]any{"name": "groups", "user-property": "groups", "type": "string", "mandatory": true}},
		},
	})
	g.call(admin, http.MethodPost, "/api/client/", map[string]any{
		"client_id": oidctest.ClientID, "name": "kommunpuls", "confidential": true, "client_secret": plainSecret, "password": plainSecret,
		"redirect_uri": []string{s.redirectURL()}, "authorization_type": []string{"code"}, "token_endpoint_auth_method": []string{"client_secret_basic"},
		"scope": []string{}, "enabled": true,
	})
	for name, c := range map[string]struct {
		groups []string
		code   int
		role   string
	}{
		"chef":  {[]string{"chefer", "alla"}, http.StatusSeeOther, "viewer"},
		"soc":   {[]string{"socialchefer"}, http.StatusSeeOther, "forvaltning"},
		"annan": {[]string{"alla"}, http.StatusForbidden, ""},
	} {
		g.call(admin, http.MethodPost, "/api/user/", map[string]any{"username": name, "name": "Anna Andersson", "password": name + "-losenord", "scope": []string{"openid", "g_profile"}, "groups": c.groups, "enabled": true})
		person := g.person(name, name+"-losenord")
		g.call(person, http.MethodPut, "/api/auth/grant/"+oidctest.ClientID+"/", map[string]any{"scope": "openid"})

		b := s.browser()
		begin := b.get("/login?till=/kallor")
		if begin.code != http.StatusSeeOther || !strings.HasPrefix(begin.to, g.root+"/api/oidc/auth?") {
			t.Fatalf("%d %s %s", begin.code, begin.to, begin.body)
		}
		at := &browser{s, person}
		// Its page shows who is logged in, and goes on when they say so.
		asks, err := url.Parse(at.get(begin.to).to)
		if err != nil {
			t.Fatal(err)
		}
		back := at.get(asks.Query().Get("callback_url") + "&g_continue")
		if !strings.HasPrefix(back.to, s.redirectURL()) {
			t.Fatalf("%s: glewlwyd leads to %s (%d) %s", name, back.to, back.code, back.body)
		}
		if u, err := url.Parse(back.to); err != nil || u.Query().Get("code") == "" {
			t.Fatalf("%s: %s", name, back.to)
		}
		a := b.get(back.to)
		if a.code != c.code || c.role != "" && !strings.Contains(s.log.String(), `msg="logged in" role=`+c.role) {
			t.Errorf("%s: %d %s\n%s", name, a.code, a.body, s.log)
		}
		want := http.StatusUnauthorized
		if c.role != "" {
			want = http.StatusOK
		}
		if a := b.get("/api/v1/kpis"); a.code != want {
			t.Errorf("%s: %d", name, a.code)
		}
	}
}
