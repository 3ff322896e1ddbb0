package source

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func (s *Scheduler) collectForEver(ctx context.Context, cfg Config) {
	wait, failures := part(min(s.opt.Spread, cfg.Every)), 0
	for sleep(ctx, wait) {
		res, err := s.collector.Collect(ctx, cfg, CollectOptions{})
		if ctx.Err() != nil {
			return
		}
		s.log(res, err)
		s.opt.Done(res, err)
		wait = cfg.Every + time.Duration(float64(part(cfg.Every)-cfg.Every/2)*2*s.opt.Jitter)
		if err == nil || errors.Is(err, store.ErrHeld) {
			failures = 0
			continue
		}
		failures++
		wait = min(wait, s.backoff(s.opt.RetryMin, failures))
	}
}

func (s *Scheduler) log(res Result, err error) {
	log := s.opt.Log.With("source", res.Source, "took", res.Took)
	switch {
	case errors.Is(err, store.ErrHeld):
		log.Warn("collection held", "vanished", res.Counts.Vanished, "accept", "kommunpuls collect "+res.Source+" --accept-vanished")
	case err != nil:
		log.Error("collection failed", "error", err)
	case res.Unchanged:
		log.Debug("nothing changed")
	default:
		c := res.Counts
		log.Info("collected", "seen", c.Seen, "refused", c.Refused, "inserted", c.Inserted, "updated", c.Updated,
			"unchanged", c.Unchanged, "vanished", c.Vanished, "purged", c.Purged, "dropped", res.Dropped)
	}
}

// watchForEver keeps a watch running, if the source has one.
func (s *Scheduler) watchForEver(ctx context.Context, cfg Config) {
	failures, again := 0, false
	for {
		can, err := s.canWatch(ctx, cfg)
		if err == nil && !can {
			return
		}
		level := slog.LevelDebug // that it cannot be started at all is told by its collections
		if err == nil {
			level = slog.LevelError
			s.opt.Watching(cfg.Name, again)
			again = true
			err = s.collector.Watch(ctx, cfg, func() {
				failures = 0
				s.opt.Committed(cfg.Name)
			})
		}
		if ctx.Err() != nil || errors.Is(err, sdk.ErrNotSupported) || errors.Is(err, ErrUnknownPlugin) {
			return
		}
		failures++
		wait := s.backoff(s.opt.RetryMin/60, failures)
		s.opt.Log.Log(ctx, level, "watch broke", "source", cfg.Name, "error", err, "again_in", wait)
		if !sleep(ctx, wait) {
			return
		}
	}
}

func (s *Scheduler) canWatch(ctx context.Context, cfg Config) (bool, error) {
	d, err := s.collector.opt.Host.Describe(ctx, cfg.Plugin)
	return d.CanWatch, err
}

// backoff doubles the wait with each failure, up to RetryMax, varied a little.
func (s *Scheduler) backoff(first time.Duration, failures int) time.Duration {
	wait := first << min(failures-1, 20)
	if wait <= 0 || wait > s.opt.RetryMax {
		wait = s.opt.RetryMax
	}
	return wait + part(wait/10)
}

// part returns a random part of a time.
func part(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
