package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Evaluate computes every figure as of now, keeps them and publishes them.
func (a *App) Evaluate(ctx context.Context) (err error) {
	a.evaluating.Lock()
	defer a.evaluating.Unlock()
	start := a.now()
	at := store.Point{AsOf: start, KnownAt: start}
	parts := a.Parts()
	defer func() { a.otlp.Evaluated(start, a.now(), len(parts.Catalogue.KPIs), source.Class(err)) }()
	fs, err := a.Evaluator().Evaluate(ctx, at)
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	if err := a.store.SaveFindings(ctx, at, fs); err != nil {
		return fmt.Errorf("keep the figures: %w", err)
	}
	snap := metrics.Snapshot{
		Municipality: parts.Config.Municipality, PublicURL: a.PublicURL(), Demo: parts.Config.Demo,
		Findings: fs, EvaluatedAt: at.AsOf, Waivers: waiversAt(parts.Decisions.Waivers, at.AsOf), Took: a.runs.times(),
	}
	for i := range parts.Catalogue.KPIs {
		snap.Infos = append(snap.Infos, infoOf(&parts.Catalogue.KPIs[i]))
	}
	if err := a.operations(ctx, at, &snap); err != nil {
		return err
	}
	if snap.Sources, err = a.sources(ctx); err != nil {
		return err
	}
	steps := rank(parts, fs, snap.OrgUnits)
	snap.NextSteps = shownSteps(steps)
	snap.EvaluationTime = a.now().Sub(start)
	a.metrics.Publish(snap)
	a.last.Store(&evaluation{at: at, took: snap.EvaluationTime, findings: fs, shown: snap, steps: steps})
	a.log.Info("evaluated", "kpis", len(fs), "took", snap.EvaluationTime.Round(time.Millisecond))
	return nil
}

// sources returns the state of every configured source and of every source
// that was configured once and still has data.
func (a *App) sources(ctx context.Context) ([]store.SourceState, error) {
	known, err := a.store.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the sources' state: %w", err)
	}
	for _, c := range a.Parts().Config.Sources {
		info := sourceInfo(c)
		if i := slices.IndexFunc(known, func(s store.SourceState) bool { return s.Name == c.Name }); i >= 0 {
			known[i].SourceInfo = info
			continue
		}
		known = append(known, store.SourceState{SourceInfo: info})
	}
	slices.SortFunc(known, func(x, y store.SourceState) int { return cmp.Compare(x.Name, y.Name) })
	return known, nil
}

// Findings evaluates at a point; the zero point is the last evaluation.
func (a *App) Findings(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	if at.AsOf.IsZero() && at.KnownAt.IsZero() {
		if last := a.last.Load(); last != nil {
			return last.findings, nil
		}
	}
	return a.pastFindings(ctx, at)
}

// Explain returns one figure with the rows behind it. At the point of the last
// evaluation the figure is at hand, and only its rows are read.
func (a *App) Explain(ctx context.Context, q web.Query) (finding.Finding, error) {
	if last := a.last.Load(); last != nil && q.At.AsOf.Equal(last.at.AsOf) && q.At.KnownAt.Equal(last.at.KnownAt) {
		if i := slices.IndexFunc(last.findings, func(f finding.Finding) bool { return f.KPI == q.KPI }); i >= 0 {
			return a.Engine().RowsOf(ctx, last.findings[i], rowsOf(q))
		}
	}
	return a.explain(ctx, a.Engine(), q)
}

// rowsOf says which rows a query asks for.
func rowsOf(q web.Query) kpi.ExplainOptions {
	limit := q.Limit
	if limit == 0 {
		limit = math.MaxInt32
	}
	return kpi.ExplainOptions{Limit: limit, OrgUnit: q.OrgUnit, Offset: q.Offset, Failing: q.Failing}
}

func (a *App) explain(ctx context.Context, e *kpi.Engine, q web.Query) (finding.Finding, error) {
	opt := rowsOf(q)
	f, err := e.ExplainWith(ctx, q.KPI, a.complete(q.At), opt)
	if err == nil && a.beside && q.At.AsOf.IsZero() && f.Forecast != nil && f.Forecast.PacePerMonth == nil {
		if err := a.lookBackFor(ctx, q.KPI); err != nil {
			return f, err
		}
		f, err = e.ExplainWith(ctx, q.KPI, a.complete(q.At), opt)
	}
	if errors.Is(err, kpi.ErrUnknownKPI) {
		return f, fmt.Errorf("%s: %w", q.KPI, store.ErrNotFound)
	}
	return f, err
}

// complete fills in now where a point says nothing.
func (a *App) complete(at store.Point) store.Point {
	now := a.now()
	if at.AsOf.IsZero() {
		at.AsOf = now
	}
	if at.KnownAt.IsZero() {
		at.KnownAt = now
	}
	return at
}
