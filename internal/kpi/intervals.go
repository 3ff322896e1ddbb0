package kpi

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// interval is a stretch of time within a group (a site), seconds since 1970,
// the end not included.
type interval struct {
	group      string
	start, end int64
	weight     float64
	keys       []string
}

// ivTexts are the compiled parts of a definition's intervals.
type ivTexts struct {
	rel, start, end, weight, group, where string
	dims                                  []dimension
	minimum                               int64
	working                               bool
	use                                   usage
}

// ivCompile compiles intervals that overlap [from, to].
func (t *task) ivCompile(iv *catalogue.Interval, pop *population, from, to int64) (ivTexts, error) {
	x := ivTexts{rel: string(iv.Record), weight: "1", group: "''", working: iv.Hours == "working"}
	if x.rel == "" {
		x.rel = t.pop.rel
	}
	var err error
	if err = t.s.texts.relation(x.rel, &x.use); err != nil {
		return x, err
	}
	fields := []struct {
		name, src string
		into      *string
	}{{"start", iv.Start, &x.start}, {"end", iv.End, &x.end}, {"weight", iv.Weight, &x.weight}, {"group", iv.Group, &x.group}}
	for _, f := range fields {
		if f.src == "" {
			continue
		}
		if *f.into, err = t.s.texts.value(f.src, x.rel, "", &x.use); err != nil {
			return x, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if x.start == "" || x.end == "" {
		return x, errors.New("start and end are wanted")
	}
	var conds []string
	if pop != nil {
		if k := pop.kept(); k != "" {
			conds = append(conds, k)
		}
	}
	if iv.Where != "" {
		c, err := t.s.texts.condition(iv.Where, x.rel, "", &x.use)
		if err != nil {
			return x, fmt.Errorf("where: %w", err)
		}
		conds = append(conds, c)
	}
	conds = append(conds, x.start+" < "+strconv.FormatInt(to, 10), "("+x.end+" IS NULL OR "+x.end+" > "+strconv.FormatInt(from, 10)+")")
	x.where = joinConds(conds)
	if iv.Minimum != "" {
		m, err := catalogue.ParseSpan(iv.Minimum)
		if err != nil {
			return x, fmt.Errorf("minimum: %w", err)
		}
		x.minimum = m.Seconds
	}
	if x.working {
		x.use.relations = merge(x.use.relations, "calendar")
	}
	return x, nil
}

// ivRead reads the intervals, cut to [from, to]. Flaps are counted, and those
// that have no weight.
func (s *session) ivRead(ctx context.Context, r store.Reader, x ivTexts, from, to int64) (list []interval, flaps, unweighted int64, err error) {
	text := "SELECT " + x.group + ", " + x.start + ", " + x.end + ", " + x.weight
	for _, d := range x.dims {
		text += ", " + d.sql
	}
	body := text + " FROM " + x.rel + " WHERE " + x.where
	if text, err = s.texts.statement(r, x.use, nil, body); err != nil {
		return nil, 0, 0, err
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var group sql.NullString
	var start, end sql.NullInt64
	var weight sql.NullFloat64
	keys := make([]sql.NullString, len(x.dims))
	into := []any{&group, &start, &end, &weight}
	for i := range keys {
		into = append(into, &keys[i])
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, 0, 0, fmt.Errorf("read an interval: %w", err)
		}
		if !start.Valid {
			continue
		}
		if !end.Valid || end.Int64 > to {
			end.Int64 = to // ongoing
		}
		if end.Int64-start.Int64 < x.minimum {
			flaps++
			continue
		}
		if !weight.Valid {
			unweighted++
		}
		iv := interval{group: group.String, start: max(start.Int64, from), end: end.Int64, weight: weight.Float64}
		for i, k := range keys {
			key := k.String
			if x.dims[i].top {
				key = s.org.of(key)
			}
			iv.keys = append(iv.keys, key)
		}
		list = append(list, iv)
	}
	return list, flaps, unweighted, rows.Err()
}

// intervals: seconds of the union of intervals within each group, weighted by
// the largest weight at each instant, within opening hours if asked.
func (t *task) intervals() error {
	iv := t.def.Intervals
	if iv == nil {
		return errors.New("intervals are missing")
	}
	from, to, err := t.stretch()
	if err != nil {
		return err
	}
	// The window's field would lose what began before it: intervals are cut instead.
	d := t.def
	d.Window = nil
	var u usage
	if t.pop, err = t.s.texts.population(&d, &u); err != nil {
		return err
	}
	if iv.Record != "" && string(iv.Record) != t.pop.rel {
		return fmt.Errorf("record %s, intervals of %s", t.pop.rel, iv.Record)
	}
	x, err := t.ivCompile(iv, &t.pop, from, to)
	if err != nil {
		return err
	}
	x.dims = t.dims
	for _, c := range []string{x.start + " < " + strconv.FormatInt(to, 10), "(" + x.end + " IS NULL OR " + x.end + " > " + strconv.FormatInt(from, 10) + ")"} {
		t.pop = t.pop.and(c)
	}
	t.use.addAll(u)
	t.need.addAll(x.use)
	t.use.timed = true
	if t.main() {
		t.column("n", t.pop.count(""))
	}
	t.direct = func(ctx context.Context, r store.Reader, f *figure) error {
		x.use.addAll(t.use)
		list, flaps, unweighted, err := t.s.ivRead(ctx, r, x, from, to)
		if err != nil {
			return err
		}
		open, err := t.s.openHours(ctx, r, x, from, to)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			if empty, err := t.empty(ctx, r); err != nil || empty {
				f.noData = nothingIn(&t.def)
				return err
			}
			f.coverage = f64(1)
		}
		t.ivFigure(f, list, open)
		if flaps > 0 && t.main() {
			f.notCounted = append(f.notCounted, finding.Count{Reason: finding.Text{SV: "kortare än " + spoken(iv.Minimum), EN: "shorter than " + iv.Minimum}, Rows: flaps})
		}
		if unweighted > 0 && t.main() {
			f.notCounted = append(f.notCounted, finding.Count{Reason: finding.Text{SV: "antalet berörda är inte känt", EN: "how many were concerned is not known"}, Rows: unweighted})
		}
		return nil
	}
	t.extend = func(ctx context.Context, r store.Reader, f *figure) error {
		if f.noData != nil {
			return nil
		}
		return t.remarks(ctx, r, f)
	}
	return nil
}

// ivFigure makes the total and cells of a list of intervals.
func (t *task) ivFigure(f *figure, list []interval, open func(int64) int64) {
	seconds, count := sweep(list, open)
	f.total = amounts{value: &seconds, num: &seconds, size: count}
	if t.main() && !slices.ContainsFunc(t.def.Also, func(a catalogue.AlsoPart) bool { return a.Key == "count" }) {
		f.also = append(f.also, second{key: "count", unit: "count", title: finding.Text{SV: "Antal störningar", EN: "Disruptions"}, amounts: amounts{value: &count, num: &count, size: count}})
	}
	for d, dim := range t.dims {
		by := map[string][]interval{}
		for _, iv := range list {
			by[iv.keys[d]] = append(by[iv.keys[d]], iv)
		}
		p := newFolded(len(t.dims))
		for k, l := range by {
			v, n := sweep(l, open)
			p.dims[d][k] = &tally{sums: []float64{v, n}}
		}
		t.parts = append(t.parts, p)
		b := breakdown{dimension: dim.name, rest: true}
		for _, k := range t.keys(d) {
			c := cell{key: k.key, label: k.label}
			if y := t.cellParts(d, k)[len(t.parts)-1]; y != nil {
				c.amounts = amounts{value: f64(y.sums[0]), num: f64(y.sums[0]), size: y.sums[1]}
			}
			b.cells = append(b.cells, c)
		}
		t.parts = t.parts[:len(t.parts)-1]
		f.breakdowns = append(f.breakdowns, b)
	}
}

// sweep adds up the union of intervals per group, each instant weighing as its
// heaviest interval, and counts the unbroken stretches. open maps an instant
// to the open seconds before it.
func sweep(list []interval, open func(int64) int64) (seconds, stretches float64) {
	groups := map[string][]interval{}
	for _, iv := range list {
		if iv.end > iv.start {
			groups[iv.group] = append(groups[iv.group], iv)
		}
	}
	for _, g := range groups {
		v, n := sweepGroup(g, open)
		seconds += v
		stretches += n
	}
	return seconds, stretches
}

func sweepGroup(g []interval, open func(int64) int64) (seconds, stretches float64) {
	slices.SortFunc(g, func(a, b interval) int { return cmp.Compare(a.start, b.start) })
	var edges []int64
	for _, iv := range g {
		edges = append(edges, iv.start, iv.end)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	next, active, broken := 0, []interval(nil), true
	for i := range len(edges) - 1 {
		from, to := edges[i], edges[i+1]
		active = slices.DeleteFunc(active, func(iv interval) bool { return iv.end <= from })
		for next < len(g) && g[next].start <= from {
			active = append(active, g[next])
			next++
		}
		if len(active) == 0 {
			broken = true
			continue
		}
		if broken {
			stretches++
			broken = false
		}
		heaviest := active[0].weight
		for _, iv := range active {
			heaviest = max(heaviest, iv.weight)
		}
		seconds += heaviest * float64(open(to)-open(from))
	}
	return seconds, stretches
}
