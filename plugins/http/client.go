package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Defaults of a connection.
const (
	defaultTimeout  = time.Minute
	defaultRetry    = 5 * time.Minute
	defaultBodyMB   = 32
	defaultDepth    = 64
	firstWait       = 500 * time.Millisecond
	longestWait     = 30 * time.Second
	triesUntilHello = 3 // of a server that has never answered
	maxRedirects    = 5
)

// client makes the requests of one collection. It is safe for concurrent use.
type client struct {
	plan     *plan
	now      int64
	http     *nethttp.Client
	limiter  *rate.Limiter
	timeout  time.Duration
	answered atomic.Bool // the server has answered something
	auth     authoriser
	bytes    atomic.Int64
}

// call is one thing to ask for.
type call struct {
	plan     *requestPlan
	vars     vars
	lookups  []any
	whole    *url.URL // the address of a page that the server named
	optional []int    // statuses that are an optionalError
	gone     []int    // statuses that are no fault and have no content
	plain    bool     // without login: the login itself
}

// do asks until there is an answer, an error that waiting does not mend, or
// the time for one request is up.
func (c *client) do(ctx context.Context, q call) (*answer, error) {
	total := c.plan.profile.Connection.Retry.Total.Std(defaultRetry)
	wait := &backoff.ExponentialBackOff{InitialInterval: min(firstWait, total/10), RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: longestWait}
	tries, renewed := 0, false
	var last error
	a, err := backoff.Retry(ctx, func() (*answer, error) {
		tries++
		a, err := c.once(ctx, q)
		if errors.Is(err, errLoggedOut) && !renewed && !q.plain && c.auth.renewable() {
			renewed = true
			a, err = c.once(ctx, q)
		}
		if err == nil {
			return a, nil
		}
		last = err
		var again *waitError
		switch {
		case ctx.Err() != nil:
			return nil, backoff.Permanent(ctx.Err())
		case !errors.As(err, &again), !c.answered.Load() && tries >= triesUntilHello:
			return nil, backoff.Permanent(err)
		case again.after > 0:
			return nil, errors.Join(err, &backoff.RetryAfterError{Duration: again.after})
		}
		return nil, err
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(total))
	switch {
	case err == nil:
		return a, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(last, errLoginPage):
		return nil, webPageFault()
	case errors.Is(last, errLoggedOut):
		return nil, notLoggedIn(last)
	case tries > 1:
		return nil, fmt.Errorf("efter %d försök: %w", tries, last)
	}
	return nil, last
}

// once makes one try.
func (c *client) once(ctx context.Context, q call) (*answer, error) {
	if err := c.limiter.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &waitError{cause: unreachable("gränsen för hur ofta servern får frågas lämnar ingen tid kvar")}
	}
	values := requestValues(c.plan.settings, c.now, q.vars, q.lookups)
	d, err := q.plan.draft(ctx, c.plan.base, values, q.whole)
	if err == nil {
		err = set(ctx, c.plan.headers, values, func(k, v string) {
			if d.header.Get(k) == "" {
				d.header.Set(k, v)
			}
		})
	}
	if err != nil {
		return nil, fault(err)
	}
	seen := 0
	if !q.plain {
		if seen, err = c.auth.apply(ctx, d); err != nil {
			return nil, err
		}
	}
	a, err := c.send(ctx, d, q)
	if errors.Is(err, errLoggedOut) && !q.plain {
		c.auth.forget(seen)
	}
	return a, err
}

// fault gives an error of the profile or its data the class it belongs to.
func fault(err error) error {
	if errors.Is(err, sdk.ErrUnreachable) || errors.Is(err, sdk.ErrBadInput) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", err, sdk.ErrBadInput)
}

func (c *client) send(ctx context.Context, d *draft, q call) (*answer, error) {
	tryCtx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := d.request(tryCtx)
	if err != nil {
		return nil, unusable("frågan går inte att skriva: %w", err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.tried(ctx, err)
	}
	defer res.Body.Close()
	c.answered.Store(true)
	text, err := c.read(res)
	if err != nil {
		if errors.Is(err, sdk.ErrBadInput) {
			return nil, err
		}
		return nil, c.tried(ctx, err)
	}
	c.bytes.Add(int64(len(text)))
	return c.understand(ctx, res, text, q)
}

func (c *client) tried(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fault, again := network(err)
	if again {
		return &waitError{cause: fault}
	}
	return fault
}
