package kpi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// ErrUnknownKPI is returned for an id that the catalogue does not have.
var ErrUnknownKPI = errors.New("no such KPI")

// ExplainOptions narrow the rows that Explain returns.
type ExplainOptions struct {
	Limit   int    // most rows; 0 is 100, below 0 none
	Offset  int    // rows to skip
	OrgUnit string // only rows of this förvaltning or unit
	Failing bool   // only rows that fail
}

// Explain returns one finding with its evidence rows and SQL: rows that fail
// come first, and EvidenceTotal tells how many there are.
func (e *Engine) Explain(ctx context.Context, id string, at store.Point, limit int) (finding.Finding, error) {
	return e.ExplainWith(ctx, id, at, ExplainOptions{Limit: limit})
}

// ExplainWith is Explain with a choice of rows.
func (e *Engine) ExplainWith(ctx context.Context, id string, at store.Point, opt ExplainOptions) (f finding.Finding, err error) {
	index := slices.IndexFunc(e.catalogue.KPIs, func(d catalogue.Definition) bool { return d.ID == id })
	if index < 0 {
		return f, fmt.Errorf("kpi %s: %w", id, ErrUnknownKPI)
	}
	r, err := e.open.OpenReader(ctx, at)
	if err != nil {
		return f, fmt.Errorf("kpi: open reader: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := e.newSession(ctx, r, at)
	if err != nil {
		return f, err
	}
	d := &e.catalogue.KPIs[index]
	figures := make([]*figure, len(e.catalogue.KPIs))
	due := []int{index}
	if d.Shape == catalogue.Arithmetic {
		due = due[:0]
		for i, k := range withOperands(e.catalogue.KPIs, id) {
			_ = i
			due = append(due, slices.IndexFunc(e.catalogue.KPIs, func(o catalogue.Definition) bool { return o.ID == k.ID }))
		}
	}
	s.measure(ctx, []store.Reader{r}, due, figures)
	if d.Shape == catalogue.Arithmetic {
		s.formula(ctx, r, index, figures, map[int]int{})
	}
	if err := ctx.Err(); err != nil {
		return f, err
	}
	if f, err = s.finding(ctx, r, d, figures[index]); err != nil {
		return f, err
	}
	if figures[index].err != nil || figures[index].noData != nil && f.Outcome == finding.NoData || f.Outcome == finding.NotApplicable {
		return f, nil
	}
	if err := s.explain(ctx, r, index, &f, opt); err != nil {
		return f, fmt.Errorf("kpi %s: %w", id, err)
	}
	return f, nil
}

// RowsOf is ExplainWith for a finding of this engine's that is at hand: it reads
// the rows and measures nothing anew.
func (e *Engine) RowsOf(ctx context.Context, f finding.Finding, opt ExplainOptions) (_ finding.Finding, err error) {
	index := slices.IndexFunc(e.catalogue.KPIs, func(d catalogue.Definition) bool { return d.ID == f.KPI })
	if index < 0 {
		return f, fmt.Errorf("kpi %s: %w", f.KPI, ErrUnknownKPI)
	}
	if f.Outcome == finding.Error || f.Outcome == finding.NoData || f.Outcome == finding.NotApplicable {
		return f, nil
	}
	at := store.Point{AsOf: f.AsOf, KnownAt: f.KnownAt}
	r, err := e.open.OpenReader(ctx, at)
	if err != nil {
		return f, fmt.Errorf("kpi: open reader: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := e.newSession(ctx, r, at)
	if err != nil {
		return f, err
	}
	if err := s.explain(ctx, r, index, &f, opt); err != nil {
		return f, fmt.Errorf("kpi %s: %w", f.KPI, err)
	}
	return f, nil
}

// explain adds evidence and the auditor's text to a finding.
func (s *session) explain(ctx context.Context, r store.Reader, index int, f *finding.Finding, opt ExplainOptions) error {
	d := s.engine.catalogue.KPIs[index]
	if d.Shape == catalogue.Arithmetic {
		f.SQL = "-- " + d.ID + ": " + d.Formula
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.engine.deadline)
	defer cancel()
	t, err := s.prepare(ctx, r, d, index, -1)
	if err != nil {
		return err
	}
	if !t.ready() {
		return nil
	}
	if f.SQL, err = t.auditorText(r); err != nil {
		return fmt.Errorf("text: %w", err)
	}
	if opt.Limit < 0 || f.Suppressed {
		return nil
	}
	if opt.Limit == 0 {
		opt.Limit = 100
	}
	if err := t.evidence(ctx, r, f, opt); err != nil {
		return fmt.Errorf("evidence: %w", s.deadlineError(ctx, err))
	}
	return nil
}
