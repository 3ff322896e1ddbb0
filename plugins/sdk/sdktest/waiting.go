package sdktest

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

func (c Case) cancels(t *testing.T) {
	for _, at := range []string{"Begin", "Write"} {
		w := c.connect(t)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var since time.Time
		r := w.recorder()
		r.Hook = func(call string) error {
			if call == at {
				since = time.Now()
				cancel()
			}
			return ctx.Err()
		}
		end, err := w.Collect(ctx, c.request(c.Settings), r)
		if took := time.Since(since); took > patience {
			t.Errorf("cancelled at %s: it returned after %v", at, took)
		}
		if err == nil || len(end.Cursor) != 0 {
			t.Errorf("cancelled at %s: got %v, cursor %q", at, err, end.Cursor)
		}
		w.returned(t)
	}
	w := c.connect(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.Collect(ctx, c.request(c.Settings), w.recorder()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before it began: %v", err)
	}
}

func (c Case) deadline(t *testing.T) {
	w := c.connect(t)
	want := time.Now().Add(3 * time.Minute)
	ctx, cancel := context.WithDeadline(context.Background(), want)
	defer cancel()
	if _, err := w.Collect(ctx, c.request(c.Settings), w.recorder()); err != nil {
		t.Fatal(err)
	}
	if got, ok := w.returned(t); ok && (!got.hasOne || got.deadline.Sub(want).Abs() > patience) {
		t.Errorf("the source saw the deadline %v (%v), want %v", got.deadline, got.hasOne, want)
	}
	past, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := w.Collect(past, c.request(c.Settings), w.recorder()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a deadline that is past: %v", err)
	}
}

// blackHole listens, lets everyone connect and never says a word.
func (c Case) blackHole(t *testing.T) {
	if c.Connecting == nil {
		return
	}
	l, arrived := listen(t)
	for _, x := range []struct {
		name  string
		limit func() (context.Context, context.CancelFunc)
	}{
		{"a cancellation", func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			go func() {
				select {
				case <-arrived:
				case <-ctx.Done():
				}
				cancel()
			}()
			return ctx, cancel
		}},
		{"a deadline", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 500*time.Millisecond)
		}},
	} {
		w := c.connect(t)
		ctx, cancel := x.limit()
		over := make(chan time.Time, 1)
		context.AfterFunc(ctx, func() { over <- time.Now() })
		_, err := w.Collect(ctx, c.request(c.Connecting(l.Addr().String())), w.recorder())
		back := time.Now()
		cancel()
		if late := back.Sub(<-over); err == nil || late > patience {
			t.Errorf("%s: got %v, %v after it", x.name, err, late)
		}
		w.returned(t)
	}
	select {
	case <-arrived:
	default:
		t.Error("sdktest: the settings of Connecting did not make the source connect")
	}
}

func (c Case) validateConnects(t *testing.T) {
	if c.Connecting == nil {
		return
	}
	l, arrived := listen(t)
	w := c.connect(t)
	c.quick(t, w, c.Connecting(l.Addr().String()))
	select {
	case <-arrived:
		t.Error("validate connected")
	case <-time.After(200 * time.Millisecond):
	}
}

// quick validates settings that must be good, and that must not take time.
func (c Case) quick(t *testing.T, w connection, raw []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if ps, err := w.Check(ctx, c.settings(raw)); err != nil || len(ps) > 0 {
		t.Errorf("validate: %+v, %v", ps, err)
	}
}

// listen accepts and keeps connections, and tells of the first.
func listen(t *testing.T) (l net.Listener, arrived chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived = make(chan struct{})
	arrivals := make(chan net.Conn, 1000)
	go func() {
		defer close(arrivals)
		for first := true; ; first = false {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			arrivals <- conn
			if first {
				close(arrived)
			}
		}
	}()
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		for conn := range arrivals {
			_ = conn.Close() // the other end may have closed it
		}
	})
	return l, arrived
}
