package http

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// authPlan is a way to log in that is ready.
type authPlan struct {
	*profile.Auth
	user, password, value *expr.Template
	login, logout         *requestPlan
	token                 *expr.Expr
	sessionValue          *expr.Template
	oauth                 oauthPlan
}

func newAuthPlan(a *profile.Auth) *authPlan {
	p := &authPlan{Auth: a, user: template(a.User, nil), password: template(a.Password, nil), value: template(a.Value, nil)}
	switch a.By {
	case "session":
		s := &a.Session
		p.login = newRequestPlan(&s.Login, nil)
		if s.Logout != nil {
			p.logout = newRequestPlan(s.Logout, nil)
		}
		p.token = compiled(s.Token, profile.AnswerVariables())
		text := s.Value
		if text == "" {
			text = "{{ $token }}"
		}
		p.sessionValue = template(text, nil)
	case "oauth2":
		p.oauth = newOAuthPlan(&a.OAuth2)
	}
	return p
}

// authoriser puts what proves who asks on requests. It is safe for concurrent use.
type authoriser interface {
	// apply logs in if need be. state is given back to forget.
	apply(ctx context.Context, d *draft) (state int, err error)
	// forget says that what apply used in a state is no longer good.
	forget(state int)
	// renewable tells whether logging in again may help.
	renewable() bool
	close(ctx context.Context)
}

func (p *authPlan) authoriser(c *client) (authoriser, error) {
	switch {
	case p == nil || p.By == "none":
		return fixed{}, nil
	case p.By == "session":
		return &session{plan: p, client: c}, nil
	case p.By == "oauth2":
		return newOAuth(p, c)
	}
	return p.fixed(c)
}

// fixed is a key or password that is the same in every request.
type fixed struct{ put func(d *draft) }

func (f fixed) apply(_ context.Context, d *draft) (int, error) {
	if f.put != nil {
		f.put(d)
	}
	return 0, nil
}
func (fixed) forget(int)            {}
func (fixed) renewable() bool       { return false }
func (fixed) close(context.Context) {}

func (p *authPlan) fixed(c *client) (authoriser, error) {
	values := requestValues(c.plan.settings, c.now, vars{}, nil)
	texts := make([]string, 0, 3)
	for _, t := range []*expr.Template{p.user, p.password, p.value} {
		s, _, err := t.Text(context.Background(), values, nil)
		if err != nil {
			return nil, unusable("auth: %w", err)
		}
		texts = append(texts, s)
	}
	user, password, value := texts[0], texts[1], texts[2]
	switch p.By {
	case "basic":
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
		return fixed{func(d *draft) { d.header.Set("Authorization", basic) }}, nil
	case "bearer":
		return fixed{func(d *draft) { place(d, "bearer", "", value) }}, nil
	}
	return fixed{func(d *draft) { place(d, p.By, p.Name, value) }}, nil
}

// place puts a key or token where it belongs.
func place(d *draft, in, name, value string) {
	switch in {
	case "bearer":
		d.header.Set("Authorization", "Bearer "+value)
	case "query":
		d.query.Set(name, value)
	case "body":
		if d.form != nil {
			d.form.Set(name, value)
			return
		}
		d.json = member(d.json, strings.Split(name, "."), value)
	default:
		d.header.Set(name, value)
	}
}

// member sets a nested member of a JSON body.
func member(v any, path []string, value string) any {
	if len(path) == 0 {
		return value
	}
	m, ok := v.(map[string]any)
	if !ok {
		m = make(map[string]any)
	}
	m[path[0]] = member(m[path[0]], path[1:], value)
	return m
}
