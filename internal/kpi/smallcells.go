package kpi

import (
	"cmp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// smallest is how few persons or answers a cell may stand on.
const smallest = 5

// small tells whether a cell must not be shown. An empty cell says nothing of
// anyone.
func small(size float64) bool { return size > 0 && size < smallest }

// suppress removes figures that stand on fewer than five persons, and in each
// breakdown that adds up to the total also the smallest remaining cells until
// what is hidden cannot be had by subtraction.
func suppress(out *finding.Finding, f *figure) {
	out.Failing = nil
	if small(f.total.size) {
		out.Suppressed = true
		out.Value, out.Numerator, out.Denominator, out.Level, out.WaivedRows = nil, nil, nil, nil, 0
		out.Pace = ""
		if out.Outcome != finding.Stale {
			out.Outcome = finding.Measured
		}
		for i := range out.NotCounted {
			out.NotCounted[i].Rows = 0
		}
	}
	at := 0
	for _, b := range f.breakdowns {
		if at+len(b.cells) > len(out.Breakdown) {
			break // without a figure there is no breakdown either
		}
		cells := out.Breakdown[at : at+len(b.cells)]
		at += len(b.cells)
		hidden := hiddenCells(b, out.Suppressed)
		for i := range cells {
			if hidden[i] {
				cells[i].Suppressed, cells[i].Outcome = true, finding.Measured
				cells[i].Value, cells[i].Numerator, cells[i].Denominator = nil, nil, nil
			}
		}
	}
	for i, a := range f.also {
		rest := f.total.size - a.size
		if out.Suppressed || small(a.size) || a.size > 0 && small(rest) {
			out.Also[i].Suppressed = true
			out.Also[i].Value, out.Also[i].Numerator, out.Also[i].Denominator = nil, nil, nil
		}
	}
}

// hiddenCells tells which cells of a breakdown are hidden.
func hiddenCells(b breakdown, all bool) []bool {
	hidden := make([]bool, len(b.cells))
	order := make([]int, 0, len(b.cells)) // shown cells, smallest first
	sum, n := 0.0, 0
	for i, c := range b.cells {
		switch {
		case all || small(c.size):
			hidden[i] = true
			sum += c.size
			n++
		case c.size > 0:
			order = append(order, i)
		}
	}
	if all || n == 0 {
		return hidden
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(b.cells[x].size, b.cells[y].size) })
	for _, i := range order {
		if n >= 2 && sum >= smallest {
			break
		}
		hidden[i] = true
		sum += b.cells[i].size
		n++
	}
	return hidden
}
