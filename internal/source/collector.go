package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/remote"
)

// noteTimeout bounds writing down that a collection failed, which happens
// although the collection's own time is up.
const noteTimeout = 10 * time.Second

// Collector runs single collections. It is safe for concurrent use; one source
// is collected once at a time.
type Collector struct {
	opt CollectorOptions

	mu    sync.Mutex
	locks map[string]chan struct{}
}

// CollectorOptions are what a collector works with.
type CollectorOptions struct {
	Store store.Store
	Host  *Host
	// Now is the clock.
	Now func() time.Time
	// Follower hears every watch batch before it is committed; nil is nobody.
	Follower Follower
	// Observer hears how collections go; nil is nobody.
	Observer Observer
	// KeptOut tells who has been erased; nil is nobody.
	KeptOut func(ctx context.Context) (KeptOut, error)
	// PseudonymKey and KeyID go to every source.
	PseudonymKey []byte
	KeyID        string
	// PreviousPseudonymKey and PreviousKeyID are those of the key before, while
	// sources remain that were collected with it; empty otherwise.
	PreviousPseudonymKey []byte
	PreviousKeyID        string
	Limits               Limits
}

// NewCollector returns a collector.
func NewCollector(opt CollectorOptions) *Collector {
	if opt.Follower == nil {
		opt.Follower = alone{}
	}
	if opt.Observer == nil {
		opt.Observer = unobserved{}
	}
	return &Collector{opt: opt, locks: make(map[string]chan struct{})}
}

// CollectOptions change one collection.
type CollectOptions struct {
	// AcceptVanished applies a collection that the guard would hold.
	AcceptVanished bool
	// AcceptKey takes a source's pseudonyms for those of other people than
	// before, where the key before is lost.
	AcceptKey bool
	// Full asks for everything although there is a cursor.
	Full bool
	// Dated imports an older list as history as of that instant.
	Dated time.Time
	// Progress, if not nil, is told how far the source has come.
	Progress func(done, total int64)
}

// Result is what a collection came to.
type Result struct {
	Source    string
	Header    sdk.Header
	Counts    store.Counts
	Dropped   int64 // values, lists and records outside what the source may emit
	Held      bool  // the guard holds it: see store.ErrHeld
	Unchanged bool
	Started   time.Time
	Took      time.Duration
}

// Settings are what a configured source gets.
func (c *Collector) Settings(cfg Config) sdk.Settings {
	return sdk.Settings{Instance: cfg.Name, JSON: cfg.Settings, BaseDir: cfg.BaseDir, PseudonymKey: c.opt.PseudonymKey, KeyID: c.opt.KeyID}
}

// Collect runs one collection: staged, then applied whole or not at all. On
// any error earlier data stay as they were; store.ErrHeld comes with the
// counts of what would have vanished.
func (c *Collector) Collect(ctx context.Context, cfg Config, opt CollectOptions) (Result, error) {
	unlock, err := c.lock(ctx, cfg.Name)
	if err != nil {
		return Result{}, fmt.Errorf("source %s: %w", cfg.Name, err)
	}
	defer unlock()
	began := c.opt.Now()
	res := Result{Source: cfg.Name, Started: began}
	observed := c.opt.Observer.Collecting(cfg, opt, began)
	err = c.collect(ctx, cfg, opt, &res, observed)
	ended := c.opt.Now()
	res.Took = ended.Sub(began)
	observed.Done(res, err, ended)
	if err == nil {
		return res, nil
	}
	err = fmt.Errorf("source %s: %w", cfg.Name, err)
	if ctx.Err() != nil || errors.Is(err, store.ErrHeld) {
		return res, err // stopped by us, or already noted by the store
	}
	return res, errors.Join(err, c.noteFailure(ctx, cfg, err))
}

func (c *Collector) noteFailure(ctx context.Context, cfg Config, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if err := c.opt.Store.NoteFailure(ctx, cfg.Name, cfg.Plugin, why.Error(), c.opt.Now()); err != nil {
		return fmt.Errorf("source %s: note the failure: %w", cfg.Name, err)
	}
	return nil
}

func (c *Collector) collect(ctx context.Context, cfg Config, opt CollectOptions, res *Result, o Observed) error {
	info, err := c.keyed(ctx, cfg, opt)
	if err != nil {
		return err
	}
	opt.Full = opt.Full || info.FormerKeyID != ""
	cursor, err := c.cursor(ctx, cfg, opt)
	if err != nil {
		return err
	}
	var staging store.Staging
	var end sdk.End
	err = c.step(o, StepStage, func() (err error) {
		if staging, err = c.opt.Store.Stage(ctx, info, res.Started); err != nil {
			return fmt.Errorf("stage: %w", err)
		}
		if end, err = c.fill(ctx, cfg, opt, filling{cursor: cursor, twins: info.FormerKeyID != "", to: staging, res: res, observed: o}); err != nil {
			return errors.Join(err, staging.Discard())
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.step(o, StepApply, func() error {
		res.Counts, err = staging.Apply(ctx, end, store.ApplyOptions{AcceptVanished: opt.AcceptVanished, Dated: opt.Dated})
		res.Held = errors.Is(err, store.ErrHeld)
		if err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		return nil
	})
}

func (c *Collector) cursor(ctx context.Context, cfg Config, opt CollectOptions) ([]byte, error) {
	if opt.Full || !opt.Dated.IsZero() {
		return nil, nil
	}
	cursor, err := c.opt.Store.Cursor(ctx, cfg.Name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("cursor: %w", err)
	}
	return cursor, nil
}

// filling is what a child fills, after what cursor, and who hears of it.
type filling struct {
	cursor   []byte
	twins    bool // pseudonyms come with those of the key before
	to       sdk.Sink
	res      *Result
	observed Observed
}

// fill runs the child into the staging area. The child is gone when it returns.
func (c *Collector) fill(ctx context.Context, cfg Config, opt CollectOptions, f filling) (end sdk.End, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.timeout(), errTimeout)
	defer cancel()
	var child *remote.Child
	if err := c.step(f.observed, StepStart, func() (err error) {
		child, err = c.opt.Host.Start(ctx, cfg.Plugin)
		return timedOut(ctx, cfg, err)
	}); err != nil {
		return end, err
	}
	defer child.Close()
	settings := c.Settings(cfg)
	if f.twins {
		settings.PreviousPseudonymKey, settings.PreviousKeyID = c.opt.PreviousPseudonymKey, c.opt.PreviousKeyID
	}
	if err := c.step(f.observed, StepCheck, func() error {
		problems, err := child.Check(ctx, settings)
		if err != nil {
			return timedOut(ctx, cfg, child.Explain(err))
		}
		if len(problems) > 0 {
			return faults(problems)
		}
		return nil
	}); err != nil {
		return end, err
	}
	err = c.step(f.observed, StepRead, func() (err error) {
		kept, err := c.keptOut(ctx)
		if err != nil {
			return err
		}
		in := &staged{filter: newFilter(child.Describe(), c.opt.Limits, f.twins), to: f.to, progress: opt.Progress}
		in.kept = kept
		end, err = child.Collect(ctx, sdk.CollectRequest{Settings: settings, Cursor: f.cursor, Full: opt.Full, Now: f.res.Started, Dated: opt.Dated}, in)
		f.res.Dropped, f.res.Header, f.res.Unchanged = in.total(), in.header, in.header.Unchanged
		if err != nil {
			return timedOut(ctx, cfg, child.Explain(err))
		}
		if kept != nil {
			if err := kept.Settle(ctx); err != nil {
				return fmt.Errorf("who is kept out: %w", err)
			}
		}
		return in.finish()
	})
	return end, err
}

var errTimeout = errors.New("tiden är slut")

// timedOut tells a collection whose time is up from a source that waited too
// long for something itself. The child's clock may be a moment ahead of ours.
func timedOut(ctx context.Context, cfg Config, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	end, ok := ctx.Deadline()
	if ok && ctx.Err() == nil && time.Until(end) < 100*time.Millisecond {
		<-ctx.Done()
	}
	if errors.Is(context.Cause(ctx), errTimeout) {
		return fmt.Errorf("not done within %s: %w", cfg.timeout(), err)
	}
	return err
}

// faults words every fault of the settings.
func faults(problems []sdk.Problem) error {
	var b strings.Builder
	for i, p := range problems {
		if i > 0 {
			b.WriteString("; ")
		}
		if p.Field != "" {
			b.WriteString(p.Field + ": ")
		}
		b.WriteString(p.Message)
	}
	return fmt.Errorf("settings: %w: %s", sdk.ErrBadInput, b.String())
}

// lock waits until no other collection of the source runs.
func (c *Collector) lock(ctx context.Context, name string) (func(), error) {
	c.mu.Lock()
	l := c.locks[name]
	if l == nil {
		l = make(chan struct{}, 1)
		c.locks[name] = l
	}
	c.mu.Unlock()
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
