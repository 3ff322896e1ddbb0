package access

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

func TestGuessingIsSlowedDown(t *testing.T) {
	for name, given := range map[string]string{"password": basic("revisor", "fel"), "unknown user": basic("ingen", "fel"), "token": "Bearer fel", "scheme": "Digest x"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, withUsers(map[string]config.Grant{"revisor": {Role: "auditor"}}, "revisor"))
			b := s.browser()
			right := basic("revisor", "revisor-losen")
			for i := range guessLimits().burst {
				if a := b.get("/api/v1/kpis", "Authorization", given); a.code != http.StatusUnauthorized || len(a.header.Values("WWW-Authenticate")) != 2 {
					t.Fatalf("guess %d: %d %v", i, a.code, a.header)
				}
			}
			for _, g := range []string{given, right, "Bearer " + apiToken} { // a right guess must not be told either
				a := b.get("/api/v1/kpis", "Authorization", g)
				after, err := strconv.Atoi(a.header.Get("Retry-After"))
				if a.code != http.StatusTooManyRequests || err != nil || after < 1 || after > 10 {
					t.Errorf("%s: %d Retry-After %q", g, a.code, a.header.Get("Retry-After"))
				}
			}
			if a := b.get("/healthz"); a.code != http.StatusOK {
				t.Errorf("without a password: %d", a.code)
			}
			s.clock.forward(7 * time.Second)
			if a := b.get("/api/v1/kpis", "Authorization", right); a.code != http.StatusOK {
				t.Errorf("after waiting: %d %s", a.code, a.body)
			}
		})
	}
}

func TestWhoIsRightIsNeverSlowedDown(t *testing.T) {
	s := start(t, nil)
	b := s.browser()
	for range 100 {
		if a := b.get("/api/v1/kpis", "Authorization", "Bearer "+apiToken); a.code != http.StatusOK {
			t.Fatalf("%d %s", a.code, a.body)
		}
	}
}

func TestLoginsAreSlowedDown(t *testing.T) {
	s := start(t, withProvider)
	b := s.browser()
	for range startLimits().burst {
		if a := b.get("/login"); a.code != http.StatusSeeOther {
			t.Fatalf("%d", a.code)
		}
	}
	if a := b.get("/login"); a.code != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "För många försök") {
		t.Errorf("%d %s", a.code, a.body)
	}
	forged := s.browser()
	for range guessLimits().burst {
		if a := forged.get("/login/callback?state=x&code=y"); a.code != http.StatusBadRequest {
			t.Fatalf("%d", a.code)
		}
	}
	if a := forged.get("/login/callback?state=x&code=y"); a.code != http.StatusTooManyRequests {
		t.Errorf("%d", a.code)
	}
}

func TestXForwardedForIsBelievedOfATrustedProxyAlone(t *testing.T) {
	guess := func(b *browser, from string) int {
		return b.get("/api/v1/kpis", "Authorization", "Bearer fel", "X-Forwarded-For", from).code
	}
	untrusting := start(t, nil).browser()
	trusting := start(t, func(_ *site, c *config.Config) { c.Access.TrustedProxies = []string{"127.0.0.1", "10.0.0.0/8"} }).browser()
	for i := range guessLimits().burst {
		if code := guess(untrusting, fmt.Sprintf("192.0.2.%d", i)); code != http.StatusUnauthorized {
			t.Fatal(code)
		}
		// What the client wrote itself stands to the left, and counts for nothing.
		if code := guess(trusting, fmt.Sprintf("203.0.113.%d, 192.0.2.7, 10.1.2.3", i)); code != http.StatusUnauthorized {
			t.Fatal(code)
		}
	}
	if code := guess(untrusting, "192.0.2.99"); code != http.StatusTooManyRequests {
		t.Errorf("an invented address helped: %d", code)
	}
	if code := guess(trusting, "203.0.113.99, 192.0.2.7"); code != http.StatusTooManyRequests {
		t.Errorf("an invented hop helped: %d", code)
	}
	if code := guess(trusting, "192.0.2.8"); code != http.StatusUnauthorized {
		t.Errorf("somebody else behind the proxy: %d", code)
	}
}

func TestGuessesFromEverywhereAreLimitedInAll(t *testing.T) {
	l := newLimiter(guessLimits())
	now := time.Now()
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}) }
	known := netip.MustParseAddr("192.0.2.1")
	_, done := l.begin(known, now)
	done(true)
	for i := range l.allBurst {
		wait, done := l.begin(at(i), now)
		if wait > 0 {
			t.Fatalf("address %d waits %v", i, wait)
		}
		done(false)
	}
	if wait, _ := l.begin(at(60_000), now); wait == 0 {
		t.Error("another address may guess on")
	}
	if wait, _ := l.begin(known, now); wait > 0 {
		t.Errorf("who came in right before waits %v", wait)
	}
}

func TestAttemptsAtTheSameTimeCountBeforeTheyEnd(t *testing.T) {
	l := newLimiter(guessLimits())
	now, from := time.Now(), netip.MustParseAddr("192.0.2.1")
	var ends []func(bool)
	for range l.burst {
		_, done := l.begin(from, now)
		ends = append(ends, done)
	}
	if wait, _ := l.begin(from, now); wait == 0 {
		t.Error("more at once than in a row")
	}
	for _, done := range ends {
		done(true)
	}
	if wait, _ := l.begin(from, now); wait > 0 {
		t.Errorf("right ones cost %v", wait)
	}
}

func TestTheMemoryOfAddressesIsBounded(t *testing.T) {
	small := guessLimits()
	small.addresses, small.all, small.allBurst = 100, 1e9, 1e9
	l := newLimiter(small)
	now := time.Now()
	for i := range 10_000 {
		_, done := l.begin(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), now)
		done(false)
	}
	if len(l.byAddr) != 100 || l.recent.Len() != 100 {
		t.Errorf("%d and %d addresses", len(l.byAddr), l.recent.Len())
	}
	a, b := network(netip.MustParseAddr("2001:db8::1")), network(netip.MustParseAddr("2001:db8::ffff:1"))
	if a != b || network(netip.MustParseAddr("::ffff:192.0.2.1")) != network(netip.MustParseAddr("192.0.2.1")) {
		t.Error("addresses of one customer count apart")
	}
}
