package access

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

// row is an address of the table in docs/atkomst.md.
type row struct {
	pattern string
	who     map[string]string // column: ja, nej, egna or lokalt
}

func documented(t *testing.T) []row {
	t.Helper()
	b, err := os.ReadFile("../../docs/atkomst.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(b), "\n## Adresser\n")
	text, _, _ = strings.Cut(text, "\n## ")
	var columns []string
	var out []row
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if columns == nil {
			columns = cells
			continue
		}
		r := row{pattern: strings.Trim(cells[0], "`"), who: map[string]string{}}
		for i := 2; i < len(columns); i++ {
			r.who[columns[i]] = cells[i]
		}
		out = append(out, r)
	}
	if len(out) < 20 || len(columns) != 8 {
		t.Fatalf("the table is not read: %v %d", columns, len(out))
	}
	return out
}

func TestEveryAddressStandsInTheTable(t *testing.T) {
	s := start(t, func(s *site, c *config.Config) {
		withProvider(s, c)
		users()(s, c)
	})
	var have []string
	for _, r := range documented(t) {
		have = append(have, r.pattern)
	}
	var serve []string
	for _, r := range web.Routes() {
		serve = append(serve, r.Pattern)
	}
	for p := range s.Routes() {
		serve = append(serve, p)
	}
	for _, p := range serve {
		p = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(p, "{$}"), ".csv"), ".xlsx")
		if !slices.Contains(have, p) {
			t.Errorf("%s is not in the table of docs/atkomst.md", p)
		}
	}
}

var wildRE = regexp.MustCompile(`\{[^}]*\}`)

// The table is walked with every role; what it says is what happens.
func TestTheTableIsTrue(t *testing.T) {
	open := start(t, func(s *site, c *config.Config) { withProvider(s, c) })
	closed := start(t, func(s *site, c *config.Config) {
		withProvider(s, c)
		users()(s, c)
	})
	visitors := map[string]string{"scrape": "prometheus", "forvaltning": "soc", "viewer": "chef", "auditor": "revisor", "admin": "drift"}
	for _, r := range documented(t) {
		method, path, ok := strings.Cut(r.pattern, " ")
		if !ok {
			t.Fatalf("%q has no method", r.pattern)
		}
		path = wildRE.ReplaceAllString(path, "soc")
		for column, says := range r.who {
			s, header := closed, http.Header{}
			if user := visitors[column]; user != "" {
				header.Set("Authorization", basic(user, user+"-losen"))
			}
			if got := admitted(s, method, path, header); got != (says == "ja" || says == "egna") {
				t.Errorf("%s for %q: %v, the table says %s", r.pattern, column, got, says)
			}
			if column != "Utan inloggning" {
				continue
			}
			if got := admitted(open, method, path, header); got != (says == "ja" || says == "lokalt") {
				t.Errorf("%s locally: %v, the table says %s", r.pattern, got, says)
			}
			header.Set("X-Forwarded-For", "10.1.2.3")
			if got := admitted(open, method, path, header); got != (says == "ja") {
				t.Errorf("%s through a proxy: %v, the table says %s", r.pattern, got, says)
			}
		}
	}
}

// admitted tells whether a request reaches what answers it. The daemon of the
// tests has no pages: one that is reached panics, and is reached.
func admitted(s *site, method, path string, header http.Header) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = true
		}
	}()
	h := web.New(web.Options{Daemon: daemon{}, Metrics: http.NotFoundHandler(), Access: s.Access, Listen: s.cfg.Listen, Log: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest(method, path, nil)
	r.Host, r.RemoteAddr, r.Header = s.cfg.Listen, "127.0.0.1:1", header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if strings.HasPrefix(path, "/login") && header.Get("Authorization") == "" {
		return w.Code != http.StatusForbidden // it asks for a password, which is what it is for
	}
	if strings.HasPrefix(path, "/login") {
		return true
	}
	return w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden && w.Code != http.StatusSeeOther || path == logoutPath
}

// What a förvaltning sees is its own, on every address that shows anything.
func TestAForvaltningSeesItsOwnAloneOnEveryAddress(t *testing.T) {
	s := start(t, users())
	b := s.browser()
	auth := basic("soc", "soc-losen")
	for _, path := range []string{"/api/v1/kpis", "/api/v1/kpis?organisation=then", "/api/v1/kpis/system_owner_coverage", "/api/v1/kpis/system_owner_coverage?org_unit=soc", "/api/v1/disruptions"} {
		a := b.get(path, "Authorization", auth)
		if a.code != http.StatusOK || strings.Contains(a.body, "bun") || strings.Contains(a.body, "Barn och utbildning") || strings.Contains(a.body, "Centralskolan") {
			t.Errorf("%s: %d %s", path, a.code, a.body)
		}
	}
	for _, path := range []string{"/api/v1/kpis/system_owner_coverage?org_unit=bun", "/api/v1/kpis/system_owner_coverage?org_unit=centralskolan", "/metrics", "/status"} {
		if a := b.get(path, "Authorization", auth); a.code != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, a.code, a.body)
		}
	}
}

func TestTheAccessLogTellsNothingOfPeople(t *testing.T) {
	s := start(t, func(s *site, c *config.Config) {
		withProvider(s, c)
		users()(s, c)
		c.Access.Log = true
	})
	b := s.browser()
	b.logIn("/matt/hemligt_matt?q=personnummer", "chefer")
	b.get("/api/v1/kpis/hemligt_id?org_unit=hemlig_enhet")
	b.get("/hemlig/sida", "Authorization", basic("revisor", "hemligt-fel"))
	b.get("/api/v1/kpis", "Authorization", basic("revisor", "revisor-losen"))
	b.ask("HEMLIG", "/")
	b.get("/login/callback?state=hemligt&code=hemligt&error_description=hemligt")
	text := s.log.String()
	for _, secret := range []string{"hemlig", "HEMLIG", "personnummer", "127.0.0.1", "revisor ", "revisor\n", "losen", "Anna", "anna", "pairwise-subject", "Basic", s.op.URL} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the log:\n%s", secret, text)
		}
	}
	for _, want := range []string{`route=/api/v1/kpis/{id}`, "status=200", "role=viewer", "role=auditor", "method=other", "took="} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the log:\n%s", want, text)
		}
	}
	quiet := start(t, nil)
	quiet.browser().get("/healthz")
	if text := quiet.log.String(); text != "" {
		t.Errorf("logged although nobody asked: %s", text)
	}
}
