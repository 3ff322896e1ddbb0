package kpi

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// shape compiles the part of a definition that its shape decides.
func (t *task) shape() error {
	var err error
	switch t.def.Shape {
	case catalogue.Share, catalogue.Related, catalogue.Planned:
		err = t.share()
	case catalogue.CountOf:
		err = t.count()
	case catalogue.Quantile:
		err = t.quantile()
	case catalogue.GroupShare:
		err = t.groupShare()
	case catalogue.FieldMean:
		err = t.fieldMean()
	case catalogue.Ratio:
		err = t.ratio()
	case catalogue.Distinct:
		err = t.distinct()
	case catalogue.Progress:
		err = t.progress()
	case catalogue.InsideOutside:
		err = t.insideOutside()
	case catalogue.Intervals:
		err = t.intervals()
	case catalogue.MeanScore:
		err = t.meanScore()
	case catalogue.PeerGap:
		err = t.peerGap()
	default:
		err = fmt.Errorf("unknown shape")
	}
	if err != nil {
		return fmt.Errorf("shape %s: %w", t.def.Shape, err)
	}
	return nil
}

// sums makes the counting spec also carry the figure's own columns, so that
// value, breakdowns, exclusions and coverage come from one statement.
func (t *task) sums() {
	t.counts.rel, t.counts.where, t.counts.dims = t.pop.rel, t.pop.where(), t.dims
	t.counts.places = t.main() && byRow(t.def.Shape)
	t.specs = append(t.specs, t.counts)
}

// share: passing rows ÷ population.
func (t *task) share() error {
	pass, err := t.passing()
	if err != nil {
		return err
	}
	t.sums()
	t.column("pass", t.pop.count(pass))
	t.column("n", t.pop.count(""))
	if err := t.splits([]string{pass}); err != nil {
		return err
	}
	t.amounts = func(y []*tally) (amounts, error) {
		num, den := t.of(y[0], "pass"), t.of(y[0], "n")
		return amounts{value: ratioOf(num, den), num: &num, den: &den, size: den}, nil
	}
	t.extend = t.shareParts
	if t.def.Shape == catalogue.Related {
		t.extend = t.relatedParts
	}
	return nil
}

// passing is the condition under which a row passes: a definition's own, or
// that of its shape.
func (t *task) passing() (string, error) {
	switch t.def.Shape {
	case catalogue.Related:
		return t.relatedPass()
	case catalogue.Planned:
		return t.plannedPass()
	}
	if t.def.Pass == "" {
		return "", fmt.Errorf("pass is missing")
	}
	c, err := t.s.texts.condition(t.def.Pass, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return "", fmt.Errorf("pass: %w", err)
	}
	return c, nil
}

// count: rows in the population now, or those of them that pass.
func (t *task) count() error {
	t.sums()
	pass := ""
	if t.def.Pass != "" {
		var err error
		if pass, err = t.passing(); err != nil {
			return err
		}
	}
	t.column("pass", t.pop.count(pass))
	t.column("n", t.pop.count(""))
	if err := t.splits(nil); err != nil {
		return err
	}
	if err := t.buckets(); err != nil {
		return err
	}
	t.amounts = func(y []*tally) (amounts, error) {
		num := t.of(y[0], "pass")
		a := amounts{value: f64(num), num: f64(num), size: num}
		if pass != "" {
			a.den = f64(t.of(y[0], "n"))
		}
		return a, nil
	}
	t.extend = t.countParts
	return nil
}

// measure compiles the measure, which every source must be able to give.
func (t *task) measure() (string, error) {
	if t.def.Measure == "" {
		return "", fmt.Errorf("measure is missing")
	}
	m, err := t.s.texts.value(t.def.Measure, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return "", fmt.Errorf("measure: %w", err)
	}
	return m, nil
}

// splits adds a column per named class of rows; the first class that holds
// counts the row, after the conditions in earlier.
func (t *task) splits(earlier []string) error {
	conds, err := t.splitConds()
	for i, c := range conds {
		t.column(fmt.Sprint("split", i), t.pop.count(c, earlier...))
		earlier = append(earlier, c)
	}
	return err
}

// splitConds compiles the conditions of the named classes.
func (t *task) splitConds() ([]string, error) {
	var out []string
	for _, sp := range t.def.Split {
		var u usage
		c, err := t.s.texts.condition(sp.When, t.pop.rel, t.pop.clock, &u)
		if err != nil {
			return nil, fmt.Errorf("split %s: %w", sp.Key, err)
		}
		t.use.addAll(u)
		out = append(out, c)
	}
	return out, nil
}

// buckets adds a column per age bucket of a count.
func (t *task) buckets() error {
	conds, err := t.bucketConds()
	for i, c := range conds {
		t.column(fmt.Sprint("bucket", i), t.pop.count(c, conds[:i]...))
	}
	return err
}

// bucketConds compiles the conditions of the age buckets: the first that holds
// is a row's own.
func (t *task) bucketConds() ([]string, error) {
	b := t.def.Buckets
	if b == nil {
		return nil, nil
	}
	col, err := t.s.texts.value(b.From, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return nil, fmt.Errorf("buckets: %w", err)
	}
	t.use.timed = true
	var out []string
	for _, e := range b.Edges {
		sp, err := catalogue.ParseSpan(e)
		if err != nil {
			return nil, fmt.Errorf("buckets: %w", err)
		}
		out = append(out, fmt.Sprintf("%s > %d", col, sp.Before(t.s.asOf(), t.s.location()).Unix()))
	}
	return append(out, col+" IS NOT NULL"), nil
}
