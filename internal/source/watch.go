package source

import (
	"context"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Watch starts a source's watch after the last committed batch and runs until
// ctx ends or the source fails. committed is called after each batch.
func (c *Collector) Watch(ctx context.Context, cfg Config, committed func()) error {
	cursor, err := c.cursor(ctx, cfg, CollectOptions{})
	if err != nil {
		return fmt.Errorf("source %s: watch: %w", cfg.Name, err)
	}
	child, err := c.opt.Host.Start(ctx, cfg.Plugin)
	if err != nil {
		return fmt.Errorf("source %s: watch: %w", cfg.Name, err)
	}
	defer child.Close()
	out := &committer{collector: c, cfg: cfg, desc: child.Describe(), committed: committed}
	err = child.Watch(ctx, sdk.WatchRequest{Settings: c.Settings(cfg), Cursor: cursor, Now: c.opt.Now()}, out)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = fmt.Errorf("source %s: %w", cfg.Name, child.Explain(err))
	if errors.Is(err, sdk.ErrNotSupported) {
		return err
	}
	return errors.Join(err, c.noteFailure(ctx, cfg, err))
}

// committer commits each batch whole before it is acknowledged.
type committer struct {
	collector *Collector
	cfg       Config
	desc      sdk.Description
	committed func()
}

func (w *committer) Send(ctx context.Context, b sdk.WatchBatch) error {
	f := newFilter(w.desc, w.collector.opt.Limits, false)
	b.Mapped = f.mapped(b.Mapped)
	var err error
	if f.kept, err = w.collector.keptOut(ctx); err != nil {
		return err
	}
	if b.Records, err = f.records(b.Records); err != nil {
		return err
	}
	b.Warnings = append(b.Warnings, f.warnings()...)
	for range f.erased {
		b.Warnings = append(b.Warnings, erased())
	}
	unlock, err := w.collector.lock(ctx, w.cfg.Name)
	if err != nil {
		return err
	}
	defer unlock()
	now := w.collector.opt.Now()
	b, done, err := w.collector.opt.Follower.Follow(ctx, w.cfg, b, now)
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	err = w.collector.opt.Store.Commit(ctx, w.cfg.info(), b, now)
	done(err == nil)
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	w.committed()
	return nil
}
