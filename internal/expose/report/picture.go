package report

import (
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/chart"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// pictures draws the charts of a document, each with names of its own.
type pictures struct {
	w wording.Words
	n int
}

// draw draws a chart for wide windows and paper, and for phones; one without a
// point is none.
func (p *pictures) draw(c document.Chart) []chart.Chart {
	unit, factor := units(c.Unit)
	curve := chart.Curve{Unit: unit}
	joins := false
	for _, x := range c.Points {
		if x.Value == nil {
			joins = false
			continue
		}
		curve.Points = append(curve.Points, chart.Point{At: x.At.In(calendar.Location()), Value: *x.Value * factor, Said: x.Label + ": " + x.Text, Joins: joins && !broken(c, curve.Points, x)})
		joins = true
	}
	if len(curve.Points) == 0 {
		return nil
	}
	if c.Target != nil {
		v := *c.Target * factor
		curve.Target = &v
	}
	for _, b := range c.Breaks {
		curve.Breaks = append(curve.Breaks, finding.Break{On: b.At.In(calendar.Location()).Format("2006-01-02"), Reason: b.Text})
	}
	p.n++
	var out []chart.Chart
	for _, z := range []chart.Size{chart.Wide(), chart.Narrow()} {
		d := chart.Draw(p.w, curve, z, c.Title, c.Text)
		d.ID += "-" + strconv.Itoa(p.n)
		out = append(out, d)
	}
	return out
}

// broken tells whether the series is another between two points.
func broken(c document.Chart, before []chart.Point, x document.Point) bool {
	for _, b := range c.Breaks {
		if len(before) > 0 && before[len(before)-1].At.Before(b.At) && !x.At.Before(b.At) {
			return true
		}
	}
	return false
}

// units is the unit that an axis is told in for the word that a document has,
// and what one of the document's is in it.
func units(word string) (unit string, factor float64) {
	switch word {
	case "procent":
		return "share", .01
	case "timmar":
		return "user_time", 3600
	case "kronor":
		return "sek", 1
	case "antal":
		return "count", 1
	}
	return "", 1
}
