package kpi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Recording is one evaluation with everything behind it, read a row at a time:
// what a snapshot is written from. Evidence and Rows may be called at once.
// Close ends it.
type Recording struct {
	Findings []finding.Finding // in catalogue order, each with its SQL text and without rows

	r     store.Reader
	free  chan store.Reader // all readers, those that nobody uses
	s     *session
	tasks []*task // nil where there is no figure or no rows
	also  [][]*task
	texts map[string]Texts
	// relations are made when the recording is.
	relations []*relationRows
}

// Record evaluates the catalogue at a point and keeps the reader open for the
// rows behind it.
func (e *Engine) Record(ctx context.Context, at store.Point) (_ *Recording, err error) {
	rec := &Recording{}
	readers, err := e.openAlike(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("kpi: open reader: %w", err)
	}
	rec.r, rec.free = readers[0], make(chan store.Reader, len(readers))
	for _, r := range readers {
		rec.free <- r
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, rec.Close())
		}
	}()
	if rec.s, err = e.newSession(ctx, rec.r, at); err != nil {
		return nil, err
	}
	n := len(e.catalogue.KPIs)
	due := make([]int, n)
	for i := range due {
		due[i] = i
	}
	figures := make([]*figure, n)
	rec.s.measure(ctx, readers, due, figures)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rec.s.formulas(ctx, rec.r, due, figures)
	rec.tasks, rec.also, rec.texts = make([]*task, n), make([][]*task, n), map[string]Texts{}
	for i := range e.catalogue.KPIs {
		d := &e.catalogue.KPIs[i]
		f, err := rec.s.finding(ctx, rec.r, d, figures[i])
		if err != nil {
			return nil, err
		}
		if f.Outcome != finding.Error && f.Outcome != finding.NoData && f.Outcome != finding.NotApplicable {
			if err := rec.text(ctx, i, &f); err != nil {
				return nil, fmt.Errorf("kpi %s: %w", d.ID, err)
			}
		}
		rec.Findings = append(rec.Findings, f)
	}
	if err := rec.compile(ctx); err != nil {
		return nil, err
	}
	return rec, nil
}

// text adds the auditor's SQL and keeps the task for its rows.
func (rec *Recording) text(ctx context.Context, i int, f *finding.Finding) error {
	d := rec.s.engine.catalogue.KPIs[i]
	if d.Shape == catalogue.Arithmetic {
		f.SQL = "-- " + d.ID + ": " + d.Formula
		return nil
	}
	t, err := rec.s.prepare(ctx, rec.r, d, i, -1)
	if err != nil || !t.ready() {
		return err
	}
	rec.tasks[i] = t
	for k, a := range d.Also {
		part := rec.s.prepared(ctx, rec.r, alsoDefinition(d, a), i, k)
		if part.ready() {
			rec.also[i] = append(rec.also[i], part)
		}
	}
	f.SQL, err = t.auditorText(rec.r)
	return err
}

// openAlike opens readers that see the same records, as many as work at once: a
// collection that is applied while they are opened leaves one.
func (e *Engine) openAlike(ctx context.Context, at store.Point) (out []store.Reader, err error) {
	changes, ok := e.open.(Changes)
	if !ok || e.workers < 2 {
		r, err := e.open.OpenReader(ctx, at)
		return []store.Reader{r}, err
	}
	before, err := changes.Changed(ctx)
	if err != nil {
		return nil, err
	}
	for range e.workers {
		r, err := e.open.OpenReader(ctx, at)
		if err != nil {
			return nil, errors.Join(err, closeAll(out))
		}
		out = append(out, r)
	}
	after, err := changes.Changed(ctx)
	if err != nil {
		return nil, errors.Join(err, closeAll(out))
	}
	if !maps.Equal(before, after) {
		err = closeAll(out[1:])
		out = out[:1]
	}
	return out, err
}

func closeAll(readers []store.Reader) error {
	var errs []error
	for _, r := range readers {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

// Close ends the recording, when nobody reads it any more.
func (rec *Recording) Close() error {
	var errs []error
	for range cap(rec.free) {
		errs = append(errs, (<-rec.free).Close())
	}
	return errors.Join(errs...)
}

// Evidence calls each for every row behind a figure, in the order in which they
// are shown: rows that fail come first. A suppressed figure has none.
func (rec *Recording) Evidence(ctx context.Context, id string, each func(finding.Row) error) error {
	i := slices.IndexFunc(rec.Findings, func(f finding.Finding) bool { return f.KPI == id })
	if i < 0 {
		return fmt.Errorf("kpi %s: %w", id, ErrUnknownKPI)
	}
	t, f := rec.tasks[i], rec.Findings[i]
	if t == nil || f.Suppressed {
		return nil
	}
	x, err := t.evidenceText()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, rowsDeadline)
	defer cancel()
	r := <-rec.free
	defer func() { rec.free <- r }()
	conds, possible := t.visible(&f, "")
	if !possible {
		return nil
	}
	for _, c := range conds {
		x.pop = x.pop.and(c)
	}
	return t.eachEvidence(ctx, r, x, from(x.pop.rel, x.pop.kept())+" ORDER BY "+x.order, each)
}
