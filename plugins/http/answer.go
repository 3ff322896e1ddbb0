package http

import (
	"context"
	nethttp "net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/body"
	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// answer is what came, understood as JSON.
type answer struct {
	status int
	header nethttp.Header
	url    *url.URL // that it came from, after redirects
	body   any
	empty  bool // the status says that there is nothing
	gone   bool // the status says that what was asked for is no more
	lower  map[string]any
}

// headers are the answer's headers as expressions see them.
func (a *answer) headers() map[string]any {
	if a.lower == nil {
		a.lower = make(map[string]any, len(a.header))
		for k, v := range a.header {
			a.lower[strings.ToLower(k)] = strings.Join(v, ", ")
		}
	}
	return a.lower
}

// understand tells an answer from a fault.
func (c *client) understand(ctx context.Context, res *nethttp.Response, text string, q call) (*answer, error) {
	p := c.plan.profile
	a := &answer{status: res.StatusCode, header: res.Header, url: res.Request.URL}
	is := func(list []int, otherwise ...int) bool {
		if len(list) == 0 {
			list = otherwise
		}
		return slices.Contains(list, a.status)
	}
	page := webPage(res.Header, text)
	switch {
	case is(q.optional):
		return nil, &optionalError{a.status}
	case is(q.gone):
		a.gone = true
		return a, nil
	case is(p.Answer.Empty, nethttp.StatusNoContent):
		a.empty = true
		return a, nil
	case is(p.Answer.LoggedOut, nethttp.StatusUnauthorized):
		return nil, &loggedOutError{a.status}
	case is(retried(p.Connection.Retry)):
		//nolint:contextcheck // the wait is measured by the machine's clock, as timers are
		return nil, &waitError{cause: unreachable("servern svarade %d %s", a.status, meaning(a.status)), after: retryAfter(res.Header, time.Now())}
	case a.status == nethttp.StatusForbidden:
		return nil, unreachable("servern svarade 403: kontot får inte läsa det här")
	case a.status >= 500:
		return nil, unreachable("servern svarade %d %s", a.status, meaning(a.status))
	case a.status >= 300:
		// Servers put the reason in the body; its code alone may be shown.
		if v, err := body.Decode(text, c.depth()); err == nil {
			if err := c.ruled(ctx, a, v, q.vars); err != nil {
				return nil, err
			}
		}
		return nil, unusable("servern svarade %d %s", a.status, meaning(a.status))
	case page && c.auth.renewable() && !q.plain:
		return nil, errLoginPage
	case page:
		return nil, webPageFault()
	}
	v, err := body.Decode(text, c.depth())
	if err != nil {
		return nil, unusable("%w", err)
	}
	if err := c.ruled(ctx, a, v, q.vars); err != nil {
		return nil, err
	}
	if q.plan.rpc {
		if err := rpcFault(v); err != nil {
			return nil, err
		}
	}
	a.body = v
	return a, nil
}

func (c *client) depth() int {
	if d := c.plan.profile.Connection.MaxDepth; d > 0 {
		return d
	}
	return defaultDepth
}

// meaning says in Swedish what the usual statuses mean.
func meaning(status int) string {
	switch status {
	case 400:
		return "(frågan godtas inte)"
	case 404:
		return "(adressen finns inte)"
	case 405:
		return "(sättet att fråga godtas inte)"
	case 410:
		return "(adressen är borttagen)"
	case 429:
		return "(för många frågor)"
	case 500, 502, 503, 504:
		return "(fel eller uppehåll hos servern)"
	}
	return "(oväntat)"
}

func webPageFault() error {
	return unusable("servern svarade med en webbsida i stället för JSON; troligen en inloggningssida eller fel adress")
}

// webPage tells HTML from JSON, by the header or by the first letter.
func webPage(h nethttp.Header, text string) bool {
	kind := strings.ToLower(h.Get("Content-Type"))
	trimmed := strings.TrimLeft(strings.TrimPrefix(text, "\ufeff"), " \r\n\t")
	return strings.HasPrefix(trimmed, "<") || strings.Contains(kind, "html") && !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[")
}

var codeRE = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

// ruled holds an answer against the profile's rules for faults.
func (c *client) ruled(ctx context.Context, a *answer, v any, of vars) error {
	if len(c.plan.errors) == 0 {
		return nil
	}
	values := answerValues(c.plan.settings, c.now, a, of)
	for _, r := range c.plan.errors {
		holds, err := r.when.Run(ctx, v, values)
		if err != nil {
			return unusable("answer.errors: %w", err)
		}
		if holds == nil || holds == false {
			continue
		}
		text := "servern svarade med ett fel"
		if r.code != nil {
			if code, err := r.code.Run(ctx, v, values); err == nil {
				if s, err := expr.Text(code); err == nil && codeRE.MatchString(s) {
					text += " (" + s + ")"
				}
			}
		}
		if r.Text.SV != "" {
			text += ". " + strings.TrimSuffix(r.Text.SV, ".")
		}
		return ruleFault(r.ErrorRule, text)
	}
	return nil
}

func ruleFault(r profile.ErrorRule, text string) error {
	switch r.Is {
	case "logged_out":
		return errLoggedOut
	case "wait":
		return &waitError{cause: unreachable("%s", text)}
	case "refused":
		return unreachable("%s", text)
	}
	return unusable("%s", text)
}

// rpcFault checks the envelope of JSON-RPC.
func rpcFault(v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return unusable("svaret är inget JSON-RPC-svar")
	}
	if e, has := m["error"]; has && e != nil {
		code := ""
		if o, ok := e.(map[string]any); ok {
			if s, err := expr.Text(o["code"]); err == nil && codeRE.MatchString(s) {
				code = " " + s
			}
		}
		return unusable("servern svarade med JSON-RPC-fel%s", code)
	}
	if m["id"] != 1 {
		return unusable("svaret hör till en annan fråga")
	}
	return nil
}
