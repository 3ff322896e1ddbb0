package disclosure

import (
	"cmp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// fewest is how many persons or answers a published count may tell of.
const fewest = 5

// Public is a finding as it may leave: the total and the cells of the given
// breakdowns, without rows, decisions and sources. Where a figure is about
// persons or answers, no count from one to four is left in it, on either side
// of a share, and none that can be had by subtraction.
func Public(d *catalogue.Definition, f finding.Finding, dimensions []string) finding.Finding {
	out := finding.Finding{
		KPI: f.KPI, Title: f.Title, Unit: f.Unit, CountUnit: f.CountUnit, Value: f.Value, Numerator: f.Numerator, Denominator: f.Denominator,
		Outcome: finding.Measured, Suppressed: f.Suppressed, Breakdown: []finding.Cell{}, Sources: []finding.Source{},
		Population: f.Population, AsOf: f.AsOf, KnownAt: f.KnownAt, MethodVersion: f.MethodVersion,
	}
	if f.Suppressed || !f.Outcome.HasValue() {
		out.Value, out.Numerator, out.Denominator = nil, nil, nil
	}
	person := d.SmallCells == "person"
	if person && out.Value != nil && amountsOf(out).small(d.Unit) {
		out.Suppressed, out.Value, out.Numerator, out.Denominator = true, nil, nil, nil
	}
	if out.Value == nil && !out.Suppressed {
		return out
	}
	for _, dim := range dimensions {
		var cells []finding.Cell
		for _, c := range f.Breakdown {
			if c.Dimension == dim && (c.Value != nil || c.Suppressed) {
				c.Outcome = finding.Measured
				cells = append(cells, c)
			}
		}
		if person || out.Suppressed {
			hide(d.Unit, out, cells)
		}
		out.Breakdown = append(out.Breakdown, cells...)
	}
	return out
}

// amounts are what a total or a cell tells.
type amounts struct{ value, num, den *float64 }

func amountsOf(f finding.Finding) amounts { return amounts{f.Value, f.Numerator, f.Denominator} }

func ofCell(c finding.Cell) amounts { return amounts{c.Value, c.Numerator, c.Denominator} }

// small tells whether amounts say something of one to four persons, or do not
// say how many they are of.
func (a amounts) small(unit string) bool {
	switch {
	case unit == "count":
		return a.value == nil || few(*a.value)
	case a.den == nil || few(*a.den):
		return true
	case unit == "share" && a.num != nil:
		return few(*a.num) || few(*a.den-*a.num)
	}
	return false
}

// few tells a count from one to four; parts of persons are rounded up.
func few(n float64) bool { return n > 1e-9 && n < fewest-1e-9 }

// size orders cells.
func (a amounts) size(unit string) float64 {
	switch {
	case unit == "count" && a.value != nil:
		return *a.value
	case a.den != nil:
		return *a.den
	}
	return 0
}

// hide removes cells of one breakdown that are small, and then the smallest of
// the others until what is hidden together tells nothing small either.
func hide(unit string, total finding.Finding, cells []finding.Cell) {
	order := make([]int, 0, len(cells))
	for i := range cells {
		switch {
		case cells[i].Suppressed:
		case total.Suppressed || ofCell(cells[i]).small(unit) && ofCell(cells[i]).size(unit) > 0:
			suppress(&cells[i])
		case ofCell(cells[i]).size(unit) > 0:
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(ofCell(cells[a]).size(unit), ofCell(cells[b]).size(unit))
	})
	for _, i := range order {
		if !derivable(unit, total, cells) {
			return
		}
		suppress(&cells[i])
	}
}

func suppress(c *finding.Cell) {
	c.Suppressed, c.Value, c.Numerator, c.Denominator = true, nil, nil, nil
}

// derivable tells whether the total less the cells that are shown gives away a
// hidden one, or something small of several.
func derivable(unit string, total finding.Finding, cells []finding.Cell) bool {
	hidden := 0
	rest := amountsOf(total)
	for _, c := range cells {
		if c.Suppressed {
			hidden++
			continue
		}
		rest = rest.less(ofCell(c))
	}
	return hidden == 1 || hidden > 1 && rest.small(unit)
}

// less is what is left of a total; a value is a sum only where it is a count.
func (a amounts) less(c amounts) amounts {
	return amounts{minus(a.value, c.value), minus(a.num, c.num), minus(a.den, c.den)}
}

func minus(a, b *float64) *float64 {
	if a == nil || b == nil {
		return a
	}
	d := *a - *b
	return &d
}
