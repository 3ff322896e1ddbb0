package access

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

func TestASessionEndsWhenItIsNotUsedAndWhenItsTimeIsOut(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	b.logIn("/", "chefer")
	for range 2 {
		s.clock.forward(59 * time.Minute)
		if a := b.get("/api/v1/kpis"); a.code != http.StatusOK {
			t.Fatalf("while it is used: %d", a.code)
		}
	}
	s.clock.forward(time.Hour)
	if a := b.get("/api/v1/kpis"); a.code != http.StatusUnauthorized {
		t.Errorf("after an hour of nothing: %d", a.code)
	}
	b = s.browser()
	b.logIn("/", "chefer")
	for range 9 {
		s.clock.forward(50 * time.Minute)
		if a := b.get("/api/v1/kpis"); a.code != http.StatusOK {
			t.Fatalf("used within its time: %d", a.code)
		}
	}
	s.clock.forward(50 * time.Minute) // 8 h 20 min
	if a := b.get("/api/v1/kpis"); a.code != http.StatusUnauthorized {
		t.Errorf("used for more than eight hours: %d", a.code)
	}
}

func TestLoggingOutEndsTheSessionForEveryoneWhoHasItsCookie(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	b.logIn("/", "it-ledning")
	own, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	copied := s.browser()
	copied.Jar.SetCookies(own, b.Jar.Cookies(own))

	if a := b.get("/logout"); a.code != http.StatusOK || !strings.Contains(a.body, `<form method="post" action="/logout">`) {
		t.Errorf("asking first: %d %s", a.code, a.body)
	}
	for _, elsewhere := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://ond.exempel"}, {"Origin", "null"}} {
		if a := b.ask(http.MethodPost, "/logout", elsewhere...); a.code != http.StatusForbidden {
			t.Errorf("from elsewhere %v: %d", elsewhere, a.code)
		}
		if a := b.ask(http.MethodPost, "/api/v1/reload", elsewhere...); a.code != http.StatusForbidden {
			t.Errorf("reload from elsewhere %v: %d", elsewhere, a.code)
		}
	}
	if a := b.get("/api/v1/kpis"); a.code != http.StatusOK {
		t.Fatalf("still logged in: %d", a.code)
	}
	if a := b.ask(http.MethodPost, "/logout", "Sec-Fetch-Site", "same-origin"); a.code != http.StatusSeeOther || a.to != s.url+"/logout" {
		t.Errorf("%d %s", a.code, a.to)
	}
	for _, x := range []*browser{b, copied} {
		if a := x.get("/api/v1/kpis"); a.code != http.StatusUnauthorized {
			t.Errorf("afterwards: %d", a.code)
		}
	}
	if a := b.get("/logout"); !strings.Contains(a.body, "Du är utloggad") || strings.Contains(a.body, "<form") {
		t.Errorf("%s", a.body)
	}
}

func TestALoginAlwaysBeginsANewSession(t *testing.T) {
	s := start(t, withProvider)
	own, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	b.Jar.SetCookies(own, []*http.Cookie{{Name: s.sessionCookie(), Value: "planted-by-another"}})
	b.logIn("/", "chefer")
	first := cookie(b, own, s.sessionCookie())
	if first == "planted-by-another" || len(first) < 40 {
		t.Fatalf("the session is %q", first)
	}
	back := b.get("/logout") // logged in: beginning anew takes a login of its own
	if back.code != http.StatusOK {
		t.Fatal(back.code)
	}
	if a := b.get("/login?till=/kallor"); a.to != s.url+"/kallor" {
		t.Errorf("who is logged in is not sent away: %s", a.to)
	}
	if _, ok := s.sessions.find("planted-by-another"); ok {
		t.Error("the planted session is one")
	}
}

func cookie(b *browser, u *url.URL, name string) string {
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestCookiesAreForThisHostAloneAndReadByNoScript(t *testing.T) {
	plain := start(t, withProvider)
	behindTLS := start(t, func(s *site, c *config.Config) {
		withProvider(s, c)
		c.PublicURL = "https://kommunpuls.exempel.test"
		c.Hosts = []string{"kommunpuls.exempel.test"}
	})
	for _, s := range []*site{plain, behindTLS} {
		b := s.browser()
		first := b.get("/login")
		value, _, _ := strings.Cut(first.header.Get("Set-Cookie"), ";")
		s.op.LogIn(map[string]any{"groups": []string{"chefer"}})
		back, err := url.Parse(b.get(first.to).to)
		if err != nil {
			t.Fatal(err)
		}
		last := b.get(back.RequestURI(), "Cookie", value)
		for _, c := range append(first.header.Values("Set-Cookie"), last.header.Values("Set-Cookie")...) {
			secure := s == behindTLS
			if !strings.Contains(c, "; HttpOnly") || !strings.Contains(c, "; SameSite=Lax") || !strings.Contains(c, "; Path=/;") || strings.Contains(c, "Domain") ||
				strings.HasPrefix(c, "__Host-") != secure || strings.Contains(c, "; Secure") != secure {
				t.Errorf("%s", c)
			}
		}
		if last.code != http.StatusSeeOther || len(last.header.Values("Set-Cookie")) != 2 {
			t.Errorf("%d %v", last.code, last.header)
		}
		if hsts := last.header.Get("Strict-Transport-Security"); (hsts != "") != (s == behindTLS) {
			t.Errorf("HSTS %q", hsts)
		}
	}
}

func TestSessionsAreBoundedInNumber(t *testing.T) {
	c := newClock()
	s := newSessions(time.Hour, time.Hour, c.now)
	first, err := s.begin("viewer", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.forward(time.Second)
	second, err := s.begin("viewer", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range maxSessions {
		if _, err := s.begin("viewer", nil); err != nil {
			t.Fatal(err)
		}
		c.forward(time.Millisecond)
		if _, ok := s.find(second); !ok {
			t.Fatal("the one in use was forgotten")
		}
	}
	if _, ok := s.find(first); ok || len(s.byKey) != maxSessions {
		t.Errorf("%d sessions; the oldest is there: %v", len(s.byKey), ok)
	}
	c.forward(2 * time.Hour)
	if _, ok := s.find("x"); ok || len(s.byKey) != 0 {
		t.Errorf("%d sessions whose time is out", len(s.byKey))
	}
}

func TestSessionsHoldUnderManyAtOnceAndLeaveNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	c := newClock()
	s := newSessions(time.Hour, 10*time.Minute, c.now)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 200 {
				v, err := s.begin("viewer", []string{"soc"})
				if err != nil {
					t.Error(err)
					return
				}
				if _, ok := s.find(v); !ok {
					t.Error("not found")
				}
				c.forward(time.Millisecond)
				s.end(v)
				if _, ok := s.find(v); ok {
					t.Error("found when it has ended")
				}
			}
		})
	}
	all.Wait()
	if len(s.byKey) != 0 {
		t.Errorf("%d are left", len(s.byKey))
	}
}

func TestHugeCookiesAreRefusedBeforeAnythingElse(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	for size, page := range map[int]string{9 << 10: "större än 8 kB", 200 << 10: ""} {
		if a := b.get("/healthz", "Cookie", "a="+strings.Repeat("x", size)); a.code != http.StatusRequestHeaderFieldsTooLarge || !strings.Contains(a.body, page) {
			t.Errorf("%d bytes: %d %s", size, a.code, a.body)
		}
	}
	if a := b.get("/healthz", "Cookie", "a="+strings.Repeat("x", 7<<10)); a.code != http.StatusOK {
		t.Errorf("a large one: %d", a.code)
	}
}
