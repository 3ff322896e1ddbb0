package access

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestALoginLeadsOnToPagesOfOurOwnAlone(t *testing.T) {
	for to, want := range map[string]string{
		"/": "/", "": "/", "/matt/system_owner_coverage?sprak=en&datum=2026-01-31": "/matt/system_owner_coverage?sprak=en&datum=2026-01-31",
		"/forvaltning/soc#x": "/forvaltning/soc", "/matt/%2e%2e%2f": "/matt/%2e%2e%2f",
		"https://ond.exempel/": "/", "//ond.exempel": "/", "///ond.exempel": "/", `/\ond.exempel`: "/", `\\ond.exempel`: "/", "/\t/ond.exempel": "/",
		"/\n/ond.exempel": "/", "javascript:alert(1)": "/", "http:/ond": "/", " /x": "/", "ond.exempel": "/", "/%zz": "/", "/x y": "/",
		"/login": "/", "/login/callback?code=1": "/", "/logout": "/", "/" + strings.Repeat("x", maxTarget): "/", "/\x00": "/", "/åäö": "/%C3%A5%C3%A4%C3%B6",
	} {
		if got := target(to); got != want {
			t.Errorf("target(%q) = %q, want %q", to, got, want)
		}
	}
}

func TestNoLoginLeadsElsewhere(t *testing.T) {
	s := start(t, withProvider)
	for _, to := range []string{"//ond.exempel", "https://ond.exempel", `/\ond.exempel`, "/%5cond.exempel/", "/%09/ond.exempel"} {
		b := s.browser()
		a := b.logIn(to, "chefer")
		if u, err := url.Parse(a.to); err != nil || a.code != http.StatusSeeOther || u.Host != s.cfg.Listen {
			t.Errorf("%q leads to %q (%d)", to, a.to, a.code)
		}
	}
}

func FuzzTargetStaysHere(f *testing.F) {
	for _, s := range []string{"/", "//x", `/\x`, "/a?b=c", "http://x", "/..//x", "/%2f/x", "/a\u2028b"} {
		f.Add(s)
	}
	base, err := url.Parse("https://kommunpuls.exempel.test/login")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := target(s)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t ") {
			t.Errorf("target(%q) = %q leads to %v %v", s, got, u, err)
		}
	})
}
