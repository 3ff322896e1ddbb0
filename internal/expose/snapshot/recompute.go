package snapshot

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// calendarRelation is the population that holds working time.
const calendarRelation = "calendar"

// restCell stands for the keys of a breakdown beyond those that are shown.
const restCell = "_rest"

// column is one column of a population, added up.
type column struct {
	finding.Recompute
	total tally
	cells map[string]map[string]*tally // by breakdown and key
}

// counted is everything that the rows of a snapshot come to.
type counted struct {
	columns map[[2]string][]*column // by figure and second figure
	days    []workday
}

// workday is a day of the working-time calendar, in seconds since 1970.
type workday struct{ start, from, to, before int64 }

// recompute computes every figure anew that follows from a population, and
// holds it and its breakdowns against what the report says.
func (v *Verified) recompute(ctx context.Context, b *bag.Bag, figures []finding.Finding) error {
	var ps []finding.Population
	if !v.read(b, populationsFile, &ps) {
		return nil
	}
	all := counted{columns: map[[2]string][]*column{}}
	for _, p := range ps {
		name := populationFolder + p.Relation + ".csv"
		err := all.read(ctx, b, name, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v.fault(name, "går inte att läsa: %v", err)
			continue
		}
		for _, c := range p.Columns {
			if c.KPI != "" && !slices.ContainsFunc(figures, func(f finding.Finding) bool { return f.KPI == c.KPI }) {
				v.fault(name, "har en kolumn för %s, som inte finns bland siffrorna", c.KPI)
			}
		}
	}
	values := 0
	for i := range figures {
		f := &figures[i]
		if f.Value != nil {
			values++
		}
		v.figure(f, &all)
	}
	v.Remarks = append(v.Remarks, fmt.Sprintf("%d av de %d siffror som har ett värde är omräknade ur raderna, med %d av deras delar.", v.Recomputed, values, v.Parts))
	return nil
}

// figure holds one figure and its parts against the rows.
func (v *Verified) figure(f *finding.Finding, all *counted) {
	if f.Value == nil {
		return
	}
	columns := all.columns[[2]string{f.KPI, ""}]
	main := mainColumn(columns)
	if main == nil {
		why := "Raderna följer inte med i underlaget."
		if f.NotRecomputed != nil {
			why = f.NotRecomputed.SV
		}
		v.NotRecomputed = append(v.NotRecomputed, Fault{f.KPI, why})
		return
	}
	a, known := all.amount(columns, main, func(c *column) *tally { return &c.total })
	if !known {
		v.fault(f.KPI, "räknas på ett sätt som den här versionen inte känner till: %q", main.How)
		return
	}
	if !v.same(f.KPI, "", a, amount{f.Value, f.Numerator, f.Denominator}) {
		return
	}
	v.Recomputed++
	for _, c := range f.Breakdown {
		v.cell(f, c, all, columns, main)
	}
	for _, second := range f.Also {
		columns := all.columns[[2]string{f.KPI, second.Key}]
		main := mainColumn(columns)
		if main == nil || second.Value == nil {
			continue
		}
		a, _ := all.amount(columns, main, func(c *column) *tally { return &c.total })
		if v.same(f.KPI, " "+second.Key, a, amount{second.Value, second.Numerator, second.Denominator}) {
			v.Parts++
		}
	}
}

// cell holds one cell of a breakdown against the rows.
func (v *Verified) cell(f *finding.Finding, c finding.Cell, all *counted, columns []*column, main *column) {
	if c.Suppressed || c.Outcome == finding.NoData || c.Value == nil {
		return
	}
	where := fmt.Sprintf(" %s=%s", c.Dimension, c.Key)
	if c.Dimension == "field" {
		for _, x := range columns {
			if x.Field == c.Key && v.same(f.KPI, where, x.total.amount(&x.Recompute, nil, nil), amount{c.Value, c.Numerator, c.Denominator}) {
				v.Parts++
			}
		}
		return
	}
	if main.cells[c.Dimension] == nil || main.How == "sum" {
		return
	}
	var shown []string
	for _, x := range f.Breakdown {
		if x.Dimension == c.Dimension {
			shown = append(shown, x.Key)
		}
	}
	if c.Dimension == "split" || c.Dimension == "age" {
		rows := main.at(c.Dimension, c.Key, shown).rows
		a := amount{numerator: &rows}
		if c.Dimension == "split" {
			a.denominator = &main.total.rows
		}
		if v.same(f.KPI, where, a, amount{nil, c.Numerator, c.Denominator}) {
			v.Parts++
		}
		return
	}
	a, _ := all.amount(columns, main, func(x *column) *tally { return x.at(c.Dimension, c.Key, shown) })
	if v.same(f.KPI, where, a, amount{c.Value, c.Numerator, c.Denominator}) {
		v.Parts++
	}
}

// mainColumn is the column that a figure's value is made of: the one above the
// line where there are two.
func mainColumn(columns []*column) *column {
	for _, c := range columns {
		if c.Field == "" && c.How != "below" && c.How != "peers" {
			return c
		}
	}
	return nil
}

// amount computes a figure of the tallies that pick gives; false for a way of
// computing that is not known.
func (all *counted) amount(columns []*column, main *column, pick func(*column) *tally) (amount, bool) {
	below := &tally{}
	for _, c := range columns {
		if c.How == "below" || c.How == "peers" {
			below = pick(c)
		}
	}
	open := func(at int64) int64 { return at }
	if main.Working {
		open = all.open
	}
	a := pick(main).amount(&main.Recompute, below, open)
	return a, slices.Contains(hows(), main.How)
}

func hows() []string {
	return []string{"share", "count", "quantile", "mean", "above", "sum", "distinct", "filled", "groups", "worst", "inside", "own", "intervals"}
}

// at is a key's rows. The rest are the rows of the keys that are not shown; a
// column that has no such breakdown is held against its total.
func (c *column) at(dimension, key string, shown []string) *tally {
	keys, ok := c.cells[dimension]
	if !ok {
		return &c.total
	}
	if key != restCell {
		if t := keys[key]; t != nil {
			return t
		}
		return &tally{}
	}
	rest := &tally{}
	for _, k := range sortedKeys(keys) {
		if !slices.Contains(shown, k) {
			rest.merge(keys[k])
		}
	}
	return rest
}

// open is how many working seconds there are before an instant.
func (all *counted) open(at int64) int64 {
	i := sort.Search(len(all.days), func(i int) bool { return all.days[i].start > at }) - 1
	if i < 0 {
		return 0
	}
	d := all.days[i]
	return d.before + max(0, min(at, d.to)-d.from)
}

// same tells whether the report says what the rows do, and notes where it does not.
func (v *Verified) same(kpi, where string, rows, report amount) bool {
	for _, x := range []struct {
		name           string
		reported, rows *float64
	}{{"täljaren", report.numerator, rows.numerator}, {"nämnaren", report.denominator, rows.denominator}, {"värdet", report.value, rows.value}} {
		switch {
		case x.reported == nil:
		case x.rows == nil && x.name == "värdet":
			v.fault(kpi+where, "värdet är %v i redovisningen men går inte att räkna ur raderna", *x.reported)
			return false
		case x.rows != nil && math.Abs(*x.reported-*x.rows) > 1e-9*max(1, math.Abs(*x.rows)):
			v.fault(kpi+where, "%s är %v i redovisningen men %v ur raderna", x.name, *x.reported, *x.rows)
			return false
		}
	}
	return true
}

// read adds up one population.
func (all *counted) read(ctx context.Context, b *bag.Bag, name string, p finding.Population) (err error) {
	f, err := b.Read(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	first, err := r.Read()
	if err != nil {
		return err
	}
	head := slices.Clone(first)
	adder, err := newAdder(p, head)
	if err != nil {
		return err
	}
	for n := 2; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := adder.row(row); err != nil {
			return fmt.Errorf("rad %d, %w", n, err)
		}
		if p.Relation == calendarRelation {
			d, err := readDay(head, row)
			if err != nil {
				return fmt.Errorf("rad %d: %w", n, err)
			}
			all.days = append(all.days, d)
		}
	}
	for _, c := range adder.done() {
		if c.KPI != "" {
			at := [2]string{c.KPI, c.Also}
			all.columns[at] = append(all.columns[at], c)
		}
	}
	slices.SortFunc(all.days, func(a, b workday) int { return int(a.start - b.start) })
	return nil
}

func readDay(head, row []string) (d workday, err error) {
	for _, x := range []struct {
		name string
		into *int64
	}{{"day_start", &d.start}, {"open_from", &d.from}, {"open_to", &d.to}, {"cumulative", &d.before}} {
		i := slices.Index(head, x.name)
		if i < 0 {
			return d, fmt.Errorf("kolumnen %s saknas", x.name)
		}
		if *x.into, err = strconv.ParseInt(row[i], 10, 64); err != nil {
			return d, fmt.Errorf("%s: %q är inget heltal", x.name, row[i])
		}
	}
	return d, nil
}
