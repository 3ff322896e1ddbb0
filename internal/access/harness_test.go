package access

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/kommunpuls/kommunpuls/internal/access/oidctest"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

const apiToken = "en-lang-hemlig-token"

// daemon answers with figures of two förvaltningar; what it does not have is
// never asked for here.
type daemon struct{ web.Daemon }

func (daemon) Ready() []string { return nil }
func (daemon) Status(context.Context) (web.Status, error) {
	return web.Status{Municipality: "Exempelkommun"}, nil
}
func (daemon) Reload(context.Context) error          { return nil }
func (daemon) Collect(context.Context, string) error { return nil }
func (daemon) Disruptions(context.Context) ([]web.Disruption, error) {
	return []web.Disruption{{Site: "centralskolan", Name: "Centralskolan", OrgUnit: "bun"}, {Site: "vardcentralen", OrgUnit: "soc"}, {Site: "karnan", Name: "Kärnan"}}, nil
}

func (daemon) Findings(context.Context, store.Point) ([]finding.Finding, error) {
	return []finding.Finding{{KPI: "system_owner_coverage", Breakdown: []finding.Cell{
		{Dimension: "org_unit", Key: "soc", Label: "Socialförvaltningen"}, {Dimension: "org_unit", Key: "bun", Label: "Barn och utbildning"},
		{Dimension: "org_unit", Key: "sbf", Label: "Samhällsbyggnad"},
	}}}, nil
}

// Explain gives a row of each unit, whatever unit is asked for.
func (daemon) Explain(_ context.Context, q web.Query) (finding.Finding, error) {
	f := finding.Finding{KPI: q.KPI, EvidenceTotal: 3}
	for _, u := range []string{"soc", "bun", "centralskolan"} {
		f.Evidence = append(f.Evidence, finding.Row{Entity: "system", ID: u + "-1", OrgUnit: u, Label: "Systemet hos " + u})
	}
	return f, nil
}

// units of the example: a school belongs to bun.
func exampleUnits(context.Context) ([]Unit, error) {
	return []Unit{
		{ID: "soc", Name: "Socialförvaltningen"}, {ID: "bun", Name: "Barn och utbildning"}, {ID: "sbf", Name: "Samhällsbyggnad"},
		{ID: "centralskolan", Name: "Centralskolan", Parent: "bun"}, {ID: "kultur", Name: "Kultur", Successor: "bun"},
	}, nil
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// site is a running daemon's web side.
type site struct {
	*Access
	t     *testing.T
	url   string
	clock *clock
	log   *testneed.Output
	op    *oidctest.Provider
	cfg   *config.Config
}

// start serves with a configuration that change may change.
func start(t *testing.T, change func(s *site, c *config.Config)) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, clock: newClock(), log: &testneed.Output{}}
	text := "municipality: Exempelkommun\nlisten: " + l.Addr().String() + "\npseudonym_key: ${file:key}\napi_token: ${file:token}\n"
	dir := t.TempDir()
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 32))
	put(t, filepath.Join(dir, "token"), apiToken)
	put(t, filepath.Join(dir, "kommunpuls.yaml"), text)
	if s.cfg, err = config.Load(filepath.Join(dir, "kommunpuls.yaml")); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(s, s.cfg)
	}
	logger := slog.New(slog.NewTextHandler(s.log, nil))
	if s.Access, err = New(Options{Config: s.cfg, Units: exampleUnits, Log: logger, Now: s.clock.now}); err != nil {
		t.Fatal(err)
	}
	s.url = s.Scheme() + "://" + l.Addr().String()
	if s.op != nil {
		s.op.Redirect = s.redirectURL()
	}
	h := web.New(web.Options{
		Daemon: daemon{}, Access: s.Access, Listen: s.cfg.Listen, Hosts: s.cfg.Hosts, Log: logger,
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "kommunpuls_kpi_value 1\n") }),
	})
	srv := s.Server(h)
	served := make(chan error, 1)
	go func() { served <- s.Serve(srv, l) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return s
}

// withProvider adds login at a strict provider.
func withProvider(s *site, c *config.Config) {
	s.op = oidctest.Start(s.t, s.clock.now)
	secret := filepath.Join(c.Dir(), "secret")
	put(s.t, secret, oidctest.Secret)
	c.Access.OIDC = &config.OIDC{Issuer: s.op.URL, ClientID: oidctest.ClientID, ClientSecret: secretOf(s.t, secret), Scopes: []string{"profile"}, Claims: []string{"groups", "roles"},
		Roles: config.Roles{Admin: []string{"it-ledning"}, Auditor: []string{"revisorer"}, Viewer: []string{"chefer"},
			Forvaltning: map[string]config.Units{"socialchefer": {"soc"}, "skolchefer": {"Barn och utbildning"}, "spöken": {"finns-inte"}}}}
}

// withUsers adds passwords; each user's is its name and "-losen".
func withUsers(roles map[string]config.Grant, names ...string) func(s *site, c *config.Config) {
	return func(s *site, c *config.Config) {
		c.WebConfig = "web-config.yml"
		put(s.t, filepath.Join(c.Dir(), "web-config.yml"), usersText(s.t, names...))
		c.Access.Users = roles
	}
}

func usersText(t *testing.T, names ...string) string {
	t.Helper()
	text := "basic_auth_users:\n"
	for _, n := range names {
		h, err := bcrypt.GenerateFromPassword([]byte(n+"-losen"), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		text += "  " + n + ": " + string(h) + "\n"
	}
	return text
}

// secretOf is a secret that a configuration refers to.
func secretOf(t *testing.T, path string) config.Secret {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "c.yaml"), "municipality: X\npseudonym_key: ${file:key}\napi_token: ${file:"+path+"}\n")
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 32))
	c, err := config.Load(filepath.Join(dir, "c.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c.APIToken
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies and does not follow where it is sent.
type browser struct {
	*site
	*http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	tr := &http.Transport{}
	s.t.Cleanup(tr.CloseIdleConnections)
	return &browser{s, &http.Client{Jar: jar, Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	code   int
	body   string
	header http.Header
	to     string // where it sends the browser
}

// get asks for a page as a browser does; with are header names and values.
func (b *browser) get(to string, with ...string) answer { return b.ask(http.MethodGet, to, with...) }

func (b *browser) ask(method, to string, with ...string) answer {
	b.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = b.url + to
	}
	r, err := http.NewRequest(method, to, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	for i := 0; i+1 < len(with); i += 2 {
		if with[i] == "Host" {
			r.Host = with[i+1]
			continue
		}
		r.Header.Set(with[i], with[i+1])
	}
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := answer{code: resp.StatusCode, body: string(body), header: resp.Header}
	if l, err := resp.Location(); err == nil {
		a.to = l.String()
	}
	return a
}

// basic is the header value of a user's password.
func basic(name, password string) string {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(name, password)
	return r.Header.Get("Authorization")
}

// atProvider begins a login and returns the address that the provider sends
// the browser back to.
func (b *browser) atProvider(to string) string {
	b.t.Helper()
	a := b.get("/login?till=" + url.QueryEscape(to))
	if a.code != http.StatusSeeOther || !strings.HasPrefix(a.to, b.op.URL) {
		b.t.Fatalf("login: %d %s %s", a.code, a.to, a.body)
	}
	back := b.get(a.to)
	if back.code != http.StatusFound {
		b.t.Fatalf("the provider: %d %s %v", back.code, back.body, b.op.Refusals())
	}
	return back.to
}

// logIn logs in with groups and returns the last answer.
func (b *browser) logIn(to string, groups ...string) answer {
	b.t.Helper()
	b.op.LogIn(map[string]any{"groups": groups})
	return b.get(b.atProvider(to))
}
