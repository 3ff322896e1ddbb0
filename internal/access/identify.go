package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

// maxCookies is the most bytes of cookies that are looked at.
const maxCookies = 8 << 10

// Identify finds out who asks: by api_token, a password, a session, or not at all.
func (a *Access) Identify(w http.ResponseWriter, r *http.Request) *http.Request {
	r = r.WithContext(context.WithValue(r.Context(), begunKey{}, a.now()))
	st := a.file.state()
	for k, v := range st.config.HTTPConfig.Header {
		if http.CanonicalHeaderKey(k) == "Strict-Transport-Security" { // ours of the others are stricter
			w.Header().Set(k, v)
		}
	}
	if st.limit != nil && !st.limit.AllowN(a.now(), 1) {
		a.tooMany(w, r, st.config.RateLimiterConfig.Interval)
		return nil
	}
	size := 0
	for _, c := range r.Header.Values("Cookie") {
		size += len(c)
	}
	if size > maxCookies {
		a.say(w, r, http.StatusRequestHeaderFieldsTooLarge, hugeCookie)
		return nil
	}
	v, ok := a.visitor(w, r)
	if !ok {
		return nil
	}
	return r.WithContext(web.WithVisitor(r.Context(), v))
}

// visitor is who asks; false means that it was answered.
func (a *Access) visitor(w http.ResponseWriter, r *http.Request) (web.Visitor, bool) {
	if given := r.Header.Get("Authorization"); given != "" {
		return a.authorized(w, r, given)
	}
	if c, err := r.Cookie(a.sessionCookie()); err == nil {
		if s, ok := a.sessions.find(c.Value); ok {
			v := a.units.visitor(r.Context(), s.role, s.units)
			v.LoggedIn = true
			return v, true
		}
	}
	switch {
	case a.cfg.Demo: // an invented municipality, on loopback alone
		return web.Visitor{Role: web.RoleAuditor}, true
	case a.open(r):
		return web.Visitor{Role: web.RoleScrape}, true
	}
	return web.Visitor{}, true
}

// authorized looks at what the Authorization header holds.
func (a *Access) authorized(w http.ResponseWriter, r *http.Request, given string) (web.Visitor, bool) {
	wait, done := a.guesses.begin(a.remote(r), a.now())
	if wait > 0 {
		a.tooMany(w, r, wait)
		return web.Visitor{}, false
	}
	v, ok := a.credentials(r, given)
	done(ok)
	if !ok {
		a.log.Warn("wrong password or token")
		a.challenge(w)
		a.say(w, r, http.StatusUnauthorized, wrongPassword)
	}
	return v, ok
}

func (a *Access) credentials(r *http.Request, given string) (web.Visitor, bool) {
	if token, ok := strings.CutPrefix(given, "Bearer "); ok {
		sum := sha256.Sum256([]byte(token))
		right := subtle.ConstantTimeCompare(sum[:], a.token[:]) == 1 && a.cfg.APIToken.Value() != ""
		return web.Visitor{Name: "api_token", Role: web.RoleAdmin}, right
	}
	name, password, ok := r.BasicAuth()
	if !ok || !a.passwords.match(a.file.users(), name, password) {
		return web.Visitor{}, false
	}
	g, granted := a.cfg.Access.Users[name]
	if !granted {
		g.Role = web.RoleScrape
	}
	v := a.units.visitor(r.Context(), g.Role, g.OrgUnits)
	v.Name = name
	return v, true
}

// open tells whether figures without rows are shown to somebody unknown. A
// reverse proxy makes everyone loopback, so a request that came through one is
// not local.
func (a *Access) open(r *http.Request) bool {
	switch {
	case a.cfg.Access.Metrics == "open":
		return true
	case a.cfg.Access.Metrics == "login", len(a.file.users()) > 0:
		return false
	case r.TLS != nil && len(r.TLS.VerifiedChains) > 0:
		return true // a certificate that our own authority issued
	}
	return a.cfg.OnLoopback() && direct(r)
}

// direct tells whether a request comes from this machine and not through a proxy
// that says so.
func direct(r *http.Request) bool {
	for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	peer, ok := peer(r)
	return ok && peer.IsLoopback() && config.Loopback(host)
}

func peer(r *http.Request) (netip.Addr, bool) {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	return p.Addr().Unmap(), err == nil
}

// remote is the address whose guesses are counted. X-Forwarded-For is believed
// only as far as trusted proxies wrote it: from the right, up to the first
// address that is not one of them.
func (a *Access) remote(r *http.Request) netip.Addr {
	at, _ := peer(r)
	if !a.trusts(at) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap()
		if !a.trusts(at) {
			break
		}
	}
	return at
}

func (a *Access) trusts(ip netip.Addr) bool {
	for _, p := range a.proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// challenge says how to say who one is.
func (a *Access) challenge(w http.ResponseWriter) {
	if len(a.file.users()) > 0 {
		w.Header().Add("WWW-Authenticate", `Basic realm="kommunpuls", charset="UTF-8"`)
	}
	if a.cfg.APIToken.Value() != "" {
		w.Header().Add("WWW-Authenticate", `Bearer realm="kommunpuls"`)
	}
}

// Refuse answers a visitor who may not use an address: it is asked to log in,
// or told that its role is not enough.
func (a *Access) Refuse(w http.ResponseWriter, r *http.Request, _ web.Need) {
	v := web.VisitorFrom(r.Context())
	canLogIn := a.provider != nil || len(a.file.users()) > 0
	switch {
	case v.Name != "" || v.LoggedIn:
		a.say(w, r, http.StatusForbidden, roleTooSmall)
	case a.provider != nil && forPeople(r) && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		http.Redirect(w, r, loginPath+"?till="+queryEscape(r.URL.RequestURI()), http.StatusSeeOther)
	case !canLogIn && a.cfg.APIToken.Value() == "":
		a.say(w, r, http.StatusForbidden, noWayIn)
	case a.provider != nil && !canLogInHere(a):
		a.say(w, r, http.StatusUnauthorized, needsLogin)
	default:
		a.challenge(w)
		a.say(w, r, http.StatusUnauthorized, needsLogin)
	}
}

// canLogInHere tells whether the Authorization header can hold anything.
func canLogInHere(a *Access) bool { return a.cfg.APIToken.Value() != "" || len(a.file.users()) > 0 }

// forPeople tells whether a page is wanted rather than data.
func forPeople(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/")
}
