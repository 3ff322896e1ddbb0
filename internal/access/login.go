package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

const (
	loginPath    = "/login"
	callbackPath = "/login/callback"
	passwordPath = "/login/losenord"
	logoutPath   = "/logout"
)

// loginTime is how long somebody may take at the provider.
const loginTime = 10 * time.Minute

// Routes are the addresses of logging in and out.
func (a *Access) Routes() map[string]http.Handler {
	out := map[string]http.Handler{
		"GET " + logoutPath:  http.HandlerFunc(a.loggedOut),
		"POST " + logoutPath: http.HandlerFunc(a.logout),
	}
	if a.provider != nil || a.cfg.WebConfig != "" {
		out["GET "+loginPath] = http.HandlerFunc(a.login)
		out["GET "+passwordPath] = http.HandlerFunc(a.password)
	}
	if a.provider != nil {
		out["GET "+callbackPath] = http.HandlerFunc(a.callback)
	}
	return out
}

// login sends the browser to the provider, or asks for a password where there
// is none.
func (a *Access) login(w http.ResponseWriter, r *http.Request) {
	target := target(r.URL.Query().Get("till"))
	switch v := web.VisitorFrom(r.Context()); {
	case v.May(web.Read) && (v.LoggedIn || v.Name != "" || a.provider == nil):
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	case a.provider == nil:
		a.Refuse(w, r, web.Read)
		return
	}
	wait, done := a.starts.begin(a.remote(r), a.now())
	if wait > 0 {
		a.tooMany(w, r, wait)
		return
	}
	done(false) // beginning is what is counted here
	m, err := a.provider.described(r.Context())
	if err != nil {
		a.failed(w, r, err)
		return
	}
	p := pending{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Target: target, Until: a.now().Add(loginTime)}
	a.forgetLogins(w, r)
	name := a.loginCookie(p.State)
	value, err := a.seal.close(name, p)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	a.setCookie(w, name, value, int(loginTime/time.Second))
	http.Redirect(w, r, m.oauth.AuthCodeURL(p.State, oidc.Nonce(p.Nonce), oauth2.S256ChallengeOption(p.Verifier)), http.StatusSeeOther)
}

var (
	errState  = errors.New("the login did not begin in this browser, or too long ago")
	errIssuer = errors.New("the answer is of another provider")
	errDenied = errors.New("the provider let nobody in")
	errNoRole = errors.New("no group gives a role")
	errNoUnit = errors.New("the unit is not known")
)

// callback ends what login began.
func (a *Access) callback(w http.ResponseWriter, r *http.Request) {
	wait, done := a.guesses.begin(a.remote(r), a.now())
	if wait > 0 {
		a.tooMany(w, r, wait)
		return
	}
	role, units, target, err := a.finish(w, r)
	// Whoever the provider let in, and its own failures, are no guesses.
	done(err == nil || errors.Is(err, errNoRole) || errors.Is(err, errNoUnit) || errors.Is(err, errProvider) || errors.Is(err, errTooManyGroups))
	if err != nil {
		a.failed(w, r, err)
		return
	}
	a.enter(w, r, role, units, target)
}

// enter begins a session, always a new one, and goes on.
func (a *Access) enter(w http.ResponseWriter, r *http.Request, role string, units []string, target string) {
	if c, err := r.Cookie(a.sessionCookie()); err == nil {
		a.sessions.end(c.Value)
	}
	value, err := a.sessions.begin(role, units)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	a.setCookie(w, a.sessionCookie(), value, 0)
	a.log.Info("logged in", "role", role)
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// finish checks an answer from the provider.
func (a *Access) finish(w http.ResponseWriter, r *http.Request) (role string, units []string, to string, err error) {
	q := r.URL.Query()
	state := q.Get("state")
	name := a.loginCookie(state)
	c, err := r.Cookie(name)
	if err != nil {
		return "", nil, "", errState
	}
	a.setCookie(w, name, "", -1)
	began, err := a.seal.open(name, c.Value)
	if err != nil || !equal(began.State, state) || a.now().After(began.Until) {
		return "", nil, "", errState
	}
	m, err := a.provider.described(r.Context())
	if err != nil {
		return "", nil, "", err
	}
	if iss := q.Get("iss"); iss != a.cfg.Access.OIDC.Issuer && (iss != "" || m.issParam) {
		return "", nil, "", errIssuer
	}
	if q.Get("error") != "" || q.Get("code") == "" {
		return "", nil, "", errDenied
	}
	groups, err := a.provider.groups(r.Context(), q.Get("code"), began)
	if err != nil {
		return "", nil, "", err
	}
	if role, units = grant(a.cfg.Access.OIDC.Roles, groups); role == "" {
		return "", nil, "", errNoRole
	}
	if role == web.RoleForvaltning && a.units.visitor(r.Context(), role, units).Role == "" {
		return "", nil, "", errNoUnit
	}
	return role, units, target(began.Target), nil
}

// password turns a password of the web configuration into a session, for
// browsers that would otherwise be sent to the provider.
func (a *Access) password(w http.ResponseWriter, r *http.Request) {
	v := web.VisitorFrom(r.Context())
	switch {
	case len(a.file.users()) == 0:
		http.NotFound(w, r)
	case v.LoggedIn && v.May(web.Read):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case v.Name == "":
		w.Header().Set("WWW-Authenticate", `Basic realm="kommunpuls", charset="UTF-8"`)
		a.say(w, r, http.StatusUnauthorized, needsLogin)
	case !v.May(web.Read):
		a.say(w, r, http.StatusForbidden, roleTooSmall)
	default:
		a.enter(w, r, v.Role, v.OrgUnits, "/")
	}
}

// logout ends the session. A page elsewhere cannot ask for it: the cookie is
// not sent along, and the guard of web refuses what comes from elsewhere.
func (a *Access) logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(a.sessionCookie()); err == nil {
		a.sessions.end(c.Value)
	}
	a.setCookie(w, a.sessionCookie(), "", -1)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, logoutPath, http.StatusSeeOther)
}

func (a *Access) loggedOut(w http.ResponseWriter, r *http.Request) {
	p := loggedOut
	if web.VisitorFrom(r.Context()).LoggedIn {
		p = stillIn
	}
	a.say(w, r, http.StatusOK, p)
}

// sessionCookie and loginCookie are names that a browser takes over TLS alone
// and for this host alone, where people reach the pages over TLS.
func (a *Access) sessionCookie() string { return a.cookiePrefix() + "kommunpuls" }

func (a *Access) loginCookie(state string) string {
	return a.cookiePrefix() + loginCookiePart + shortened(state)
}

const loginCookiePart = "kommunpuls-login-"

func (a *Access) cookiePrefix() string {
	if a.secure {
		return "__Host-"
	}
	return ""
}

func (a *Access) setCookie(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode,
	})
}

// maxLogins is how many logins one browser may have begun.
const maxLogins = 5

// forgetLogins keeps logins that nobody ended from filling the cookies.
func (a *Access) forgetLogins(w http.ResponseWriter, r *http.Request) {
	var begun []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, a.cookiePrefix()+loginCookiePart) {
			begun = append(begun, c.Name)
		}
	}
	if len(begun) < maxLogins {
		return
	}
	for _, name := range begun {
		a.setCookie(w, name, "", -1)
	}
}

// shortened is the part of a state that a cookie's name bears.
func shortened(state string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '_' {
			return c
		}
		return -1
	}, state[:min(len(state), 12)])
}

// random is 256 bits as text.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func queryEscape(s string) string {
	if len(s) > maxTarget {
		s = "/"
	}
	return url.QueryEscape(s)
}
