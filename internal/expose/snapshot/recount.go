package snapshot

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// tally is what the rows of one cell come to in one column.
type tally struct {
	rows, ones, sum float64
	numbers, others []float64 // others are those outside, for "inside"
	groups          map[string]*group
	spans           []span
}

type group struct{ sum, n float64 }

// span is a stretch of time within a group, cut to the figure's window.
type span struct {
	group      string
	start, end int64
	weight     float64
}

// add adds one row's cell. beside is the cell of the column beside it.
func (t *tally) add(c *finding.Recompute, cell, beside string) error {
	switch c.How {
	case "share", "count":
		switch cell {
		case "1":
			t.ones++
		case "0":
		default:
			return fmt.Errorf("%q är varken 1 eller 0", cell)
		}
		t.rows++
		return nil
	case "distinct":
		t.rows++
		t.of(cell)
		return nil
	case "intervals":
		return t.span(c, cell, beside)
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return fmt.Errorf("%q är inget tal", cell)
	}
	t.rows++
	t.sum += x
	switch c.How {
	case "quantile":
		t.numbers = append(t.numbers, x)
	case "inside":
		if beside == "1" {
			t.numbers = append(t.numbers, x)
		} else {
			t.others = append(t.others, x)
		}
	case "groups", "worst", "peers":
		if beside != "" || c.How == "worst" {
			g := t.of(beside)
			g.sum += x
			g.n++
		}
	}
	return nil
}

func (t *tally) of(key string) *group {
	if t.groups == nil {
		t.groups = map[string]*group{}
	}
	g := t.groups[key]
	if g == nil {
		g = &group{}
		t.groups[key] = g
	}
	return g
}

// span reads "start|end|weight".
func (t *tally) span(c *finding.Recompute, cell, group string) error {
	p := strings.Split(cell, "|")
	if len(p) != 3 {
		return fmt.Errorf("%q är ingen tid från och till", cell)
	}
	start, err := strconv.ParseInt(p[0], 10, 64)
	if err != nil {
		return fmt.Errorf("%q är ingen tid från och till", cell)
	}
	end, err := strconv.ParseInt(p[1], 10, 64)
	if err != nil && p[1] != "" {
		return fmt.Errorf("%q är ingen tid från och till", cell)
	}
	weight, err := strconv.ParseFloat(p[2], 64)
	if err != nil {
		return fmt.Errorf("%q är ingen tid från och till", cell)
	}
	if p[1] == "" || end > c.To {
		end = c.To
	}
	if end-start >= c.Minimum {
		t.rows++
		t.spans = append(t.spans, span{group, max(start, c.From), end, weight})
	}
	return nil
}

// merge adds another cell's rows.
func (t *tally) merge(o *tally) {
	t.rows, t.ones, t.sum = t.rows+o.rows, t.ones+o.ones, t.sum+o.sum
	t.numbers, t.others = append(t.numbers, o.numbers...), append(t.others, o.others...)
	t.spans = append(t.spans, o.spans...)
	for k, g := range o.groups {
		mine := t.of(k)
		mine.sum, mine.n = mine.sum+g.sum, mine.n+g.n
	}
}

// amount is what rows say of a figure; nil where they say nothing.
type amount struct{ value, numerator, denominator *float64 }

func quotient(num, den, per float64) amount {
	a := amount{numerator: &num, denominator: &den}
	if den != 0 {
		v := num / den * per
		a.value = &v
	}
	return a
}

// amount follows a column's definition. below is of the column under the line,
// where there is one.
func (t *tally) amount(c *finding.Recompute, below *tally, open func(int64) int64) amount {
	switch c.How {
	case "share":
		return quotient(t.ones, t.rows, 1)
	case "count":
		return amount{&t.ones, &t.ones, &t.rows}
	case "quantile":
		return amount{value: percentile(t.numbers, c.Q), denominator: &t.rows}
	case "mean":
		return quotient(t.sum, t.rows, 1)
	case "filled":
		return quotient(t.sum, t.rows*c.Of, 1)
	case "sum":
		return quotient(c.Base-t.sum, c.Base-c.Target, 1)
	case "distinct":
		n := float64(len(t.groups))
		return amount{value: &n, numerator: &n}
	case "groups":
		pass := 0.0
		for _, g := range t.groups {
			if passes(c.Pass, g.sum/g.n, g.n) {
				pass++
			}
		}
		return quotient(pass, float64(len(t.groups)), 1)
	case "worst":
		return t.worst(c.Highest)
	case "inside":
		in, out := percentile(t.numbers, c.Q), percentile(t.others, c.Q)
		if in == nil || out == nil {
			return amount{}
		}
		return quotient(*in, *out, 1)
	case "intervals":
		s := united(t.spans, open)
		return amount{value: &s, numerator: &s}
	case "above":
		per := c.Per
		if per == 0 {
			per = 1
		}
		return quotient(t.sum, below.sum, per)
	case "own":
		return t.gap(below)
	}
	return amount{}
}

// gap is the mean less the mean of the groups' means.
func (t *tally) gap(peers *tally) amount {
	if t.rows == 0 || len(peers.groups) == 0 {
		return amount{}
	}
	own, mean := t.sum/t.rows, 0.0
	for _, k := range sortedKeys(peers.groups) {
		mean += peers.groups[k].sum / peers.groups[k].n / float64(len(peers.groups))
	}
	gap := own - mean
	return amount{&gap, &own, &mean}
}

func (t *tally) worst(highest bool) amount {
	var a amount
	for _, k := range sortedKeys(t.groups) {
		g := t.groups[k]
		mean := g.sum / g.n
		if a.value == nil || mean < *a.value && !highest || mean > *a.value && highest || mean == *a.value && g.n > *a.denominator {
			a = quotient(g.sum, g.n, 1)
		}
	}
	return a
}

// percentile is the number at rank ceil(q·n) of the sorted numbers, the first
// for q = 0.
func percentile(v []float64, q float64) *float64 {
	if len(v) == 0 {
		return nil
	}
	slices.Sort(v)
	x := v[max(int(math.Ceil(q*float64(len(v)))), 1)-1]
	return &x
}

// passes tells whether "mean >= 4 and n >= 5" holds. What is written otherwise
// does not hold.
func passes(cond string, mean, n float64) bool {
	for _, part := range strings.Split(strings.ReplaceAll(cond, " AND ", " and "), " and ") {
		i := strings.IndexAny(part, "<>=")
		if i < 0 {
			return false
		}
		left, op := mean, strings.TrimRight(part[i:], "0123456789. ")
		if strings.TrimSpace(part[:i]) == "n" {
			left = n
		}
		right, err := strconv.ParseFloat(strings.TrimSpace(part[i+len(op):]), 64)
		holds := map[string]bool{">=": left >= right, ">": left > right, "<=": left <= right, "<": left < right, "=": left == right}
		if err != nil || !holds[strings.TrimSpace(op)] {
			return false
		}
	}
	return true
}

// united adds up the union of spans per group, each instant weighing as its
// heaviest span. open maps an instant to the open seconds before it.
func united(list []span, open func(int64) int64) float64 {
	groups := map[string][]span{}
	for _, s := range list {
		if s.end > s.start {
			groups[s.group] = append(groups[s.group], s)
		}
	}
	seconds := 0.0
	for _, k := range sortedKeys(groups) {
		g := groups[k]
		slices.SortFunc(g, func(a, b span) int { return int(a.start - b.start) })
		var edges []int64
		for _, s := range g {
			edges = append(edges, s.start, s.end)
		}
		slices.Sort(edges)
		edges = slices.Compact(edges)
		next, active := 0, []span(nil)
		for i := range len(edges) - 1 {
			active = slices.DeleteFunc(active, func(s span) bool { return s.end <= edges[i] })
			for ; next < len(g) && g[next].start <= edges[i]; next++ {
				active = append(active, g[next])
			}
			heaviest := 0.0
			for _, s := range active {
				heaviest = max(heaviest, s.weight)
			}
			seconds += heaviest * float64(open(edges[i+1])-open(edges[i]))
		}
	}
	return seconds
}
