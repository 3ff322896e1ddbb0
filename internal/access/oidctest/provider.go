// Package oidctest is an identity provider for tests. It is strict: it refuses
// whatever a careful provider may refuse, and tells the test why.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// The client that the provider knows.
const (
	ClientID = "kommunpuls"
	Secret   = "en hemlighet: 100% å+ä" // what must be encoded in a header
)

// Provider is a running provider with one person logged in to it.
type Provider struct {
	// URL is the issuer.
	URL string
	// Redirect is the only address that it sends people back to.
	Redirect string

	t   testing.TB
	mu  sync.Mutex
	now func() time.Time

	keys     []*rsa.PrivateKey // the last one signs
	retired  int               // of keys, how many are no longer told of
	codes    map[string]*code
	access   map[string]bool
	claims   map[string]any
	userinfo map[string]any
	alter    func(claims map[string]any)
	foreign  bool // sign with a key that is never told of
	deny     string
	down     bool
	noIss    bool
	refusals []string
	keyReads int
}

type code struct {
	challenge, nonce, redirect string
	used                       bool
	until                      time.Time
}

// Start starts a provider that ends with the test.
func Start(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	p := &Provider{t: t, now: now, codes: map[string]*code{}, access: map[string]bool{}}
	p.Rotate(false)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.jwks)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.info)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.locked(func() bool { return p.down }) {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

func (p *Provider) locked(f func() bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return f()
}

// LogIn says who is logged in: further claims of the token, such as groups.
func (p *Provider) LogIn(claims map[string]any) { p.set(func() { p.claims = claims }) }

// UserInfo sets claims that stand there and not in the token.
func (p *Provider) UserInfo(claims map[string]any) { p.set(func() { p.userinfo = claims }) }

// Alter changes every token before it is signed; nil changes nothing.
func (p *Provider) Alter(f func(claims map[string]any)) { p.set(func() { p.alter = f }) }

// SignForeign signs with a key that belongs to nobody.
func (p *Provider) SignForeign(on bool) { p.set(func() { p.foreign = on }) }

// Deny makes authorize answer with an error; "" lets people in again.
func (p *Provider) Deny(code string) { p.set(func() { p.deny = code }) }

// Down makes everything answer 503.
func (p *Provider) Down(down bool) { p.set(func() { p.down = down }) }

// WithoutIss leaves out iss in the answer, as older providers do.
func (p *Provider) WithoutIss() { p.set(func() { p.noIss = true }) }

// Refusals are what it has refused, in words.
func (p *Provider) Refusals() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.refusals...)
}

// KeyReads is how many times the keys were fetched.
func (p *Provider) KeyReads() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keyReads
}

// Rotate signs with a new key from now on; the former is told of no longer
// when retire is true.
func (p *Provider) Rotate(retire bool) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	p.set(func() {
		if retire {
			p.retired = len(p.keys)
		}
		p.keys = append(p.keys, k)
	})
}

func (p *Provider) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "userinfo_endpoint": p.URL + "/userinfo",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"pairwise"},
		"id_token_signing_alg_values_supported":          []string{"RS256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic"},
		"code_challenge_methods_supported":               []string{"S256"},
		"authorization_response_iss_parameter_supported": !p.locked(func() bool { return p.noIss }),
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keyReads++
	var out []map[string]any
	for i, k := range p.keys[p.retired:] {
		out = append(out, map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID(p.retired + i),
			"n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes()),
		})
	}
	answer(w, http.StatusOK, map[string]any{"keys": out})
}

func keyID(i int) string { return fmt.Sprintf("key-%d", i) }

// sign makes a token. The lock is held.
func (p *Provider) sign(claims map[string]any) (string, error) {
	b, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	key := p.keys[len(p.keys)-1]
	if p.foreign {
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return "", err
		}
	}
	return oidctest.SignIDToken(key, keyID(len(p.keys)-1), "RS256", string(b)), nil
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}
