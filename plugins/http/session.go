package http

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
)

// session logs in with a request and carries what that gave.
type session struct {
	plan   *authPlan
	client *client

	mu     sync.Mutex
	token  any
	open   bool
	number int // of the login; a fault in an older one logs nobody out
}

func (s *session) apply(ctx context.Context, d *draft) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		if err := s.login(ctx); err != nil {
			return s.number, err
		}
	}
	return s.number, s.put(ctx, d)
}

func (s *session) login(ctx context.Context) error {
	a, err := s.client.do(ctx, call{plan: s.plan.login, plain: true})
	var again *waitError
	if errors.As(err, &again) {
		err = again.cause // it has been tried for long enough
	}
	if err != nil {
		return fmt.Errorf("inloggning: %w", err)
	}
	if s.plan.token != nil {
		values := answerValues(s.client.plan.settings, s.client.now, a, vars{})
		if s.token, err = s.plan.token.Run(ctx, a.body, values); err != nil {
			return unusable("inloggning: token: %w", err)
		}
		if text, err := expr.Text(s.token); err != nil || text == "" {
			return unreachable("inloggning: servern gav ingen session; kontrollera användare, lösenord eller nyckel")
		}
	}
	s.open = true
	s.number++
	return nil
}

// put sends the token along; without one the cookies do.
func (s *session) put(ctx context.Context, d *draft) error {
	if s.plan.token == nil {
		return nil
	}
	values := requestValues(s.client.plan.settings, s.client.now, vars{token: s.token}, nil)
	text, _, err := s.plan.sessionValue.Text(ctx, values, nil)
	if err != nil {
		return unusable("inloggning: value: %w", err)
	}
	place(d, s.plan.Session.In, s.plan.Session.Name, text)
	return nil
}

func (s *session) forget(state int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.number == state {
		s.open = false
	}
}

func (s *session) renewable() bool { return true }

// close logs out. What was read is good even if that fails.
func (s *session) close(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open || s.plan.logout == nil {
		return
	}
	s.open = false
	values := requestValues(s.client.plan.settings, s.client.now, vars{token: s.token}, nil)
	d, err := s.plan.logout.draft(ctx, s.client.plan.base, values, nil)
	if err == nil {
		err = errors.Join(set(ctx, s.client.plan.headers, values, d.header.Set), s.put(ctx, d))
	}
	if err != nil {
		return
	}
	if req, err := d.request(ctx); err == nil {
		if res, err := s.client.http.Do(req); err == nil {
			res.Body.Close()
		}
	}
}
