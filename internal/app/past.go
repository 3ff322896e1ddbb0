package app

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Most that is kept of what was computed for the past because somebody asked.
const (
	mostDays   = 8     // days with every figure
	mostMonths = 4_000 // figures at the end of a month
)

// past keeps what was computed for earlier points in time until records or
// settings change. One is computed at a time, so that many who look back do not
// take the machine from what is measured now.
type past struct {
	turn chan struct{} // holds a token while somebody computes

	mu      sync.Mutex
	parts   *Parts
	changed map[record.Kind]int64
	since   int       // how often everything has been forgotten
	days    []pastDay // the last asked for last
	months  map[pastMonth]finding.Finding
}

type pastDay struct {
	at       store.Point
	findings []finding.Finding
}

// pastMonth is a figure at an instant.
type pastMonth struct {
	kpi  string
	asOf int64
}

func newPast() *past { return &past{turn: make(chan struct{}, 1)} }

// fresh forgets everything if records or settings have changed.
func (p *past) fresh(parts *Parts, changed map[record.Kind]int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parts == parts && maps.Equal(p.changed, changed) {
		return
	}
	p.since++
	p.parts, p.changed, p.days, p.months = parts, changed, nil, map[pastMonth]finding.Finding{}
}

// day returns the figures of a day if they are kept, and else since when they
// may be: what is computed from now on is kept with it.
func (p *past) day(at store.Point) (fs []finding.Finding, since int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.days, func(d pastDay) bool { return d.at.AsOf.Equal(at.AsOf) && d.at.KnownAt.Equal(at.KnownAt) })
	if i < 0 {
		return nil, p.since, false
	}
	d := p.days[i]
	p.days = append(slices.Delete(p.days, i, i+1), d)
	return d.findings, p.since, true
}

// keepDay keeps the figures of a day, unless everything has been forgotten since:
// then they come of what is no longer so.
func (p *past) keepDay(since int, at store.Point, fs []finding.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.since != since {
		return
	}
	p.days = slices.DeleteFunc(p.days, func(d pastDay) bool { return d.at.AsOf.Equal(at.AsOf) && d.at.KnownAt.Equal(at.KnownAt) })
	if len(p.days) >= mostDays {
		p.days = slices.Delete(p.days, 0, 1)
	}
	p.days = append(p.days, pastDay{at, fs})
}

// month is day for one figure at the end of a month.
func (p *past) month(k pastMonth) (f finding.Finding, since int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, ok = p.months[k]
	return f, p.since, ok
}

// keepMonth is keepDay for one figure at the end of a month.
func (p *past) keepMonth(since int, k pastMonth, f finding.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.since != since {
		return
	}
	if len(p.months) >= mostMonths {
		clear(p.months)
	}
	p.months[k] = f
}

// take waits for the turn to compute.
func (p *past) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *past) leave() { <-p.turn }

// pastFindings evaluates an earlier point, or takes what was computed for it.
func (a *App) pastFindings(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	if err := a.freshPast(ctx); err != nil {
		return nil, err
	}
	if fs, _, ok := a.past.day(at); ok {
		return fs, nil
	}
	if err := a.past.take(ctx); err != nil {
		return nil, err
	}
	defer a.past.leave()
	fs, since, ok := a.past.day(at)
	if ok { // somebody else asked for the same
		return fs, nil
	}
	fs, err := a.Engine().Evaluate(ctx, a.complete(at))
	if err == nil {
		a.past.keepDay(since, at, fs)
		a.rememberMonth(at, fs)
	}
	return fs, err
}

func (a *App) freshPast(ctx context.Context) error {
	changed, err := a.store.Changed(ctx)
	if err == nil {
		a.past.fresh(a.Parts(), changed)
	}
	return err
}
