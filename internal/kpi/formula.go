package kpi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// formulas computes the KPIs that are arithmetic on other KPIs, each after
// those it names. They are cheap and always computed anew.
func (s *session) formulas(ctx context.Context, r store.Reader, due []int, figures []*figure) {
	state := map[int]int{} // 1 being computed, 2 done
	for i := range s.engine.catalogue.KPIs {
		if s.engine.catalogue.KPIs[i].Shape == catalogue.Arithmetic {
			s.formula(ctx, r, i, figures, state)
		}
	}
}

func (s *session) formula(ctx context.Context, r store.Reader, i int, figures []*figure, state map[int]int) {
	d := &s.engine.catalogue.KPIs[i]
	f := &figure{point: s.point, population: d.PopulationText}
	if state[i] != 0 {
		return
	}
	state[i] = 1
	defer func() { state[i], figures[i] = 2, f }()
	operands := map[string]*figure{}
	for j := range s.engine.catalogue.KPIs {
		o := &s.engine.catalogue.KPIs[j]
		if j == i || !names(d, o.ID) {
			continue
		}
		if o.Shape == catalogue.Arithmetic {
			if state[j] == 1 {
				f.err = fmt.Errorf("formula: %s needs itself, through %s", d.ID, o.ID)
				return
			}
			s.formula(ctx, r, j, figures, state)
		}
		operands[o.ID] = figures[j]
	}
	f.err = s.arithmetic(ctx, r, d, operands, f)
}

// names tells whether a formula of a definition names a KPI.
func names(d *catalogue.Definition, id string) bool {
	formulas := []string{d.Formula}
	for _, a := range d.Also {
		formulas = append(formulas, a.Formula)
	}
	for _, text := range formulas {
		if slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return r > 127 || !isWord(byte(r)) }), id) {
			return true
		}
	}
	return false
}

func (s *session) arithmetic(ctx context.Context, r store.Reader, d *catalogue.Definition, operands map[string]*figure, f *figure) error {
	for _, id := range slices.Sorted(maps.Keys(operands)) {
		o := operands[id]
		f.relations = merge(f.relations, o.relations...)
		f.timed = f.timed || o.timed
		if o.err != nil {
			return fmt.Errorf("formula: %s: %w", id, o.err)
		}
		if o.noData != nil {
			f.awaits = o.awaits
			f.noData = text("Bygger på "+id+", som inte har någon siffra. "+o.noData.SV, "Needs "+id+", which has no figure. "+o.noData.EN)
			return nil
		}
	}
	total := func(id string) *float64 { return operands[id].total.value }
	var err error
	if f.total.value, err = s.compute(ctx, r, d.Formula, operands, total); err != nil {
		return fmt.Errorf("formula: %w", err)
	}
	f.total.size = 1
	f.coverage = f64(1)
	for _, o := range operands {
		if o.coverage != nil && *o.coverage < *f.coverage {
			f.coverage = o.coverage
		}
	}
	for _, a := range d.Also {
		sec := second{key: a.Key, title: a.Title, unit: a.Unit}
		if sec.value, err = s.compute(ctx, r, a.Formula, operands, total); err != nil {
			return fmt.Errorf("also %s: %w", a.Key, err)
		}
		sec.size = 1
		f.also = append(f.also, sec)
	}
	for _, b := range d.Breakdowns {
		bd := breakdown{dimension: b.Dimension}
		for _, key := range commonKeys(b.Dimension, operands) {
			v, err := s.compute(ctx, r, d.Formula, operands, func(id string) *float64 { return key.values[id] })
			if err == nil {
				bd.cells = append(bd.cells, cell{key: key.key, label: key.label, amounts: amounts{value: v, size: 1}})
			}
		}
		f.breakdowns = append(f.breakdowns, bd)
	}
	return nil
}

// compute asks the database for the value of a formula.
func (s *session) compute(ctx context.Context, r store.Reader, formula string, operands map[string]*figure, value func(string) *float64) (*float64, error) {
	var ids []string
	for id := range operands {
		ids = append(ids, id)
	}
	e, err := expr.Check(formula, expr.Scope{Values: ids})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	var columns []string
	for _, id := range ids {
		v := value(id)
		if v == nil {
			columns = append(columns, "NULL AS "+id)
			continue
		}
		columns = append(columns, number(*v)+" AS "+id)
	}
	if len(columns) == 0 {
		columns = []string{"1 AS nothing"}
	}
	inner := " FROM (SELECT " + strings.Join(columns, ", ") + ") AS figures"
	for _, div := range e.Divisors() {
		zero, err := s.one(ctx, r, usage{}, "SELECT CASE WHEN "+div+" = 0 THEN 1 ELSE 0 END"+inner)
		if err != nil {
			return nil, err
		}
		if zero != nil && *zero == 1 {
			return nil, fmt.Errorf("%w: %s is 0", errDivision, div)
		}
	}
	return s.one(ctx, r, usage{}, "SELECT "+e.SQL()+inner)
}

type commonKey struct {
	key, label string
	values     map[string]*float64
}

// commonKeys lists the keys of a dimension that every operand has.
func commonKeys(dimension string, operands map[string]*figure) []commonKey {
	var out []commonKey
	count := map[string]int{}
	for id, o := range operands {
		for _, b := range o.breakdowns {
			if b.dimension != dimension {
				continue
			}
			for _, c := range b.cells {
				i := slices.IndexFunc(out, func(k commonKey) bool { return k.key == c.key })
				if i < 0 {
					i = len(out)
					out = append(out, commonKey{c.key, c.label, map[string]*float64{}})
				}
				out[i].values[id] = c.value
				count[c.key]++
			}
		}
	}
	out = slices.DeleteFunc(out, func(k commonKey) bool { return count[k.key] < len(operands) })
	slices.SortFunc(out, func(a, b commonKey) int { return strings.Compare(a.key, b.key) })
	return out
}
