package kpi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// prepare compiles a definition (or one of its Also parts) to the statements
// that measure it. A task whose figure already says why there is none runs
// nothing.
func (s *session) prepare(ctx context.Context, r store.Reader, d catalogue.Definition, index, also int) (*task, error) {
	t := &task{s: s, def: d, kpi: index, also: also, counts: &spec{}}
	t.figure.point = s.point
	if err := t.narrow(ctx, r); err != nil {
		return t, err
	}
	if d.Shape == catalogue.Arithmetic {
		t.figure.population = d.PopulationText
		return t, nil
	}
	if n := d.Numerator; n != nil {
		if t.def.Record == "" {
			t.def.Record = n.Record
		}
		t.def = partDefinition(t.def, n)
	}
	var err error
	if t.pop, err = s.texts.population(&t.def, &t.use); err != nil {
		return t, err
	}
	t.figure.population = t.pop.text
	if t.main() {
		if t.dims, err = t.dimensions(); err != nil {
			return t, err
		}
		if s.engine.totals { // what they are taken from was noted
			t.dims, t.def.Breakdowns = nil, nil
		}
	}
	if err := t.shape(); err != nil {
		return t, err
	}
	t.use.addAll(t.need)
	if t.figure.noData, err = s.missing(ctx, r, t); err != nil || t.figure.noData != nil {
		return t, err
	}
	if t.figure.noData = s.gone(ctx, t); t.figure.noData != nil {
		return t, nil
	}
	if t.figure.noData, err = s.notYetKnown(ctx, r, t); err != nil || t.figure.noData != nil {
		return t, err
	}
	if t.figure.noData, err = t.unregistered(ctx, r); err != nil || t.figure.noData != nil {
		return t, err
	}
	t.countColumns()
	for _, sp := range t.specs {
		sp.use.addAll(t.use)
	}
	t.figure.relations, t.figure.timed = t.use.relations, t.use.timed
	return t, nil
}

// narrow replaces the population when the definition's test holds for any row.
func (t *task) narrow(ctx context.Context, r store.Reader) error {
	n := t.def.Narrow
	if n == nil {
		return nil
	}
	var u usage
	c, err := t.s.texts.condition(n.When, string(t.def.Record), t.def.Clock, &u)
	if err != nil {
		return fmt.Errorf("narrow: %w", err)
	}
	hit, err := t.s.one(ctx, r, u, "SELECT 1 "+from(string(t.def.Record), c)+" LIMIT 1")
	if err != nil {
		return fmt.Errorf("narrow: %w", err)
	}
	t.use.addAll(u)
	if hit != nil {
		t.def.Population, t.def.PopulationText = n.Population, n.PopulationText
	}
	return nil
}

// dimensions compiles the breakdowns.
func (t *task) dimensions() ([]dimension, error) {
	var out []dimension
	for _, b := range t.def.Breakdowns {
		by := b.By
		if by == "" {
			by = b.Dimension
			if b.Dimension == "org_unit" {
				by = orgColumn(t.def.Numerator)
				if t.pop.rel == string(record.OrgUnit) {
					by = "id"
				}
			}
		}
		var u usage
		sql, err := t.s.texts.value(by, t.pop.rel, t.def.Clock, &u)
		if err != nil {
			return nil, fmt.Errorf("breakdown %s: %w", b.Dimension, err)
		}
		u.divisors = nil // a key that cannot be computed is unknown
		t.use.addAll(u)
		d := dimension{name: b.Dimension, sql: sql, top: b.Dimension == "org_unit", limit: b.Cap}
		if d.limit <= 0 {
			d.limit = defaultLimit
		}
		d.changes = t.historic() && slices.ContainsFunc(u.columns, changing)
		out = append(out, d)
	}
	return t.hiddenTier(out)
}

// historic tells whether the figure is for an instant before it was known, so
// that a field that changes may have held another value.
func (t *task) historic() bool { return t.s.point.AsOf.Before(t.s.point.KnownAt) }

func changing(c expr.ColumnRef) bool {
	sc, ok := record.Lookup(record.Kind(c.Relation))
	if !ok {
		return false
	}
	i := sc.Index(c.Column)
	return i >= 0 && sc.Fields[i].Changing
}

// countColumns adds what every KPI counts: rows, exclusions, coverage, rows
// whose earlier state nobody saw, zero divisors.
func (t *task) countColumns() {
	if !slices.Contains(t.specs, t.counts) {
		t.counts.rel, t.counts.where = t.pop.rel, t.pop.where()
		t.specs = append(t.specs, t.counts)
	}
	if !t.main() && len(t.use.divisors) == 0 {
		if len(t.counts.columns) == 0 {
			t.specs = slices.DeleteFunc(t.specs, func(s *spec) bool { return s == t.counts })
		}
		return
	}
	if len(t.use.divisors) > 0 {
		t.column("zero", t.pop.count("("+strings.Join(t.use.divisors, ") = 0 OR (")+") = 0"))
	}
	if !t.main() {
		return
	}
	if _, ok := t.columns["n"]; !ok {
		t.column("n", t.pop.count(""))
	}
	for i := range t.pop.exclude {
		t.column(fmt.Sprint("excluded", i), t.pop.excluded(i))
	}
	if c := t.covered(); c != "" {
		t.column("covered", t.pop.count(c))
	}
	for i, d := range t.dims {
		if d.changes && t.s.hasColumn(t.pop.rel, "seen_at") {
			t.column(fmt.Sprint("unseen", i), t.pop.count(fmt.Sprintf("%s IS NULL AND %s.seen_at > %d", d.sql, t.pop.rel, t.s.asOf().Unix())))
		}
	}
}

// hasColumn tells whether a relation has a column.
func (s *session) hasColumn(rel, column string) bool {
	return slices.Contains(s.texts.relations.Columns(rel), column)
}

// covered is the condition that a row's source maps all that the figure needs,
// "" if every source does. Coverage is the share of rows for which it holds.
func (t *task) covered() string {
	kind := record.Kind(t.pop.rel)
	if _, ok := record.Lookup(kind); !ok {
		return ""
	}
	var conds []string
	for _, c := range t.need.columns {
		if c.Relation != t.pop.rel {
			continue
		}
		var with []string
		lacking := false
		for _, src := range t.s.sources {
			fields, feeds := src.Mapped[kind]
			switch {
			case !feeds:
			case slices.Contains(fields, c.Column):
				with = append(with, literal(src.Name))
			default:
				lacking = true
			}
		}
		if lacking && len(with) > 0 {
			conds = append(conds, t.pop.rel+".source IN ("+strings.Join(with, ", ")+") OR "+t.pop.rel+"."+c.Column+" IS NOT NULL")
		}
	}
	return joinConds(conds)
}

// alsoDefinition is the definition of an Also part: the KPI's own with what the
// part says otherwise. It counts the same rows, narrowed or not, unless it names
// a population of its own.
func alsoDefinition(d catalogue.Definition, a catalogue.AlsoPart) catalogue.Definition {
	d.Breakdowns, d.Also, d.Split, d.Buckets, d.Remarks = nil, nil, nil, nil, nil
	if a.Population != nil {
		d.Population, d.Narrow = *a.Population, nil
	}
	if a.Pass != "" {
		d.Pass = a.Pass
	}
	if a.Measure != "" {
		d.Measure = a.Measure
	}
	if a.Quantile != 0 {
		d.Quantile = a.Quantile
	}
	if a.Clock != "" {
		d.Clock = a.Clock
	}
	if a.Shape != "" {
		d.Shape = a.Shape
	}
	if a.Window != nil {
		d.Window = a.Window
	}
	if a.Intervals != nil {
		d.Intervals = a.Intervals
	}
	if a.Formula != "" {
		d.Formula = a.Formula
	}
	if a.Unit != "" {
		d.Unit = a.Unit
	}
	return d
}

// text is a sentence in both languages.
func text(sv, en string) *finding.Text { return &finding.Text{SV: sv, EN: en} }
