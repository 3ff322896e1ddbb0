package kpi

import (
	"fmt"
)

// meanScore: mean of a measure; a blank leaves the denominator. Where the
// definition names a group, groups are never averaged: the figure is that of
// the group that is worst off.
func (t *task) meanScore() error {
	m, err := t.measure()
	if err != nil {
		return err
	}
	t.extend = t.measureParts
	if t.def.Of != "" {
		return t.worstMean(m)
	}
	t.sums()
	t.column("sum", "SUM("+t.pop.guarded(nil, "", m, "NULL")+")")
	t.column("with", "COUNT("+t.pop.guarded(nil, "", m, "NULL")+")")
	t.column("n", t.pop.count(""))
	t.amounts = func(y []*tally) (amounts, error) {
		num, den := t.of(y[0], "sum"), t.of(y[0], "with")
		return amounts{value: ratioOf(num, den), num: &num, den: &den, size: den}, nil
	}
	return nil
}

// worstMean is the mean of the group that is worst off: the lowest, or the
// highest where less is better.
func (t *task) worstMean(m string) error {
	of, err := t.s.texts.value(t.def.Of, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return fmt.Errorf("of: %w", err)
	}
	t.specs = append(t.specs, &spec{
		rel: t.pop.rel, where: t.pop.and(m + " IS NOT NULL").kept(), dims: t.dims, group: of,
		columns: []string{"SUM(" + m + ")", "COUNT(" + m + ")"},
		take:    func(y *tally, g string, c []float64) { y.inGroup(g, c) },
	})
	t.column("with", "COUNT("+t.pop.guarded(nil, "", m, "NULL")+")")
	t.column("n", t.pop.count(""))
	t.amounts = func(y []*tally) (amounts, error) {
		var a amounts
		if y[0] == nil {
			return a, nil
		}
		for _, g := range y[0].groups {
			mean := g[0] / g[1]
			if a.value == nil || t.worse(mean, *a.value) || mean == *a.value && g[1] > *a.den { // map order must not show
				a.value, a.num, a.den = f64(mean), f64(g[0]), f64(g[1])
			}
			a.size += g[1]
		}
		return a, nil
	}
	return nil
}

// worse tells whether a figure is worse than another.
func (t *task) worse(a, b float64) bool {
	if t.def.Direction == "down" {
		return a > b
	}
	return a < b
}

// auditorWorst is the text of a worst mean.
func (t *task) auditorWorst() ([]string, string) {
	sp := t.specs[0]
	order := "ASC"
	if t.def.Direction == "down" {
		order = "DESC"
	}
	groups := "groups AS (SELECT " + sp.columns[0] + " AS s, " + sp.columns[1] + " AS n, CAST(" + sp.columns[0] + " AS DOUBLE PRECISION) / " + sp.columns[1] + " AS mean\n  " +
		from(sp.rel, sp.where) + " GROUP BY " + sp.group + ")"
	return []string{groups}, "SELECT s AS numerator,\n       n AS denominator,\n       mean AS value\nFROM groups ORDER BY mean " + order + ", n DESC LIMIT 1"
}
