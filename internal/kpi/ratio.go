package kpi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// minPeers is how many municipalities must have measured in the same way
// before a comparison says anything.
const minPeers = 5

// partDefinition is a definition whose population is that of a part.
func partDefinition(d catalogue.Definition, p *catalogue.Part) catalogue.Definition {
	if d.Record != p.Record {
		d.Record, d.Population, d.Exclude, d.Window = p.Record, "", nil, nil
	}
	switch {
	case d.Population == "":
		d.Population = p.Population
	case p.Population != "":
		d.Population = "(" + d.Population + ") AND (" + p.Population + ")"
	}
	if p.Window != nil {
		d.Window = p.Window
	}
	return d
}

// orgColumn is where a part's rows have their org unit.
func orgColumn(p *catalogue.Part) string {
	switch {
	case p != nil && p.OrgUnit != "":
		return p.OrgUnit
	case p != nil && p.Record == record.OrgUnit:
		return "id"
	}
	return "org_unit"
}

// otherPart compiles a part over another population: its sum with the count of
// its rows, by the same dimensions. A dimension that its rows do not have is
// whole: every cell is held against the part's total.
func (t *task) otherPart(p *catalogue.Part, group string) (*spec, error) {
	d := partDefinition(catalogue.Definition{Record: p.Record, Clock: t.def.Clock}, p)
	var u usage
	pop, err := t.s.texts.population(&d, &u)
	if err != nil {
		return nil, err
	}
	sum, err := t.s.texts.value(p.Sum, pop.rel, pop.clock, &t.need)
	if err != nil {
		return nil, fmt.Errorf("sum: %w", err)
	}
	sp := &spec{rel: pop.rel, where: pop.kept(), columns: []string{"SUM(" + sum + ")", "COUNT(" + sum + ")"}}
	if group != "" {
		if sp.group, err = t.s.texts.value(group, pop.rel, pop.clock, &t.need); err != nil {
			return nil, err
		}
		sp.take = func(y *tally, g string, c []float64) { y.inGroup(g, c) }
	}
	for i, b := range t.def.Breakdowns {
		by := b.By
		if b.Dimension == "org_unit" {
			by = orgColumn(p)
		} else if by == "" {
			by = b.Dimension
		}
		dim := t.dims[i]
		if b.By == "" && t.pop.rel != pop.rel && ownValues(t.pop.rel, by, pop.rel) {
			dim.sql, dim.whole = "''", true
			sp.dims = append(sp.dims, dim)
			continue
		}
		if dim.sql, err = t.s.texts.value(by, pop.rel, pop.clock, &u); err != nil {
			dim.sql, dim.whole = "''", true
		}
		sp.dims = append(sp.dims, dim)
	}
	t.use.addAll(u)
	return sp, nil
}

// ownValues tells whether a field of that name holds other fixed values in
// another kind: the kind of a cost is not the kind of an org unit.
func ownValues(rel, name, other string) bool {
	a, okA := fieldOf(rel, name)
	b, okB := fieldOf(other, name)
	return okA && okB && !slices.Equal(a.Enum, b.Enum)
}

func fieldOf(rel, name string) (record.Field, bool) {
	sc, ok := catalogue.Relation(record.Kind(rel))
	i := sc.Index(name)
	if !ok || i < 0 {
		return record.Field{}, false
	}
	return sc.Fields[i], true
}

// ratio: sum ÷ sum, optionally per hundred or thousand.
func (t *task) ratio() error {
	if t.def.Numerator == nil || t.def.Denominator == nil {
		return errors.New("want a numerator and a denominator")
	}
	sum, err := t.s.texts.value(t.def.Numerator.Sum, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return fmt.Errorf("numerator: sum: %w", err)
	}
	t.sums()
	t.column("num", "SUM("+t.pop.guarded(nil, "", sum, "NULL")+")")
	t.column("n", t.pop.count(""))
	den, err := t.otherPart(t.def.Denominator, "")
	if err != nil {
		return fmt.Errorf("denominator: %w", err)
	}
	t.specs = append(t.specs, den)
	per := t.def.Per
	if per == 0 {
		per = 1
	}
	t.amounts = func(y []*tally) (amounts, error) {
		num, den, rows := t.of(y[0], "num"), 0.0, 0.0
		if y[1] != nil && len(y[1].sums) == 2 {
			den, rows = y[1].sums[0], y[1].sums[1]
		}
		a := amounts{num: &num, den: &den, size: rows}
		if t.def.SmallCells == "person" { // one row may stand for many persons or answers, or for few
			a.size = den
		}
		if den == 0 {
			if rows > 0 {
				return a, errDivision
			}
			return a, nil
		}
		a.value = f64(num / den * per)
		return a, nil
	}
	t.extend = func(ctx context.Context, r store.Reader, f *figure) error {
		if f.total.value == nil {
			f.noData = nothingIn(&t.def)
			if t.counted("n") > 0 {
				by := kindName(t.def.Denominator.Record)
				f.noData = text("Inget är känt om "+by.SV+" att dela med.", "Nothing is known of "+by.EN+" to divide by.")
			}
			return nil
		}
		if t.counted("n") == 0 { // nothing above the line: a true zero only where there are rows at all
			if empty, err := t.empty(ctx, r); err != nil || empty {
				f.noData = nothingIn(&t.def)
				return err
			}
		}
		return t.remarks(ctx, r, f)
	}
	return nil
}

// peerGap: the own mean less the peers' mean, where enough peers measured.
func (t *task) peerGap() error {
	if t.def.Denominator == nil {
		return errors.New("want the peers as denominator")
	}
	own := t.def.Measure
	if t.def.Numerator != nil {
		own = t.def.Numerator.Sum
	}
	m, err := t.s.texts.value(own, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return fmt.Errorf("own: %w", err)
	}
	t.sums()
	t.column("sum", "SUM("+t.pop.guarded(nil, "", m, "NULL")+")")
	t.column("with", "COUNT("+t.pop.guarded(nil, "", m, "NULL")+")")
	t.column("n", t.pop.count(""))
	by := t.def.Of
	if by == "" {
		by = "subject"
	}
	peers, err := t.otherPart(t.def.Denominator, by)
	if err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	t.specs = append(t.specs, peers)
	t.amounts = func(y []*tally) (amounts, error) {
		n := t.of(y[0], "with")
		a := amounts{num: ratioOf(t.of(y[0], "sum"), n), size: n}
		if y[1] == nil || len(y[1].groups) < minPeers {
			return a, nil
		}
		sum, k := 0.0, 0.0
		for _, g := range y[1].groups { // each municipality counts once
			if g[1] > 0 {
				sum += g[0] / g[1]
				k++
			}
		}
		if a.den = ratioOf(sum, k); a.num != nil && a.den != nil {
			a.value = f64(*a.num - *a.den)
		}
		return a, nil
	}
	t.extend = func(ctx context.Context, r store.Reader, f *figure) error {
		switch {
		case t.counted("with") == 0:
			f.noData = nothingIn(&t.def)
			return nil
		case f.total.value == nil:
			f.noData = text("Jämförelse saknas: färre än fem kommuner mäter på samma sätt.",
				"No comparison: fewer than five municipalities measure in the same way.")
			return nil
		}
		for i := range f.breakdowns {
			f.breakdowns[i].rest = false
		}
		return t.remarks(ctx, r, f)
	}
	return nil
}

// progress: how much of the way from a base to the target is done. Base and
// target are the municipality's decision; the count itself is shown beside.
func (t *task) progress() error {
	t.sums()
	t.column("n", t.pop.count(""))
	if t.def.Measure != "" {
		m, err := t.measure()
		if err != nil {
			return err
		}
		t.column("now", "SUM("+t.pop.guarded(nil, "", m, "NULL")+")")
	} else {
		t.column("now", t.pop.count(""))
	}
	t.amounts = func(y []*tally) (amounts, error) {
		now := t.of(y[0], "now")
		return amounts{num: &now, size: t.of(y[0], "n")}, nil
	}
	t.extend = t.progressParts
	return nil
}

func (t *task) progressParts(ctx context.Context, r store.Reader, f *figure) error {
	now := *f.total.num
	if t.counted("n") == 0 {
		if empty, err := t.empty(ctx, r); err != nil || empty {
			f.noData = nothingIn(&t.def)
			return err
		}
	}
	f.also = append(f.also, second{key: "now", unit: "count", title: finding.Text{SV: "Nu", EN: "Now"}, amounts: amounts{value: &now, num: &now, size: f.total.size}})
	for i, b := range f.breakdowns {
		if b.dimension != "org_unit" {
			continue
		}
		for j, c := range b.cells {
			if tg := t.s.target(t.def.ID, c.key); c.key != "" && tg != nil && tg.Base != nil && tg.Value != nil && *tg.Base != *tg.Value {
				f.breakdowns[i].cells[j].amounts = progressOf(*tg.Base, *c.num, *tg.Value, c.size)
			}
		}
	}
	base, err := t.base(ctx)
	if err != nil {
		return err
	}
	tg := t.s.target(t.def.ID, "")
	if base == nil || tg == nil || tg.Value == nil {
		f.noData = text("Mål och utgångsläge är inte beslutade.", "The target and where it starts from are not decided.")
		f.total = amounts{}
		return nil
	}
	if *base == *tg.Value {
		return fmt.Errorf("%w: the base is the target", errDivision)
	}
	f.total = progressOf(*base, now, *tg.Value, f.total.size)
	if *base != 0 {
		f.also = append(f.also, changeOf("change", now, *base))
	}
	return t.remarks(ctx, r, f)
}

func progressOf(base, now, target, size float64) amounts {
	return amounts{value: f64((base - now) / (base - target)), num: f64(base - now), den: f64(base - target), size: size}
}

// base is where the way to the target starts: what the decision says, or the
// count at an earlier instant.
func (t *task) base(ctx context.Context) (*float64, error) {
	if tg := t.s.target(t.def.ID, ""); tg != nil && tg.Base != nil {
		return tg.Base, nil
	}
	if t.def.Base == nil || t.def.Base.Ago == "" {
		return nil, nil
	}
	ago, err := catalogue.ParseSpan(t.def.Base.Ago)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	at := t.s.point
	at.AsOf = ago.Before(at.AsOf, t.s.location())
	d := t.def
	d.Shape, d.Base, d.Breakdowns = catalogue.CountOf, nil, nil
	if d.Measure != "" {
		d.Shape = catalogue.MeanScore // its numerator is the sum
	}
	f, err := t.s.engine.figureAt(ctx, d, at)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	return f.total.num, nil
}
