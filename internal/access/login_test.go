package access

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

func TestWhoLogsInGetsTheRoleOfTheGroups(t *testing.T) {
	s := start(t, withProvider)
	for _, c := range []struct {
		groups                       []string
		kpis, other, metrics, reload int
	}{
		{[]string{"it-ledning", "chefer"}, 200, 200, 200, 200},
		{[]string{"revisorer"}, 200, 200, 200, 403},
		{[]string{"chefer", "socialchefer"}, 200, 200, 200, 403},
		{[]string{"socialchefer"}, 200, 403, 403, 403},
		{[]string{"skolchefer", "annat"}, 200, 200, 403, 403},
	} {
		b := s.browser()
		if a := b.get("/"); a.code != http.StatusSeeOther || !strings.HasSuffix(a.to, "/login?till=%2F") {
			t.Fatalf("a page without login: %d %s", a.code, a.to)
		}
		if a := b.logIn("/matt/system_owner_coverage?sprak=en", c.groups...); a.code != http.StatusSeeOther || a.to != s.url+"/matt/system_owner_coverage?sprak=en" {
			t.Fatalf("%v: %d %s %s", c.groups, a.code, a.to, a.body)
		}
		for path, want := range map[string]int{"/api/v1/kpis": c.kpis, "/metrics": c.metrics} {
			if a := b.get(path); a.code != want {
				t.Errorf("%v: %s: %d %s", c.groups, path, a.code, a.body)
			}
		}
		if a := b.ask(http.MethodPost, "/api/v1/reload"); a.code != c.reload {
			t.Errorf("%v: reload: %d", c.groups, a.code)
		}
		body := b.get("/api/v1/kpis").body
		for unit, sees := range map[string]bool{"soc": c.groups[0] != "skolchefer", "bun": c.groups[0] != "socialchefer"} {
			if strings.Contains(body, `"key": "`+unit+`"`) != sees {
				t.Errorf("%v sees %s: %s", c.groups, unit, body)
			}
		}
	}
}

func TestALoginThatIsNotRightIsRefused(t *testing.T) {
	later := func(s *site, d time.Duration) int64 { return s.clock.now().Add(d).Unix() }
	for name, c := range map[string]struct {
		alter  func(s *site, claims map[string]any)
		change func(b *browser, back string) string
		code   int
		page   string
	}{
		"forged state": {change: func(_ *browser, back string) string { return with(back, "state", strings.Repeat("f", 43)) }, code: 400, page: "Inloggningen gick inte att slutföra"},
		"no state":     {change: func(_ *browser, back string) string { return with(back, "state", "") }, code: 400, page: "Inloggningen gick inte att slutföra"},
		"half of the state": {change: func(_ *browser, back string) string {
			u, _ := url.Parse(back)
			return with(back, "state", u.Query().Get("state")[:20])
		}, code: 400, page: "Inloggningen gick inte att slutföra"},
		"no code":              {change: func(_ *browser, back string) string { return with(back, "code", "") }, code: 403, page: "släppte inte in dig"},
		"invented code":        {change: func(_ *browser, back string) string { return with(back, "code", "x") }, code: 401, page: "engångskod"},
		"answer of another":    {change: func(_ *browser, back string) string { return with(back, "iss", "https://login.annan.exempel") }, code: 400, page: "fel inloggningstjänst"},
		"answer of nobody":     {change: func(_ *browser, back string) string { return with(back, "iss", "") }, code: 400, page: "fel inloggningstjänst"},
		"too slow":             {change: func(b *browser, back string) string { b.clock.forward(11 * time.Minute); return back }, code: 400, page: "tio minuter"},
		"code too old":         {change: func(b *browser, back string) string { b.clock.forward(2 * time.Minute); return back }, code: 401, page: "engångskod"},
		"expired token":        {alter: func(s *site, c map[string]any) { c["exp"] = later(s, -time.Second) }, code: 401, page: "har gått ut"},
		"no expiry":            {alter: func(_ *site, c map[string]any) { c["exp"] = nil }, code: 401, page: "har gått ut"},
		"wrong nonce":          {alter: func(_ *site, c map[string]any) { c["nonce"] = "x" }, code: 401, page: "en annan inloggning"},
		"no nonce":             {alter: func(_ *site, c map[string]any) { c["nonce"] = nil }, code: 401, page: "en annan inloggning"},
		"wrong issuer":         {alter: func(_ *site, c map[string]any) { c["iss"] = "https://login.annan.exempel" }, code: 401, page: "utfärdat av någon annan"},
		"wrong audience":       {alter: func(_ *site, c map[string]any) { c["aud"] = "annan-tjanst" }, code: 401, page: "utfärdat av någon annan"},
		"several, for another": {alter: func(_ *site, c map[string]any) { c["aud"], c["azp"] = []string{"kommunpuls", "annan"}, "annan" }, code: 401, page: "utfärdat av någon annan"},
		"several, for nobody":  {alter: func(_ *site, c map[string]any) { c["aud"] = []string{"kommunpuls", "annan"} }, code: 401, page: "utfärdat av någon annan"},
		"issued tomorrow":      {alter: func(s *site, c map[string]any) { c["iat"], c["exp"] = later(s, 24*time.Hour), later(s, 25*time.Hour) }, code: 401, page: "Klockorna går olika"},
		"not before tomorrow":  {alter: func(s *site, c map[string]any) { c["nbf"], c["exp"] = later(s, 24*time.Hour), later(s, 25*time.Hour) }, code: 401, page: "inte giltigt"},
		"issued yesterday":     {alter: func(s *site, c map[string]any) { c["iat"] = later(s, -24*time.Hour) }, code: 401, page: "Klockorna går olika"},
		"nothing says when":    {alter: func(_ *site, c map[string]any) { c["iat"] = nil }, code: 401, page: "Klockorna går olika"},
		"signed by another":    {alter: func(s *site, _ map[string]any) {}, change: func(b *browser, back string) string { b.op.SignForeign(true); return back }, code: 401, page: "okänd signatur"},
		"no group":             {alter: func(_ *site, c map[string]any) { c["groups"] = []string{"alla"} }, code: 403, page: "inte med i någon grupp"},
		"no groups at all":     {alter: func(_ *site, c map[string]any) { c["groups"] = nil }, code: 403, page: "inte med i någon grupp"},
		"too many groups": {alter: func(_ *site, c map[string]any) {
			c["groups"] = nil
			c["_claim_names"] = map[string]string{"groups": "src1"}
			c["_claim_sources"] = map[string]any{"src1": map[string]string{"endpoint": "https://graph.exempel"}}
		}, code: 403, page: "för många grupper"},
		"a unit that is not there": {alter: func(_ *site, c map[string]any) { c["groups"] = []string{"spöken"} }, code: 403, page: "förvaltning är okänd"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, withProvider)
			b := s.browser()
			s.op.LogIn(map[string]any{"groups": []string{"it-ledning"}})
			if c.alter != nil {
				s.op.Alter(func(claims map[string]any) { c.alter(s, claims) })
			}
			back := b.atProvider("/")
			if c.change != nil {
				back = c.change(b, back)
			}
			a := b.get(back)
			if a.code != c.code || !strings.Contains(a.body, c.page) {
				t.Errorf("%d %s", a.code, a.body)
			}
			if a := b.get("/api/v1/kpis"); a.code != http.StatusUnauthorized {
				t.Errorf("and is let in: %d", a.code)
			}
			if !strings.Contains(s.log.String(), "login refused") {
				t.Error("nothing in the log")
			}
		})
	}
}

func with(address, key, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	q.Del(key)
	if value != "" {
		q.Set(key, value)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func TestAClockThatIsAFewMinutesWrongIsNoHindrance(t *testing.T) {
	for _, off := range []time.Duration{-4 * time.Minute, 4 * time.Minute} {
		s := start(t, withProvider)
		s.op.Alter(func(c map[string]any) {
			at := s.clock.now().Add(off)
			c["iat"], c["nbf"], c["exp"] = at.Unix(), at.Unix(), at.Add(5*time.Minute).Unix()
		})
		if a := s.browser().logIn("/", "chefer"); a.code != http.StatusSeeOther {
			t.Errorf("%v: %d %s", off, a.code, a.body)
		}
	}
}

func TestAnAnswerIsOfUseOnceAndInOneBrowser(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	s.op.LogIn(map[string]any{"groups": []string{"it-ledning"}})
	back := b.atProvider("/")
	if a := s.browser().get(back); a.code != http.StatusBadRequest { // somebody else's browser
		t.Errorf("in another browser: %d %s", a.code, a.body)
	}
	own, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	cookies := b.Jar.Cookies(own)
	if a := b.get(back); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	if a := b.get(back); a.code != http.StatusBadRequest {
		t.Errorf("again: %d %s", a.code, a.body)
	}
	thief := s.browser() // with a copy of the cookies too
	thief.Jar.SetCookies(own, cookies)
	if a := thief.get(back); a.code != http.StatusUnauthorized || !strings.Contains(strings.Join(s.op.Refusals(), " "), "code used again") {
		t.Errorf("a replayed code: %d %s %v", a.code, a.body, s.op.Refusals())
	}
	for _, c := range cookies {
		c.Value = c.Value[:len(c.Value)-2] + "AA"
	}
	forger := s.browser()
	forger.Jar.SetCookies(own, cookies)
	if a := forger.get(back); a.code != http.StatusBadRequest {
		t.Errorf("a changed cookie: %d", a.code)
	}
}

func TestSeveralTabsCanLogInAtOnce(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	s.op.LogIn(map[string]any{"groups": []string{"chefer"}})
	first, second := b.atProvider("/kallor"), b.atProvider("/storningar")
	for back, to := range map[string]string{first: "/kallor", second: "/storningar"} {
		if a := b.get(back); a.code != http.StatusSeeOther || a.to != s.url+to {
			t.Errorf("%d %s %s", a.code, a.to, a.body)
		}
	}
}

func TestLoginsThatNobodyEndsDoNotFillTheCookies(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	own, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		b.atProvider("/")
		if n := len(b.Jar.Cookies(own)); n > maxLogins+1 {
			t.Fatalf("%d cookies", n)
		}
	}
}

func TestTheProviderMayRefuse(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	s.op.Deny("access_denied")
	if a := b.get(b.atProvider("/")); a.code != http.StatusForbidden || strings.Contains(a.body, "<b>nej</b>") || !strings.Contains(a.body, "släppte inte in dig") {
		t.Errorf("%d %s", a.code, a.body)
	}
}

func TestTheDaemonDoesWithoutTheProviderUntilSomebodyLogsIn(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	s.op.Down(true)
	if a := b.get("/login"); a.code != http.StatusBadGateway || !strings.Contains(a.body, "svarar inte") {
		t.Errorf("%d %s", a.code, a.body)
	}
	if a := b.get("/api/v1/kpis", "Authorization", "Bearer "+apiToken); a.code != http.StatusOK {
		t.Errorf("with the token: %d", a.code)
	}
	s.op.Down(false)
	s.clock.forward(providerRetry)
	if a := b.logIn("/", "chefer"); a.code != http.StatusSeeOther {
		t.Errorf("when it is back: %d %s", a.code, a.body)
	}
	back := b.atProviderAgain("/")
	s.op.Down(true)
	if a := b.get(back); a.code != http.StatusBadGateway {
		t.Errorf("down in the middle: %d %s", a.code, a.body)
	}
}

// atProviderAgain begins a login in a browser that is logged in.
func (b *browser) atProviderAgain(to string) string {
	b.Client = b.site.browser().Client
	return b.atProvider(to)
}

func TestTheProviderChangesItsKeys(t *testing.T) {
	s := start(t, withProvider)
	for _, retire := range []bool{false, true, true} {
		if a := s.browser().logIn("/", "chefer"); a.code != http.StatusSeeOther {
			t.Fatalf("%d %s", a.code, a.body)
		}
		s.op.Rotate(retire)
	}
	if a := s.browser().logIn("/", "chefer"); a.code != http.StatusSeeOther || s.op.KeyReads() != 4 {
		t.Errorf("%d %s, keys read %d times", a.code, a.body, s.op.KeyReads())
	}
}

func TestGroupsCanStandElsewhere(t *testing.T) {
	s := start(t, func(s *site, c *config.Config) {
		withProvider(s, c)
		s.op.WithoutIss()
		c.Access.OIDC.Claims = []string{"realm_access.roles"}
	})
	for name, put := range map[string]func(){
		"in a claim within another": func() { s.op.LogIn(map[string]any{"realm_access": map[string]any{"roles": []string{"chefer"}}}) },
		"in the userinfo": func() {
			s.op.LogIn(nil)
			s.op.UserInfo(map[string]any{"realm_access": map[string]any{"roles": "chefer"}})
		},
	} {
		put()
		b := s.browser()
		if a := b.get(b.atProvider("/")); a.code != http.StatusSeeOther {
			t.Errorf("%s: %d %s", name, a.code, a.body)
		}
	}
	s.op.LogIn(nil)
	s.op.UserInfo(map[string]any{"sub": "somebody-else", "realm_access": map[string]any{"roles": "chefer"}})
	b := s.browser()
	if a := b.get(b.atProvider("/")); a.code != http.StatusUnauthorized {
		t.Errorf("userinfo of somebody else: %d %s", a.code, a.body)
	}
}
