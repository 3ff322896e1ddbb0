package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

// What a login can fail on.
var (
	errProvider = errors.New("the provider does not answer")
	errCode     = errors.New("the provider did not accept the code")
	errToken    = errors.New("the token is not valid")
	errExpired  = errors.New("the token has expired")
	errClock    = errors.New("the clocks differ")
	errNonce    = errors.New("the token belongs to another login")
)

// skew is how much the clocks of the provider and of this machine may differ,
// and stale how old a token may be when the provider has just given it.
const (
	skew  = 5 * time.Minute
	stale = 10 * time.Minute
)

// provider is the municipality's identity provider. Its description is read
// when somebody first logs in, so the daemon starts without it, and anew each day.
type provider struct {
	cfg      *config.OIDC
	redirect string
	client   *http.Client
	now      func() time.Time

	mu   sync.Mutex
	meta *metadata
	at   time.Time
	last error // of the latest attempt
}

type metadata struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
	issParam bool
}

const (
	providerTimeout = 15 * time.Second
	providerFresh   = 24 * time.Hour
	providerRetry   = 5 * time.Second
	maxAnswer       = 1 << 20
)

func newProvider(c *config.OIDC, redirect string, now func() time.Time) *provider {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout, t.MaxIdleConns, t.IdleConnTimeout = providerTimeout, 4, 30*time.Second
	// An idle connection would outlive the login; there are few of them.
	t.DisableKeepAlives = true
	return &provider{cfg: c, redirect: redirect, now: now, client: &http.Client{
		Transport: bounded{t}, Timeout: providerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// bounded reads no answer longer than maxAnswer.
type bounded struct{ http.RoundTripper }

// RoundTrip sends a request.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// described returns what the provider says of itself.
func (p *provider) described(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.meta != nil && now.Sub(p.at) < providerFresh {
		return p.meta, nil
	}
	if p.last != nil && now.Sub(p.at) < providerRetry {
		return nil, p.last
	}
	m, err := p.discover(ctx)
	p.at, p.last = now, err
	if err != nil {
		if p.meta != nil { // yesterday's is better than none
			return p.meta, nil
		}
		return nil, err
	}
	p.meta = m
	return m, nil
}

// algorithms are the signatures that are accepted: none that a client could make.
func algorithms() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}
}

func (p *provider) discover(ctx context.Context) (*metadata, error) {
	// The keys are fetched by this context later on, so it must not end.
	op, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errProvider, err)
	}
	var said struct {
		Auth     []string `json:"token_endpoint_auth_methods_supported"`
		IssParam bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := op.Claims(&said); err != nil {
		return nil, fmt.Errorf("%w: %w", errProvider, err)
	}
	m := &metadata{provider: op, issParam: said.IssParam, oauth: oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret.Value(), Endpoint: op.Endpoint(), RedirectURL: p.redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, slices.DeleteFunc(slices.Clone(p.cfg.Scopes), func(s string) bool { return s == oidc.ScopeOpenID })...),
	}}
	// Trying both ways would spend the code on the first.
	m.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(said.Auth) > 0 && !slices.Contains(said.Auth, "client_secret_basic") {
		m.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	m.verifier = op.Verifier(&oidc.Config{ClientID: p.cfg.ClientID, SupportedSigningAlgs: algorithms(), Now: p.now})
	return m, nil
}

// groups trades a code for a token and returns the groups that it holds.
func (p *provider) groups(ctx context.Context, code string, began pending) ([]string, error) {
	m, err := p.described(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), providerTimeout)
	defer cancel()
	tok, err := m.oauth.Exchange(ctx, code, oauth2.VerifierOption(began.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500 {
			return nil, fmt.Errorf("%w: %d %s", errCode, refused.Response.StatusCode, refused.ErrorCode)
		}
		return nil, errProvider
	}
	raw, ok := tok.Extra("id_token").(string)
	if !ok {
		return nil, fmt.Errorf("%w: there is none", errToken)
	}
	id, err := p.verify(ctx, m, raw, began.Nonce)
	if err != nil {
		return nil, err
	}
	var cs claims
	if err := id.Claims(&cs); err != nil {
		return nil, fmt.Errorf("%w: %w", errToken, err)
	}
	groups, found, err := cs.groups(p.cfg.Claims)
	if err != nil || found || m.provider.UserInfoEndpoint() == "" {
		return groups, err
	}
	return p.askedApart(ctx, m, tok, id.Subject)
}

// verify checks a token beyond what the library does: that it belongs to this
// login, to us alone, and to this moment.
func (p *provider) verify(ctx context.Context, m *metadata, raw, nonce string) (*oidc.IDToken, error) {
	id, err := m.verifier.Verify(ctx, raw)
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return nil, errExpired
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errToken, err)
	}
	if nonce == "" || !equal(id.Nonce, nonce) {
		return nil, errNonce
	}
	var more struct {
		AZP string `json:"azp"`
	}
	if err := id.Claims(&more); err != nil {
		return nil, fmt.Errorf("%w: %w", errToken, err)
	}
	if more.AZP != "" && more.AZP != p.cfg.ClientID || len(id.Audience) > 1 && more.AZP == "" {
		return nil, fmt.Errorf("%w: it was issued to another client", errToken)
	}
	if now := p.now(); id.IssuedAt.After(now.Add(skew)) || id.IssuedAt.Before(now.Add(-stale-skew)) {
		return nil, errClock
	}
	return id, nil
}

// askedApart reads the groups from the userinfo endpoint, where some providers
// keep them.
func (p *provider) askedApart(ctx context.Context, m *metadata, tok *oauth2.Token, subject string) ([]string, error) {
	u, err := m.provider.UserInfo(ctx, oauth2.StaticTokenSource(tok))
	if err != nil {
		return nil, fmt.Errorf("%w: userinfo", errProvider)
	}
	if !equal(u.Subject, subject) {
		return nil, fmt.Errorf("%w: userinfo is of somebody else", errToken)
	}
	var cs claims
	if err := u.Claims(&cs); err != nil {
		return nil, fmt.Errorf("%w: userinfo", errToken)
	}
	groups, _, err := cs.groups(p.cfg.Claims)
	return groups, err
}
