package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// ErrUnknownSource says that no configured source has that name.
var ErrUnknownSource = errors.New("källan finns inte i konfigurationen")

// ErrRetired says that a source was switched off.
var ErrRetired = errors.New("källan är avvecklad")

// SchedulerOptions tune a scheduler; zeros are the defaults.
type SchedulerOptions struct {
	Log *slog.Logger // required
	// Done is called after each collection, failed ones included.
	Done func(Result, error)
	// Committed is called after each batch of a watch.
	Committed func(source string)
	// Watching is called when the child of a watch is about to be started;
	// again is false the first time since the source was taken up.
	Watching func(source string, again bool)
	// Spread is within what time first collections begin; default 2 seconds.
	Spread time.Duration
	// Jitter is the share of an interval by which it varies; default 0.1.
	Jitter float64
	// RetryMin and RetryMax bound the wait after a failure; default 1 minute
	// and 1 hour for collections. A watch begins at a sixtieth of RetryMin.
	RetryMin, RetryMax time.Duration
}

// Scheduler collects every source at its interval and keeps watches running.
type Scheduler struct {
	collector *Collector
	opt       SchedulerOptions
	updates   chan update

	mu      sync.Mutex
	configs []Config
}

type update struct {
	configs []Config
	done    chan struct{}
}

// NewScheduler returns a scheduler; Run runs it.
func NewScheduler(c *Collector, opt SchedulerOptions) *Scheduler {
	if opt.Done == nil {
		opt.Done = func(Result, error) {}
	}
	if opt.Committed == nil {
		opt.Committed = func(string) {}
	}
	if opt.Watching == nil {
		opt.Watching = func(string, bool) {}
	}
	if opt.Spread == 0 {
		opt.Spread = 2 * time.Second
	}
	if opt.Jitter == 0 {
		opt.Jitter = 0.1
	}
	if opt.RetryMin == 0 {
		opt.RetryMin = time.Minute
	}
	if opt.RetryMax == 0 {
		opt.RetryMax = time.Hour
	}
	return &Scheduler{collector: c, opt: opt, updates: make(chan update)}
}

// Run collects until ctx ends, and returns when the last child is gone.
func (s *Scheduler) Run(ctx context.Context) {
	running := make(map[string]*running)
	defer func() { stop(running, func(Config) bool { return true }) }()
	for {
		select {
		case <-ctx.Done():
			return
		case u := <-s.updates:
			s.apply(ctx, running, u.configs)
			close(u.done)
		}
	}
}

// Update replaces the configured sources: those that changed are stopped and
// started anew, the others never notice. It returns when that is done.
func (s *Scheduler) Update(ctx context.Context, configs []Config) error {
	u := update{configs: slices.Clone(configs), done: make(chan struct{})}
	select {
	case s.updates <- u:
	case <-ctx.Done():
		return fmt.Errorf("source: update: %w", ctx.Err())
	}
	select {
	case <-u.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("source: update: %w", ctx.Err())
	}
}

// CollectNow collects one source at once, after a collection of it that
// already runs. The interval goes on as it was.
func (s *Scheduler) CollectNow(ctx context.Context, name string, opt CollectOptions) (Result, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.configs, func(c Config) bool { return c.Name == name })
	var cfg Config
	if i >= 0 {
		cfg = s.configs[i]
	}
	s.mu.Unlock()
	switch {
	case i < 0:
		return Result{}, fmt.Errorf("source %s: %w", name, ErrUnknownSource)
	case !cfg.RetiredOn.IsZero():
		return Result{}, fmt.Errorf("source %s: %w", name, ErrRetired)
	}
	res, err := s.collector.Collect(ctx, cfg, opt)
	s.opt.Done(res, err)
	return res, err
}

// running is one source that is collected.
type running struct {
	cfg    Config
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func (s *Scheduler) apply(ctx context.Context, live map[string]*running, configs []Config) {
	want := make(map[string]Config)
	for _, c := range configs {
		if c.RetiredOn.IsZero() {
			want[c.Name] = c
		}
	}
	stop(live, func(c Config) bool {
		next, ok := want[c.Name]
		return !ok || !next.equal(c)
	})
	s.mu.Lock()
	s.configs = configs
	s.mu.Unlock()
	for name, cfg := range want {
		if live[name] == nil {
			live[name] = s.start(ctx, cfg)
		}
	}
}

// stop ends all that are chosen at once, and waits for them.
func stop(live map[string]*running, chosen func(Config) bool) {
	var ended []*running
	for name, r := range live {
		if chosen(r.cfg) {
			r.cancel()
			ended = append(ended, r)
			delete(live, name)
		}
	}
	for _, r := range ended {
		r.done.Wait()
	}
}

func (s *Scheduler) start(ctx context.Context, cfg Config) *running {
	ctx, cancel := context.WithCancel(ctx)
	r := &running{cfg: cfg, cancel: cancel}
	if cfg.Every > 0 {
		r.done.Go(func() { s.collectForEver(ctx, cfg) })
	}
	r.done.Go(func() { s.watchForEver(ctx, cfg) })
	return r
}
