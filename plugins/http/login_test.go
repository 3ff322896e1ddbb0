package http_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestWaysToLogIn(t *testing.T) {
	for _, c := range []struct {
		name, auth string
		stream     string // in place of the stream's request
		good       func(r *nethttp.Request, body []byte) bool
	}{
		{name: "nothing", auth: "auth: [{by: none}]", good: func(r *nethttp.Request, _ []byte) bool { return r.Header.Get("Authorization") == "" }},
		{name: "basic", auth: `auth: [{by: basic, user: svc, password: "{{ $settings.api_key }}"}]`, good: func(r *nethttp.Request, _ []byte) bool {
			u, p, ok := r.BasicAuth()
			return ok && u == "svc" && p == "hemlig nyckel"
		}},
		{name: "a key as user name", auth: `auth: [{by: basic, user: "{{ $settings.api_key }}"}]`, good: func(r *nethttp.Request, _ []byte) bool {
			u, p, ok := r.BasicAuth()
			return ok && u == "hemlig nyckel" && p == ""
		}},
		{name: "bearer", auth: `auth: [{by: bearer, value: "{{ $settings.api_key }}"}]`, good: func(r *nethttp.Request, _ []byte) bool {
			return r.Header.Get("Authorization") == "Bearer hemlig nyckel"
		}},
		{name: "a header", auth: `auth: [{by: header, name: X-Redmine-API-Key, value: "{{ $settings.api_key }}"}]`, good: func(r *nethttp.Request, _ []byte) bool {
			return r.Header.Get("X-Redmine-API-Key") == "hemlig nyckel"
		}},
		{name: "a query parameter", auth: `auth: [{by: query, name: apitoken, value: "{{ $settings.api_key }}"}]`, good: func(r *nethttp.Request, _ []byte) bool {
			return r.URL.Query().Get("apitoken") == "hemlig nyckel"
		}},
		{name: "in the body of a GET", auth: `auth: [{by: body, name: auth.token, value: "{{ $settings.api_key }}"}]`, stream: `{path: /systems, json: {first: "{{ $offset }}", auth: {kind: key}}}`,
			good: func(r *nethttp.Request, body []byte) bool {
				var got struct {
					First any
					Auth  struct{ Kind, Token string }
				}
				return r.Method == nethttp.MethodGet && json.Unmarshal(body, &got) == nil && got.First == 0.0 && got.Auth.Token == "hemlig nyckel" && got.Auth.Kind == "key"
			}},
		{name: "in a form", auth: `auth: [{by: body, name: token, value: "{{ $settings.api_key }}"}]`, stream: `{method: POST, path: /systems, form: {what: "{{ $limit }}", not: "{{ null }}"}}`,
			good: func(_ *nethttp.Request, body []byte) bool { return string(body) == "token=hemlig+nyckel&what=2" }},
		{name: "the first way whose condition holds", auth: `auth: [{when: .api_key == null, by: none}, {by: bearer, value: "{{ $settings.api_key }}"}, {by: none}]`,
			good: func(r *nethttp.Request, _ []byte) bool { return r.Header.Get("Authorization") != "" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil || !c.good(r, body) {
					w.WriteHeader(nethttp.StatusUnauthorized)
					return
				}
				write(w, map[string]any{"items": []any{map[string]any{"id": 1, "name": "a"}}, "total": 1})
			})
			text := fmt.Sprintf(small, c.auth, "")
			if c.stream != "" {
				text = strings.Replace(text, `{path: /systems, query: {offset: "{{ $offset }}", limit: "{{ $limit }}"}}`, c.stream, 1)
			}
			settings, dir := own(t, text, s.URL)
			settings["api_key"] = "hemlig nyckel"
			if g := collect(t, ask{settings: settings, dir: dir}); g.err != nil || g.Records != 1 {
				t.Errorf("%v", g.err)
			}
		})
	}
}

const sessionAuth = `auth:
  - by: session
    session:
      login: {path: /login, headers: {Authorization: "user_token {{ $settings.api_key }}"}}
      token: .session_token
      logout: {path: /logout}
      name: Session-Token`

// sessions is a server that logs in, lets a session live for two requests and
// wants to be logged out of.
type sessions struct {
	logins, logouts, left atomic.Int64
	lifetime              int64
}

func (s *sessions) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	current := fmt.Sprintf("session-%d", s.logins.Load())
	switch {
	case r.URL.Path == "/login" && r.Header.Get("Authorization") == "user_token hemlig":
		s.left.Store(s.lifetime)
		write(w, map[string]any{"session_token": fmt.Sprintf("session-%d", s.logins.Add(1))})
	case r.URL.Path == "/logout" && r.Header.Get("Session-Token") == current:
		s.logouts.Add(1)
	case r.URL.Path == "/systems" && r.Header.Get("Session-Token") == current && s.left.Add(-1) >= 0:
		pageOf(w, r, 5)
	default:
		w.WriteHeader(nethttp.StatusUnauthorized)
	}
}

func TestASessionThatExpiresInTheMiddleIsRenewed(t *testing.T) {
	h := &sessions{lifetime: 2}
	s := serve(t, h.ServeHTTP)
	settings, dir := own(t, fmt.Sprintf(small, sessionAuth, ""), s.URL)
	settings["api_key"] = "hemlig"
	g := collect(t, ask{settings: settings, dir: dir})
	if g.err != nil || g.Records != 5 {
		t.Fatalf("%v, %d records", g.err, g.Records)
	}
	if h.logins.Load() != 2 || h.logouts.Load() != 1 {
		t.Errorf("%d logins, %d logouts", h.logins.Load(), h.logouts.Load())
	}
	h.lifetime = 0
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrUnreachable) || !strings.Contains(g.err.Error(), "godtar inte inloggningen") {
		t.Errorf("a session that is never good: %v", g.err)
	}
	if logins := h.logins.Load(); logins != 4 {
		t.Errorf("it logged in %d times in vain", logins-2)
	}
	settings["api_key"] = "fel"
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrUnreachable) || !strings.Contains(g.err.Error(), "inloggning:") {
		t.Errorf("a wrong key: %v", g.err)
	}
}

func TestTokensByOAuth2(t *testing.T) {
	var issued, refuse atomic.Int64
	s := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch {
		case r.URL.Path == "/token":
			user, secret, _ := r.BasicAuth()
			if err := r.ParseForm(); err != nil || user != "klient" || secret != "hemlig" || r.Form.Get("grant_type") != "client_credentials" || r.Form.Get("scope") != "allt" || r.Form.Get("audience") != "x" {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(nethttp.StatusUnauthorized)
				fmt.Fprint(w, `{"error":"invalid_client","error_description":"hemlig is wrong"}`)
				return
			}
			write(w, map[string]any{"access_token": fmt.Sprint("t", issued.Add(1)), "token_type": "Bearer", "expires_in": 3600})
		case r.Header.Get("Authorization") != fmt.Sprint("Bearer t", issued.Load()) || offset(r) == "2" && refuse.Add(1) == 1:
			w.WriteHeader(nethttp.StatusUnauthorized)
		default:
			pageOf(w, r, 5)
		}
	})
	auth := `auth: [{by: oauth2, oauth2: {token_url: "{{ $settings.url }}/token", client_id: klient, client_secret: "{{ $settings.api_key }}", scopes: [allt], params: {audience: x}}}]`
	settings, dir := own(t, fmt.Sprintf(small, auth, ""), s.URL)
	settings["api_key"] = "hemlig"
	if g := collect(t, ask{settings: settings, dir: dir}); g.err != nil || g.Records != 5 || issued.Load() != 2 {
		t.Errorf("%v, %d records, %d tokens", g.err, g.Records, issued.Load())
	}
	settings["api_key"] = "fel"
	g := collect(t, ask{settings: settings, dir: dir})
	if !errors.Is(g.err, sdk.ErrUnreachable) || !strings.Contains(g.err.Error(), "(invalid_client)") || strings.Contains(g.err.Error(), "hemlig is wrong") {
		t.Errorf("%v", g.err)
	}
}

func TestASessionInACookieThatEndsInALoginPage(t *testing.T) {
	var logins, pages atomic.Int64
	s := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		cookie, err := r.Cookie("sid")
		switch {
		case r.URL.Path == "/login" && r.Method == nethttp.MethodPost && r.FormValue("user") == "svc" && r.FormValue("password") == "hemlig":
			nethttp.SetCookie(w, &nethttp.Cookie{Name: "sid", Value: fmt.Sprint(logins.Add(1)), Path: "/"})
			write(w, map[string]any{})
		case r.URL.Path == "/systems" && err == nil && cookie.Value == fmt.Sprint(logins.Load()) && pages.Add(1) != 2:
			pageOf(w, r, 5)
		default:
			header(w, "text/html", "<html>Logga in</html>")
		}
	})
	auth := `auth: [{by: session, session: {login: {method: POST, path: /login, form: {user: svc, password: "{{ $settings.api_key }}"}}}}]`
	settings, dir := own(t, fmt.Sprintf(small, auth, ""), s.URL)
	settings["api_key"] = "hemlig"
	if g := collect(t, ask{settings: settings, dir: dir}); g.err != nil || g.Records != 5 || logins.Load() != 2 {
		t.Errorf("%v, %d records, %d logins", g.err, g.Records, logins.Load())
	}
	settings["api_key"] = "fel"
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrBadInput) || !strings.Contains(g.err.Error(), "inloggning: servern svarade med en webbsida") {
		t.Errorf("%v", g.err)
	}
}

func TestARedirectOnTheServerIsFollowedWithTheKey(t *testing.T) {
	s := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch {
		case r.Header.Get("X-Key") != "hemlig":
			w.WriteHeader(nethttp.StatusUnauthorized)
		case r.URL.Path == "/systems":
			nethttp.Redirect(w, r, "/v2/systems?"+r.URL.RawQuery, nethttp.StatusMovedPermanently)
		default:
			pageOf(w, r, 5)
		}
	})
	settings, dir := own(t, fmt.Sprintf(small, `auth: [{by: header, name: X-Key, value: "{{ $settings.api_key }}"}]`, ""), s.URL)
	settings["api_key"] = "hemlig"
	if g := collect(t, ask{settings: settings, dir: dir}); g.err != nil || g.Records != 5 {
		t.Errorf("%v", g.err)
	}
}

func TestSeveralRequestsAtATimeAreHeldToTheRate(t *testing.T) {
	var asked atomic.Int64
	d := newDirectory()
	s := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		asked.Add(1)
		d.ServeHTTP(w, r)
	})
	text := strings.Replace(readFile(t, "testdata/people/profile.yaml"), "  retry: {total: 2s}", "  retry: {total: 2s}\n  rate: {requests: 20, per: 1s, burst: 2}", 1)
	settings, dir := own(t, text, s.URL)
	start := time.Now()
	g := collect(t, ask{settings: settings, dir: dir})
	least := time.Duration(asked.Load()-3) * 50 * time.Millisecond
	if g.err != nil || asked.Load() < 10 || time.Since(start) < least {
		t.Errorf("%v: %d requests in %v, want at least %v", g.err, asked.Load(), time.Since(start), least)
	}
}
