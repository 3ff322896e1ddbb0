package kpi

import (
	"math"
	"slices"
	"strconv"
)

// quantile: the value at a share of the sorted measures, by PostgreSQL's
// percentile_disc. Without breakdowns the database finds it; with them the
// values come here once and every cell takes its own.
func (t *task) quantile() error {
	m, err := t.measure()
	if err != nil {
		return err
	}
	q := t.def.Quantile
	with := t.pop.and(m + " IS NOT NULL")
	if len(t.dims) == 0 {
		value := t.pop.guarded(nil, "", m, "NULL")
		t.specs = append(t.specs, &spec{
			rel: t.pop.rel, where: t.pop.where(), whole: true,
			columns: []string{"percentile_disc(" + value + ", " + strconv.FormatFloat(q, 'f', -1, 64) + ")", "COUNT(" + value + ")"},
			take:    func(y *tally, _ string, c []float64) { y.sums = slices.Clone(c) },
		})
		t.amounts = func(y []*tally) (amounts, error) {
			if y[0] == nil || len(y[0].sums) < 2 || y[0].sums[1] == 0 {
				return amounts{den: f64(0)}, nil
			}
			return amounts{value: f64(y[0].sums[0]), den: f64(y[0].sums[1]), size: y[0].sums[1]}, nil
		}
	} else {
		t.specs = append(t.specs, &spec{
			rel: t.pop.rel, where: with.kept(), dims: t.dims, raw: true, columns: []string{m},
			take: func(y *tally, _ string, c []float64) { y.values.add(c[0]) },
		})
		t.amounts = func(y []*tally) (amounts, error) {
			if y[0] == nil || y[0].values.n == 0 {
				return amounts{den: f64(0)}, nil
			}
			n := float64(y[0].values.n)
			return amounts{value: f64(percentile(y[0].values.list(), q)), den: &n, size: n}, nil
		}
	}
	if t.main() {
		t.column("with", "COUNT("+t.pop.guarded(nil, "", m, "NULL")+")")
		t.column("n", t.pop.count(""))
		t.extend = t.measureParts
	}
	return nil
}

// percentile is the value at rank ceil(q·n), the first for q = 0. It sorts v.
func percentile(v []float64, q float64) float64 {
	slices.Sort(v)
	return v[max(int(math.Ceil(q*float64(len(v)))), 1)-1]
}
