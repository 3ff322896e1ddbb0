// Package access decides who may see what: TLS, client certificates and
// passwords by the configuration file of Prometheus exporters, login by OpenID
// Connect, sessions, roles, limits on guessing, and the access log.
package access

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

// Options make an Access.
type Options struct {
	Config *config.Config
	// Units returns the org units as they are today.
	Units func(ctx context.Context) ([]Unit, error)
	// Style is the address of the pages' style sheet, "" for none.
	Style string
	Log   *slog.Logger
	Now   func() time.Time
}

// Access knows who comes. It is safe for concurrent use and starts nothing that
// must be ended.
type Access struct {
	cfg       *config.Config
	style     string
	log       *slog.Logger
	now       func() time.Time
	token     [sha256.Size]byte
	secure    bool
	proxies   []netip.Prefix
	file      *webFile
	passwords *passwords
	sessions  *sessions
	seal      *seal
	provider  *provider // nil where nobody logs in
	units     *units
	guesses   *limiter // wrong passwords, tokens and answers from the provider
	starts    *limiter // logins begun
}

// New reads the web configuration and refuses to listen where figures would be
// open to a network.
func New(o Options) (*Access, error) {
	a := &Access{
		cfg: o.Config, style: o.Style, log: o.Log, now: o.Now, token: sha256.Sum256([]byte(o.Config.APIToken.Value())),
		guesses: newLimiter(guessLimits()), starts: newLimiter(startLimits()), units: &units{read: o.Units, now: o.Now},
	}
	var err error
	if a.file, err = openWebFile(o.Config, o.Log); err != nil {
		return nil, err
	}
	for _, p := range o.Config.Access.TrustedProxies {
		n, err := config.ParseNetwork(p)
		if err != nil {
			return nil, fmt.Errorf("%w: access.trusted_proxies: %w", config.ErrInvalid, err)
		}
		a.proxies = append(a.proxies, n)
	}
	a.secure = a.file.tls || strings.HasPrefix(o.Config.PublicURL, "https://")
	if a.passwords, err = newPasswords(); err != nil {
		return nil, err
	}
	if a.seal, err = newSeal(); err != nil {
		return nil, err
	}
	s := o.Config.Access.Session
	a.sessions = newSessions(s.Lifetime.Std(), s.Idle.Std(), o.Now)
	if c := o.Config.Access.OIDC; c != nil {
		a.provider = newProvider(c, a.redirectURL(), o.Now)
	}
	return a, a.mayListen()
}

// mayListen refuses a network without TLS, and one where nobody could log in,
// unless the configuration says so in so many words.
func (a *Access) mayListen() error {
	c := a.cfg
	if c.OnLoopback() {
		return nil
	}
	switch {
	case c.Demo:
		return fmt.Errorf("%w: listen: med demo: true visas allt utan inloggning, så tjänsten får bara svara på den egna datorn: 127.0.0.1", config.ErrInvalid)
	case !a.file.tls && c.Access.WithoutTLS == "":
		return fmt.Errorf("%w: listen: %s nås från nätet men svarar utan kryptering; ange web_config med tls_server_config, eller skälet till att det går bra under access.without_tls", config.ErrInvalid, c.Listen)
	case c.APIToken.Value() == "" && a.provider == nil && len(a.file.users()) == 0 && c.Access.Metrics != "open":
		return fmt.Errorf("%w: listen: %s nås från nätet men ingen kan logga in; ange access.oidc, lösenord i web_config eller api_token", config.ErrInvalid, c.Listen)
	}
	return nil
}

// Secure tells whether people reach the pages over TLS.
func (a *Access) Secure() bool { return a.secure }

// root is the address at which people reach the pages, without a slash.
func (a *Access) root() string {
	switch {
	case a.cfg.PublicURL != "":
		return a.cfg.PublicURL
	case a.file.tls:
		return "https://" + a.cfg.Listen
	}
	return "http://" + a.cfg.Listen
}

func (a *Access) redirectURL() string { return a.root() + callbackPath }

// begunKey is the context key of when a request came.
type begunKey struct{}

// Done writes an answer to the access log, if there is one: neither address,
// name nor query.
func (a *Access) Done(r *http.Request, pattern string, code int) {
	if !a.cfg.Access.Log {
		return
	}
	var took time.Duration
	if begun, ok := r.Context().Value(begunKey{}).(time.Time); ok {
		took = a.now().Sub(begun).Round(time.Microsecond)
	}
	a.log.Info("request", "method", method(r.Method), "route", route(pattern), "status", code, "took", took, "role", web.VisitorFrom(r.Context()).Role)
}

// method is a method that HTTP knows, for anything can stand there.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// route is a pattern without its method.
func route(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return path
	}
	if pattern == "" {
		return "none"
	}
	return pattern
}
