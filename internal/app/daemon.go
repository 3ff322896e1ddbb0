package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/expose/otlp"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

// Serve answers on the configured address and keeps sources and figures up to
// date until ctx ends. ready is called once with the address it listens on.
func (a *App) Serve(ctx context.Context, ready func(addr string)) error {
	parts := a.Parts()
	who, err := a.access()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", parts.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	shown, err := metrics.Registry(a.metrics, a.version, a.chainMetrics, a.otlp, a.notify, a.reports)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	probed, err := metrics.ProbesRegistry(a.probeMetrics)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if err := a.otlp.Start(ctx, otlp.Gatherers{Metrics: shown, Probes: probed}, a.otlpSettings(parts.Config)); err != nil {
		return errors.Join(err, l.Close())
	}
	defer a.closeOTLP(context.WithoutCancel(ctx))
	told, err := parts.NotifySettings()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	a.notify.Start(ctx, shown, parts.notifyFile(), told)
	defer a.notify.Close()
	a.reports.Start(ctx, parts.ReportingSettings(), func() bool { return len(a.Ready()) == 0 })
	defer a.reports.Close()
	a.snapshots.Start(ctx, parts.SnapshotSettings(), func() bool { return len(a.Ready()) == 0 })
	defer a.snapshots.Close()
	srv := who.Server(web.New(web.Options{
		Daemon: a, Metrics: metrics.HandlerFor(shown, a.log), Probes: metrics.HandlerFor(probed, a.log), Access: who, Secrecy: a.secrecy,
		Listen: parts.Config.Listen, Hosts: parts.Config.Hosts, Log: a.log, Now: a.now,
	}))
	served := make(chan error, 1)
	go func() { served <- who.Serve(srv, l) }()
	addr := l.Addr().String()
	root := who.Scheme() + "://" + addr
	a.root.Store(&root)
	a.log.Info("listening", "addr", addr)
	ready(addr)

	work, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.work(work)
	}()
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	stop()
	<-done
	err = errors.Join(err, shutdown(ctx, srv))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// shutdownGrace is how long requests that are under way may take at the end.
const shutdownGrace = 5 * time.Second

// shutdown ends a server. Whoever has not been answered in time is cut off, and
// so are connections that nothing was said on, which browsers open ahead: both
// are as an end has to be, and no fault.
func shutdown(ctx context.Context, srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err := srv.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return srv.Close()
	}
	return err
}

// work runs the scheduler and evaluates: at once, after each applied
// collection, and at the configured interval.
func (a *App) work(ctx context.Context) {
	// What was ongoing when the daemon stopped is so before anything is measured.
	a.probes.Configure(ctx, sourceConfigs(a.Parts().Config), a.now())
	var running sync.WaitGroup
	running.Go(func() { a.scheduler.Run(ctx) })
	running.Go(func() { a.tickProbes(ctx) })
	defer func() {
		a.serving.Store(false)
		running.Wait()
	}()
	if err := a.scheduler.Update(ctx, sourceConfigs(a.Parts().Config)); err != nil {
		return // ctx ended
	}
	a.serving.Store(true)
	running.Go(func() { a.keepLookingBack(ctx) })
	tick := time.NewTicker(a.Parts().Config.Evaluate.Std())
	defer tick.Stop()
	var pruned time.Time
	for {
		if err := a.Evaluate(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("evaluating", "err", err)
		}
		if now := a.now(); now.Sub(pruned) >= pruneEvery {
			pruned = now
			a.prune(ctx, now)
			a.gallraDue(ctx, now)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.applied:
			// Collections that end close together are evaluated together.
			if !wait(ctx, settleTime) {
				return
			}
			drain(a.applied)
		}
	}
}

// probeTick is how often it is looked for targets whose results have stopped
// coming, and what is shown of the others is renewed.
const probeTick = 10 * time.Second

func (a *App) tickProbes(ctx context.Context) {
	for wait(ctx, probeTick) {
		a.probes.Tick(ctx, a.now())
	}
}

// pruneEvery is how often what is too old is removed.
const pruneEvery = 24 * time.Hour

// prune removes single probe results and hours that are kept no longer.
func (a *App) prune(ctx context.Context, now time.Time) {
	n, err := a.store.Prune(ctx, now)
	switch {
	case err != nil && ctx.Err() == nil:
		a.log.Error("removing old measurements", "err", err)
	case n > 0:
		a.log.Info("removed old measurements", "rows", n)
	}
}

// settleTime is how long an evaluation waits for more collections to end.
const settleTime = 500 * time.Millisecond

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func drain(ch <-chan struct{}) {
	select {
	case <-ch:
	default:
	}
}
