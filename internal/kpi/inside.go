package kpi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// insideOutside: a quantile of a measure for events inside intervals ÷ the same
// outside. Where the intervals have a group (site) that the events also have,
// an event is inside only those of its own group.
func (t *task) insideOutside() error {
	if t.def.Window == nil || t.def.Window.Field == "" {
		return errors.New("window: the field that places an event is wanted")
	}
	if t.def.Intervals == nil {
		return errors.New("intervals are missing")
	}
	m, err := t.measure()
	if err != nil {
		return err
	}
	when, err := t.s.texts.value(t.def.Window.Field, t.pop.rel, "", &t.need)
	if err != nil {
		return err
	}
	from, to, err := t.stretch()
	if err != nil {
		return err
	}
	x, err := t.ivCompile(t.def.Intervals, nil, from, to)
	if err != nil {
		return fmt.Errorf("intervals: %w", err)
	}
	t.need.addAll(x.use)
	group := "''"
	if g := t.def.Intervals.Group; g != "" && t.s.hasColumn(t.pop.rel, g) {
		group = t.pop.rel + "." + g
	} else {
		x.group = "''"
	}
	q := t.def.Quantile
	var inside map[string][]interval
	events := &spec{
		rel: t.pop.rel, where: t.pop.and(m + " IS NOT NULL").kept(), dims: t.dims, raw: true, group: group, columns: []string{m, when},
		take: func(y *tally, g string, c []float64) {
			if within(inside[g], int64(c[1])) {
				y.values.add(c[0])
			} else {
				y.other.add(c[0])
			}
		},
	}
	// The intervals must be known before the first event is read.
	events.ready = func(ctx context.Context, r store.Reader) error {
		x.use.addAll(t.use)
		list, _, _, err := t.s.ivRead(ctx, r, x, from, to)
		inside = mergeByGroup(list)
		return err
	}
	t.specs = append(t.specs, events)
	t.amounts = func(y []*tally) (amounts, error) {
		if y[0] == nil || y[0].values.n == 0 || y[0].other.n == 0 {
			return amounts{}, nil
		}
		in, out := percentile(y[0].values.list(), q), percentile(y[0].other.list(), q)
		a := amounts{num: &in, den: &out, size: float64(y[0].values.n)}
		if out == 0 {
			return a, errDivision
		}
		a.value = f64(in / out)
		return a, nil
	}
	if t.main() {
		t.column("n", t.pop.count(""))
		t.column("with", "COUNT("+t.pop.guarded(nil, "", m, "NULL")+")")
	}
	t.extend = t.insideParts
	return nil
}

func (t *task) insideParts(ctx context.Context, r store.Reader, f *figure) error {
	if err := t.measureParts(ctx, r, f); err != nil || f.noData != nil {
		return err
	}
	total := t.parts[0].total
	for _, side := range []struct {
		key    string
		title  finding.Text
		values samples
	}{
		{"inside", finding.Text{SV: "Under störning", EN: "During disruption"}, total.values},
		{"outside", finding.Text{SV: "Annars", EN: "Otherwise"}, total.other},
	} {
		n := float64(side.values.n)
		sec := second{key: side.key, title: side.title, unit: "seconds", amounts: amounts{den: &n, size: n}}
		if n > 0 {
			sec.value = f64(percentile(side.values.list(), t.def.Quantile))
		}
		f.also = append(f.also, sec)
	}
	if f.total.value == nil {
		f.noData = text("Det finns inga händelser både under och utanför störningar att jämföra.", "There are not both events inside and outside to compare.")
	}
	for i := range f.breakdowns {
		f.breakdowns[i].rest = false
	}
	return nil
}

// mergeByGroup joins overlapping intervals of each group, sorted by start.
func mergeByGroup(list []interval) map[string][]interval {
	out := map[string][]interval{}
	slices.SortFunc(list, func(a, b interval) int { return int(a.start - b.start) })
	for _, iv := range list {
		g := out[iv.group]
		if n := len(g); n > 0 && iv.start <= g[n-1].end {
			g[n-1].end = max(g[n-1].end, iv.end)
			continue
		}
		out[iv.group] = append(g, iv)
	}
	return out
}

// within tells whether an instant lies in one of sorted, disjoint intervals.
func within(list []interval, at int64) bool {
	i := sort.Search(len(list), func(i int) bool { return list[i].start > at }) - 1
	return i >= 0 && at < list[i].end
}
