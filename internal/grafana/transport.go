package grafana

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const (
	// maxAnswer bounds what is read of one answer.
	maxAnswer = 32 << 20
	// attempts is how many times a request is tried in all.
	attempts = 3
)

// transport is the way to Grafana: it tries again what is worth it, within the
// context, and turns everything but a good JSON answer into this package's
// errors, so that no caller reads a status.
type transport struct {
	ctx     context.Context
	next    http.RoundTripper
	timeout time.Duration
	pause   time.Duration
}

// RoundTrip sends a request, whose body can be made anew by GetBody.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	var err error
	for n := range attempts {
		if n > 0 {
			if err := wait(t.ctx, t.pause<<(n-1)); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
			}
		}
		var resp *http.Response
		var again bool
		resp, again, err = t.once(req)
		if err == nil || !again {
			return resp, err
		}
	}
	return nil, err
}

// once sends it one time. A request that may have been carried out is tried
// again only if doing it twice is the same as doing it once.
func (t transport) once(orig *http.Request) (_ *http.Response, again bool, err error) {
	ctx, cancel := context.WithTimeout(t.ctx, t.timeout)
	defer cancel()
	req := orig.Clone(ctx)
	if orig.GetBody != nil {
		if req.Body, err = orig.GetBody(); err != nil {
			return nil, false, err
		}
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, t.ctx.Err() == nil && (idempotent(req) || refusedConnection(err)), unreachable(err, t.timeout)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, idempotent(req), unreachable(err, t.timeout)
	case len(body) > maxAnswer:
		return nil, false, fmt.Errorf("%w: över %d MB", ErrNotGrafana, maxAnswer>>20)
	}
	if err := judge(resp, body); err != nil {
		busy := refused(err, http.StatusTooManyRequests, http.StatusServiceUnavailable)
		late := refused(err, http.StatusBadGateway, http.StatusGatewayTimeout) && idempotent(req)
		return nil, busy || late, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, false, nil
}

func idempotent(r *http.Request) bool { return r.Method != http.MethodPost }

func refusedConnection(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// unreachable says in plain words why nothing came.
func unreachable(err error, timeout time.Duration) error {
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%w: %w", ErrUnreachable, context.Canceled)
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("%w: inget svar inom %s", ErrUnreachable, timeout)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// judge reads status and kind of an answer.
func judge(resp *http.Response, body []byte) error {
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized:
		return fmt.Errorf("%w: skapa en ny för ett tjänstekonto med rollen Admin (svar 401)", ErrToken)
	case code >= 300 && code < 400:
		return fmt.Errorf("%w: %d till %s; är adressen rätt, eller står en inloggningssida framför Grafana?", ErrNotGrafana, code, target(resp))
	case code == http.StatusForbidden && isJSON(resp):
		return fmt.Errorf("%w: tjänstekontot behöver rollen Admin i organisationen (svar 403: %s)", ErrForbidden, said(body))
	case code == http.StatusNotFound && isJSON(resp):
		return ErrNotFound
	case !isJSON(resp) && (len(body) > 0 || code >= 400):
		return fmt.Errorf("%w: svar %d av slaget %q; är adressen rätt, eller står en inloggningssida framför Grafana?", ErrNotGrafana, code, kind(resp))
	case code >= 400:
		return &StatusError{Status: code, Message: said(body)}
	case len(body) > 0 && !json.Valid(body):
		return fmt.Errorf("%w: svaret är avbrutet", ErrNotGrafana)
	}
	return nil
}

// target is where an answer leads, without what a query may hold.
func target(resp *http.Response) string {
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil {
		return "en annan adress"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

func kind(resp *http.Response) string {
	k, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return "okänt"
	}
	return k
}

func isJSON(resp *http.Response) bool { return kind(resp) == "application/json" }

// said is what Grafana says of a refusal.
func said(body []byte) string {
	var m struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &m) != nil {
		return ""
	}
	text := []rune(strings.Join(strings.Fields(m.Message), " "))
	if len(text) > 300 {
		text = append(text[:300], '…')
	}
	return string(text)
}
