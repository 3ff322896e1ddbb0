// Package kpi turns definitions, records and a point in time into findings.
//
// A definition is compiled to SQL over the relations of a [store.Reader],
// measured (one statement for the total and all breakdowns where the shape
// allows it, one for several KPIs over one population), and then judged
// against what the municipality has decided: target, waivers, what is too old,
// what is too small to show.
package kpi

import (
	"context"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/peers"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Opener opens a read-only view of the records at a point in time.
type Opener interface {
	OpenReader(ctx context.Context, at store.Point) (store.Reader, error)
}

// History returns a KPI's newest stored finding between two instants;
// store.ErrNotFound if none. store.Store has it.
type History interface {
	Newest(ctx context.Context, kpi string, from, to time.Time) (finding.Finding, error)
}

// Engine evaluates a catalogue. It is safe for concurrent use.
type Engine struct {
	catalogue catalogue.Catalogue
	decisions decision.Set
	open      Opener
	history   History
	months    Months
	deadline  time.Duration
	workers   int
	location  *time.Location
	today     bool
	totals    bool // nothing but what the whole municipality's figures are
	peers     peers.Settings
}

// Option changes an engine.
type Option func(*Engine)

// WithHistory lets findings say how the figure was a year or a month earlier.
func WithHistory(h History) Option { return func(e *Engine) { e.history = h } }

// WithDeadline sets how long one KPI may run, 10 seconds if nothing is said.
// A KPI that runs longer gets outcome error; the others still evaluate.
func WithDeadline(d time.Duration) Option { return func(e *Engine) { e.deadline = d } }

// WithWorkers sets how many readers work at once, 2 if nothing is said.
func WithWorkers(n int) Option { return func(e *Engine) { e.workers = max(n, 1) } }

// WithTodaysOrganisation shows förvaltningar as they are when the figure is
// looked at ("med dagens organisation"): what a unit had counts with the unit
// that took over. Without it they are as they were ("som det var").
func WithTodaysOrganisation() Option { return func(e *Engine) { e.today = true } }

// New returns an engine.
func New(c catalogue.Catalogue, d decision.Set, open Opener, opts ...Option) *Engine {
	e := &Engine{catalogue: c, decisions: d, open: open, deadline: 10 * time.Second, workers: 2, location: calendar.Location()}
	for _, o := range opts {
		o(e)
	}
	return e
}

// Evaluate returns one finding per definition, in catalogue order. A
// definition that fails gives outcome error; Evaluate itself fails only if the
// store cannot be read or ctx ends.
func (e *Engine) Evaluate(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	return e.evaluate(ctx, at, nil)
}

// EvaluateSome is Evaluate for the KPIs of some ids alone. Ids that the
// catalogue does not have are passed over.
func (e *Engine) EvaluateSome(ctx context.Context, at store.Point, ids ...string) ([]finding.Finding, error) {
	return e.some(ctx, at, ids)
}

// EvaluateTotals is EvaluateSome without breakdowns, figures beside and remarks:
// what an earlier figure is compared by. The rest of the findings is the same.
func (e *Engine) EvaluateTotals(ctx context.Context, at store.Point, ids ...string) ([]finding.Finding, error) {
	totals := *e
	totals.totals = true
	fs, err := totals.some(ctx, at, ids)
	for i := range fs {
		fs[i].Breakdown, fs[i].Also = []finding.Cell{}, nil
	}
	return fs, err
}

func (e *Engine) some(ctx context.Context, at store.Point, ids []string) ([]finding.Finding, error) {
	wanted, needed := map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
		for _, d := range withOperands(e.catalogue.KPIs, id) {
			needed[d.ID] = true
		}
	}
	some := *e
	some.catalogue.KPIs = slices.DeleteFunc(slices.Clone(e.catalogue.KPIs), func(d catalogue.Definition) bool { return !needed[d.ID] })
	fs, err := some.evaluate(ctx, at, nil)
	return slices.DeleteFunc(fs, func(f finding.Finding) bool { return !wanted[f.KPI] }), err
}
