package kpi

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Changes tells, per kind, a number that grows when its records change.
// store.Store has it.
type Changes interface {
	Changed(ctx context.Context) (map[record.Kind]int64, error)
}

// Evaluator evaluates again and again, measuring only what may have changed:
// KPIs whose record kinds (joined ones included) changed since the last time,
// and KPIs that depend on the time itself (a window, an age, as_of) when as_of
// has come into another hour. What is not measured anew is judged anew all the
// same: targets, waivers and the age of sources follow the time.
type Evaluator struct {
	engine  *Engine
	changes Changes

	mu   sync.Mutex // one evaluation at a time
	kept kept
}

// NewEvaluator returns an evaluator that starts with a full evaluation.
func NewEvaluator(e *Engine, c Changes) *Evaluator { return &Evaluator{engine: e, changes: c} }

// Evaluate returns one finding per definition, in catalogue order.
func (v *Evaluator) Evaluate(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	// Read before measuring: a change while measuring is measured again next time.
	now, err := v.changes.Changed(ctx)
	if err != nil {
		return nil, fmt.Errorf("kpi: what changed: %w", err)
	}
	v.kept.next = now
	v.kept.measured = 0
	return v.engine.evaluate(ctx, at, &v.kept)
}

// Measured tells how many KPIs the last Evaluate measured anew.
func (v *Evaluator) Measured() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.kept.measured
}

// kept holds the figures of the last evaluation. A nil kept keeps nothing.
type kept struct {
	figures    []*figure
	seen, next map[record.Kind]int64
	measured   int
}

// figure returns the kept figure of a KPI if it still holds at the session's
// point, else nil.
func (k *kept) figure(i int, s *session) *figure {
	if k == nil {
		return nil
	}
	if i >= len(k.figures) || !k.holds(k.figures[i], s) || k.figures[i].decided != s.decidedFor(s.engine.catalogue.KPIs[i].ID) {
		k.measured++
		return nil
	}
	return k.figures[i]
}

func (k *kept) holds(f *figure, s *session) bool {
	if f == nil || f.err != nil || f.noData != nil || s.point.AsOf.Before(f.point.AsOf) || s.point.KnownAt.Before(f.point.KnownAt) {
		return false
	}
	// Where the figure is for the past it holds only for that instant.
	if f.timed && hour(f.point.AsOf) != hour(s.point.AsOf) || f.point.AsOf.Equal(f.point.KnownAt) != s.point.AsOf.Equal(s.point.KnownAt) {
		return false
	}
	if !f.point.AsOf.Equal(f.point.KnownAt) && !f.point.AsOf.Equal(s.point.AsOf) {
		return false
	}
	byUnit := func(b breakdown) bool { return b.dimension == string(record.OrgUnit) }
	if k.seen[record.OrgUnit] != k.next[record.OrgUnit] && slices.ContainsFunc(f.breakdowns, byUnit) {
		return false // units may have moved to another förvaltning
	}
	return !slices.ContainsFunc(f.relations, func(rel string) bool {
		kind := kindOf(rel)
		return s.isOwn(kind) && kind != "" || k.seen[kind] != k.next[kind]
	})
}

func (k *kept) store(figures []*figure) {
	if k != nil {
		k.figures, k.seen = figures, k.next
	}
}
