package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Recording is one evaluation with everything behind it, read a row at a time:
// what a snapshot is written from. Close ends it.
type Recording struct {
	Findings []finding.Finding // in catalogue order, each with its SQL text and without rows

	r     store.Reader
	s     *session
	tasks []*task // nil where there is no figure or no rows
	// relations is made when it is first asked for.
	relations []*relationRows
}

// Record evaluates the catalogue at a point and keeps the reader open for the
// rows behind it.
func (e *Engine) Record(ctx context.Context, at store.Point) (_ *Recording, err error) {
	rec := &Recording{}
	if rec.r, err = e.open.OpenReader(ctx, at); err != nil {
		return nil, fmt.Errorf("kpi: open reader: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, rec.r.Close())
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
	rec.s.measure(ctx, []store.Reader{rec.r}, due, figures)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rec.s.formulas(ctx, rec.r, due, figures)
	rec.tasks = make([]*task, n)
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
	f.SQL, err = t.auditorText(rec.r)
	return err
}

// Close ends the recording.
func (rec *Recording) Close() error { return rec.r.Close() }

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
	conds, possible := t.visible(&f, "")
	if !possible {
		return nil
	}
	for _, c := range conds {
		x.pop = x.pop.and(c)
	}
	return t.eachEvidence(ctx, rec.r, x, from(x.pop.rel, x.pop.kept())+" ORDER BY "+x.order, each)
}

// relationRows is what a relation's statement is made of.
type relationRows struct {
	finding.Population
	tasks []*task
	texts []string
	use   usage
}

// Populations lists the relations that figures can be computed anew from, in
// the order of the catalogue. A figure with a cell that is too small to show has
// no column: its rows would give the cell away.
func (rec *Recording) Populations() ([]finding.Population, error) {
	if err := rec.compile(); err != nil {
		return nil, err
	}
	out := make([]finding.Population, len(rec.relations))
	for i, p := range rec.relations {
		out[i] = p.Population
	}
	return out, nil
}

// compile makes the statement parts of every relation, once.
func (rec *Recording) compile() error {
	if rec.relations != nil {
		return nil
	}
	rec.relations = []*relationRows{}
	byRelation := map[string]*relationRows{}
	for i, t := range rec.tasks {
		if t == nil || hidden(rec.Findings[i]) || t.column0("id") == "NULL" {
			continue
		}
		how, cell, err := t.cell()
		if err != nil {
			return fmt.Errorf("kpi %s: %w", t.def.ID, err)
		}
		if how.How == "" {
			continue
		}
		p := byRelation[t.pop.rel]
		if p == nil {
			p = &relationRows{Population: finding.Population{Relation: t.pop.rel}}
			byRelation[t.pop.rel] = p
			rec.relations = append(rec.relations, p)
		}
		p.Columns, p.tasks, p.texts = append(p.Columns, how), append(p.tasks, t), append(p.texts, cell)
		p.use.addAll(t.use)
	}
	return nil
}

// hidden tells whether a figure has anything that is too small to show.
func hidden(f finding.Finding) bool {
	for _, c := range f.Breakdown {
		if c.Suppressed {
			return true
		}
	}
	for _, a := range f.Also {
		if a.Suppressed {
			return true
		}
	}
	return f.Suppressed
}

// cell is the text of a figure's column in its population.
func (t *task) cell() (finding.Recompute, string, error) {
	how := finding.Recompute{KPI: t.def.ID}
	inside := t.pop.kept()
	if inside == "" {
		inside = "1 = 1"
	}
	switch t.def.Shape {
	case catalogue.Share, catalogue.Related, catalogue.Planned, catalogue.CountOf:
		how.How = "share"
		if t.def.Shape == catalogue.CountOf {
			how.How = "count"
		}
		pass := "1 = 1"
		if t.def.Shape != catalogue.CountOf || t.def.Pass != "" {
			var err error
			if pass, err = t.passing(); err != nil {
				return how, "", err
			}
		}
		return how, "CASE WHEN " + inside + " THEN CASE WHEN " + pass + " THEN '1' ELSE '0' END END", nil
	case catalogue.Quantile, catalogue.MeanScore:
		if t.def.Of != "" { // of several groups, the worst one's: not a column's
			return how, "", nil
		}
		m, err := t.measure()
		if err != nil {
			return how, "", err
		}
		how.How, how.Q = "mean", 0
		if t.def.Shape == catalogue.Quantile {
			how.How, how.Q = "quantile", t.def.Quantile
		}
		return how, "CASE WHEN " + inside + " THEN CAST(" + m + " AS TEXT) END", nil
	}
	return how, "", nil
}

// Rows calls each for every row of a relation that is in the population of any
// figure, sorted by id. The row is valid until each returns.
func (rec *Recording) Rows(ctx context.Context, relation string, each func(*finding.PopulationRow) error) (err error) {
	if err := rec.compile(); err != nil {
		return err
	}
	i := slices.IndexFunc(rec.relations, func(p *relationRows) bool { return p.Relation == relation })
	if i < 0 {
		return fmt.Errorf("population %s: %w", relation, store.ErrNotFound)
	}
	p := rec.relations[i]
	first := p.tasks[0]
	var some []string
	for _, t := range p.tasks {
		k := t.pop.kept()
		if k == "" {
			some = nil
			break
		}
		some = append(some, "("+k+")")
	}
	items := append([]string{first.column0("id"), first.orgItem(), first.column0("place")}, p.texts...)
	text, err := rec.s.texts.statement(rec.r, p.use, nil, "SELECT "+strings.Join(items, ", ")+" "+from(p.Relation, strings.Join(some, " OR "))+" ORDER BY 1")
	if err != nil {
		return err
	}
	rows, err := rec.r.Query(ctx, text)
	if err != nil {
		return fmt.Errorf("population %s: %w", p.Relation, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	cells := make([]sql.NullString, len(items))
	into := make([]any, len(cells))
	for i := range cells {
		into[i] = &cells[i]
	}
	row := finding.PopulationRow{Cells: make([]string, len(p.texts))}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row.ID, row.OrgUnit, row.Place = cells[0].String, cells[1].String, cells[2].String
		for i := range row.Cells {
			row.Cells[i] = cells[3+i].String
		}
		if err := each(&row); err != nil {
			return err
		}
	}
	return rows.Err()
}
