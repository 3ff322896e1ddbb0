package http

import (
	"context"
	"errors"
	nethttp "net/http"
	"net/url"
	"sync"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// oauthPlan is the templates of a token request.
type oauthPlan struct {
	tokenURL, clientID, clientSecret *expr.Template
	scopes                           []*expr.Template
	params                           []named
}

func newOAuthPlan(o *profile.OAuth2) oauthPlan {
	p := oauthPlan{tokenURL: template(o.TokenURL, nil), clientID: template(o.ClientID, nil), clientSecret: template(o.ClientSecret, nil)}
	for _, s := range o.Scopes {
		p.scopes = append(p.scopes, template(s, nil))
	}
	for _, k := range sortedKeys(o.Params) {
		p.params = append(p.params, named{k, template(o.Params[k], nil)})
	}
	return p
}

// oauth fetches tokens and renews them.
type oauth struct {
	client *client
	config clientcredentials.Config

	mu     sync.Mutex
	token  *oauth2.Token
	number int
}

func newOAuth(p *authPlan, c *client) (*oauth, error) {
	values := requestValues(c.plan.settings, c.now, vars{}, nil)
	text := func(t *expr.Template) (s string) {
		var err error
		if s, _, err = t.Text(context.Background(), values, nil); err != nil {
			s = ""
		}
		return s
	}
	o := &oauth{client: c, config: clientcredentials.Config{
		TokenURL: text(p.oauth.tokenURL), ClientID: text(p.oauth.clientID), ClientSecret: text(p.oauth.clientSecret),
		EndpointParams: make(url.Values), AuthStyle: oauth2.AuthStyleInHeader,
	}}
	if p.OAuth2.Style == "body" {
		o.config.AuthStyle = oauth2.AuthStyleInParams
	}
	for _, s := range p.oauth.scopes {
		o.config.Scopes = append(o.config.Scopes, text(s))
	}
	for _, n := range p.oauth.params {
		o.config.EndpointParams.Set(n.name, text(n.value))
	}
	u, err := url.Parse(o.config.TokenURL)
	if err != nil || u.Host == "" {
		return nil, unusable("auth: adressen som ger token går inte att tolka")
	}
	if err := c.plan.encrypted(u); err != nil {
		return nil, unusable("auth: %w", err)
	}
	return o, nil
}

func (o *oauth) apply(ctx context.Context, d *draft) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.token.Valid() {
		if err := o.fetch(ctx); err != nil {
			return o.number, err
		}
	}
	place(d, "bearer", "", o.token.AccessToken)
	return o.number, nil
}

// fetch asks for a token. What the server says of why not may repeat what was
// sent, so only the standard's own error codes are shown.
func (o *oauth) fetch(ctx context.Context) error {
	tryCtx, cancel := context.WithTimeout(ctx, o.client.timeout)
	defer cancel()
	plain := &nethttp.Client{
		Transport:     o.client.http.Transport,
		CheckRedirect: func(*nethttp.Request, []*nethttp.Request) error { return errMoved },
	}
	token, err := o.config.Token(context.WithValue(tryCtx, oauth2.HTTPClient, plain))
	if err == nil {
		o.token = token
		o.number++
		o.client.answered.Store(true)
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *oauth2.RetrieveError
	var onTheWay *url.Error
	switch {
	case errors.As(err, &onTheWay):
		return inLogin(o.client.tried(ctx, err))
	case !errors.As(err, &refused):
		return unreachable("inloggning: svaret innehåller ingen token; stämmer adressen?")
	}
	status := 0
	if refused.Response != nil {
		status = refused.Response.StatusCode
	}
	code := ""
	if codeRE.MatchString(refused.ErrorCode) {
		code = " (" + refused.ErrorCode + ")"
	}
	if status == 429 || status >= 500 {
		return &waitError{cause: unreachable("inloggning: servern svarade %d %s", status, meaning(status))}
	}
	return unreachable("inloggning: servern gav ingen token%s; kontrollera client_id och hemligheten", code)
}

// inLogin says where a fault happened and keeps whether it may be tried again.
func inLogin(err error) error {
	var again *waitError
	if errors.As(err, &again) {
		return &waitError{cause: unreachable("inloggning: %w", again.cause), after: again.after}
	}
	return unreachable("inloggning: %w", err)
}

func (o *oauth) forget(state int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.number == state {
		o.token = nil
	}
}

func (o *oauth) renewable() bool       { return true }
func (o *oauth) close(context.Context) {}
