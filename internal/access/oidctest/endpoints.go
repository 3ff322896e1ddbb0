package oidctest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// authorize lets the person who is logged in through at once.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if len(q[name]) != 1 {
			p.refuse(w, name+" stands more than once")
			return
		}
	}
	for what, wrong := range map[string]bool{
		"response_type":         q.Get("response_type") != "code",
		"client_id":             q.Get("client_id") != ClientID,
		"redirect_uri":          q.Get("redirect_uri") != p.Redirect,
		"scope":                 !slices.Contains(strings.Fields(q.Get("scope")), "openid"),
		"state":                 len(q.Get("state")) < 32,
		"nonce":                 len(q.Get("nonce")) < 32 || q.Get("nonce") == q.Get("state"),
		"code_challenge":        len(q.Get("code_challenge")) != 43,
		"code_challenge_method": q.Get("code_challenge_method") != "S256",
	} {
		if wrong {
			p.refuse(w, what)
			return
		}
	}
	back := url.Values{"state": {q.Get("state")}}
	if !p.noIss {
		back.Set("iss", p.URL)
	}
	if p.deny != "" {
		back.Set("error", p.deny)
		back.Set("error_description", "<b>nej</b>")
	} else {
		c := random()
		p.codes[c] = &code{challenge: q.Get("code_challenge"), nonce: q.Get("nonce"), redirect: q.Get("redirect_uri"), until: p.now().Add(time.Minute)}
		back.Set("code", c)
	}
	http.Redirect(w, r, p.Redirect+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ct := r.Header.Get("Content-Type"); ct != "application/x-www-form-urlencoded" {
		p.invalid(w, http.StatusBadRequest, "invalid_request", "content type "+ct)
		return
	}
	if err := r.ParseForm(); err != nil || len(r.URL.RawQuery) > 0 {
		p.invalid(w, http.StatusBadRequest, "invalid_request", "form")
		return
	}
	// RFC 6749 2.3.1: each part is form-encoded before it is joined.
	id, secret, ok := r.BasicAuth()
	id, err1 := url.QueryUnescape(id)
	secret, err2 := url.QueryUnescape(secret)
	if !ok || err1 != nil || err2 != nil || id != ClientID || secret != Secret || r.PostForm.Get("client_secret") != "" {
		p.invalid(w, http.StatusUnauthorized, "invalid_client", "client")
		return
	}
	f := r.PostForm
	c := p.codes[f.Get("code")]
	sum := sha256.Sum256([]byte(f.Get("code_verifier")))
	switch {
	case f.Get("grant_type") != "authorization_code":
		p.invalid(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type")
	case c == nil:
		p.invalid(w, http.StatusBadRequest, "invalid_grant", "code")
	case c.used:
		p.invalid(w, http.StatusBadRequest, "invalid_grant", "code used again")
	case p.now().After(c.until):
		p.invalid(w, http.StatusBadRequest, "invalid_grant", "code too old")
	case f.Get("redirect_uri") != c.redirect:
		p.invalid(w, http.StatusBadRequest, "invalid_grant", "redirect_uri")
	case len(f.Get("code_verifier")) < 43 || base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge:
		p.invalid(w, http.StatusBadRequest, "invalid_grant", "code_verifier")
	default:
		c.used = true
		p.give(w, c)
	}
}

// give answers with tokens. The lock is held.
func (p *Provider) give(w http.ResponseWriter, c *code) {
	now := p.now()
	cs := map[string]any{
		"iss": p.URL, "sub": "pairwise-subject", "aud": ClientID, "nonce": c.nonce, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"name": "Anna Andersson", "email": "anna.andersson@kommunen.exempel",
	}
	maps.Copy(cs, p.claims)
	if p.alter != nil {
		p.alter(cs)
	}
	for k, v := range cs {
		if v == nil {
			delete(cs, k)
		}
	}
	id, err := p.sign(cs)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	access := random()
	p.access[access] = true
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id})
}

func (p *Provider) info(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !p.access[token] {
		p.invalid(w, http.StatusUnauthorized, "invalid_token", "access token")
		return
	}
	out := map[string]any{"sub": "pairwise-subject"}
	maps.Copy(out, p.userinfo)
	answer(w, http.StatusOK, out)
}

// refuse answers a request that must not be sent back to anybody.
func (p *Provider) refuse(w http.ResponseWriter, why string) {
	p.refusals = append(p.refusals, why)
	http.Error(w, "refused: "+why, http.StatusBadRequest)
}

func (p *Provider) invalid(w http.ResponseWriter, status int, code, why string) {
	p.refusals = append(p.refusals, why)
	answer(w, status, map[string]any{"error": code, "error_description": fmt.Sprintf("refused: %s", why)})
}

func random() string {
	var b [24]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
