package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// Need is what an address asks of those who come. The zero Need is Read, so an
// address that says nothing is not open.
type Need int

// What addresses need.
const (
	Read    Need = iota // figures and rows: somebody with a role
	Scrape              // figures without rows, for programs: a role or a password of its own, or a direct local request
	Operate             // changes something: the administrator
	Open                // nothing
	Audit               // what may be secret as a whole: the auditor and the administrator
)

// Route is an address and what it needs.
type Route struct {
	Pattern string
	Need    Need
	handler http.HandlerFunc
}

// Routes lists every address that New serves, those of logging in apart.
func Routes() []Route { return (&server{}).routes() }

// Access knows who comes and how they can say who they are.
type Access interface {
	// Identify returns the request with its Visitor in the context. It answers
	// itself and returns nil when what was given to say who asks is wrong.
	Identify(w http.ResponseWriter, r *http.Request) *http.Request
	// Refuse answers a visitor who may not use an address.
	Refuse(w http.ResponseWriter, r *http.Request, n Need)
	// Routes are the addresses of logging in and out, all open, by pattern.
	Routes() map[string]http.Handler
	// Done is told of every answer.
	Done(r *http.Request, pattern string, code int)
	// Secure tells whether people reach the pages over TLS.
	Secure() bool
}

// needing lets those through who may use an address, and refuses the others.
func (s *server) needing(n Need, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !VisitorFrom(r.Context()).May(n) {
			s.Access.Refuse(w, r, n)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// tokenOnly is the access of a server without any other: api_token gives every
// right, and figures for programs are open.
type tokenOnly struct {
	s     *server
	token [sha256.Size]byte
}

func (a tokenOnly) Identify(_ http.ResponseWriter, r *http.Request) *http.Request {
	v := Visitor{Role: RoleScrape}
	if a.s.Demo {
		v.Role = RoleAuditor
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	sum := sha256.Sum256([]byte(given))
	if ok && a.s.Token != "" && subtle.ConstantTimeCompare(sum[:], a.token[:]) == 1 {
		v = Visitor{Name: "api_token", Role: RoleAdmin}
	}
	return r.WithContext(WithVisitor(r.Context(), v))
}

func (a tokenOnly) Refuse(w http.ResponseWriter, r *http.Request, _ Need) {
	if strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/") {
		a.s.refuse(w, r)
		return
	}
	if a.s.Token == "" {
		a.s.fail(w, http.StatusForbidden, "Ingen api_token är satt i konfigurationen, så siffror och rader lämnas inte ut.")
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="kommunpuls"`)
	a.s.fail(w, http.StatusUnauthorized, "Ange api_token som Authorization: Bearer …")
}

func (tokenOnly) Routes() map[string]http.Handler { return nil }
func (tokenOnly) Done(*http.Request, string, int) {}
func (tokenOnly) Secure() bool                    { return false }
