package page

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/chart"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// History is a figure over time: a chart in two sizes, and the same as a table.
type History struct {
	Charts     []chart.Chart
	Rows       []HistoryRow
	Breaks     []BreakRow
	Unfinished bool
	After      bool // some point was computed long after its time
	Only       bool // there is one point, so there is nothing to draw
}

// HistoryRow is one point in the table.
type HistoryRow struct {
	When   string
	Figure wording.Figure
	Remark string
}

// BreakRow is a day from which the figure is another series.
type BreakRow struct{ On, Source, Reason string }

// afterwards is how late a figure may be computed and still be of its time.
const afterwards = 48 * time.Hour

// farAhead is how far into the future a chart reaches.
const farAhead = 3 * 366 * 24 * time.Hour

// eta is the day when the target is met at today's pace, "" if it cannot be said.
func eta(x finding.Finding) string {
	if x.Forecast == nil {
		return ""
	}
	return x.Forecast.ETA
}

// history makes the history of a figure, of the chosen förvaltning if there is one.
func (f Frame) history(fs []finding.Finding, now finding.Finding, unfinished bool, title string) History {
	h := History{Unfinished: unfinished}
	if f.Choices.Unit != "" {
		now = ofUnit(now, f.Choices.Unit)
	}
	c := chart.Curve{Unit: now.Unit, Breaks: now.Breaks}
	if now.CountUnit == "user_time" {
		c.Unit = now.CountUnit
	}
	if t := now.Target; t != nil && t.Value != nil && (t.Kind == "value" || t.Kind == "count" && now.Unit == "count") {
		c.Target = t.Value
	}
	if t, err := time.ParseInLocation(time.DateOnly, eta(now), calendar.Location()); err == nil && c.Target != nil && t.Sub(now.AsOf) < farAhead {
		c.Ahead = &chart.Point{At: t, Value: *c.Target}
	}
	var before *finding.Finding
	for i := range fs {
		x := fs[i]
		if f.Choices.Unit != "" {
			x = ofUnit(x, f.Choices.Unit)
		}
		local := x.AsOf.In(calendar.Location())
		row := HistoryRow{When: f.Day(local), Figure: f.fig(wording.Of(x))}
		after := x.KnownAt.Sub(x.AsOf) > afterwards
		if after {
			row.Remark = f.say("computed-after")
			h.After = h.After || x.Value != nil
		}
		if before != nil && before.MethodVersion != x.MethodVersion {
			row.Remark = f.say("new-method")
		}
		if x.Value == nil {
			row.Remark = f.Text(own(x.Reason))
			if row.Remark == "" {
				row.Remark = f.Text(x.Outcome.Name())
			}
		} else {
			c.Points = append(c.Points, chart.Point{
				At: local, Value: *x.Value, After: after, Said: f.Day(local) + ": " + f.Figure(x.Unit, x.CountUnit, *x.Value),
				Joins: before != nil && before.Value != nil && joined(*before, x, now.Breaks),
			})
		}
		h.Rows = append(h.Rows, row)
		before = &fs[i]
		if f.Choices.Unit != "" {
			before = &x
		}
	}
	for _, b := range now.Breaks {
		h.Breaks = append(h.Breaks, BreakRow{On: f.DayText(b.On), Source: b.Source, Reason: b.Reason})
	}
	if h.Only = len(c.Points) < 2; !h.Only {
		h.Charts = f.charts(c, now, title)
	}
	for i, j := 0, len(h.Rows)-1; i < j; i, j = i+1, j-1 {
		h.Rows[i], h.Rows[j] = h.Rows[j], h.Rows[i] // the newest first
	}
	return h
}

// joined tells whether a line may run from one figure to the next: nothing
// missing between, the same method, no break.
func joined(a, b finding.Finding, breaks []finding.Break) bool {
	if a.MethodVersion != b.MethodVersion || b.AsOf.Sub(a.AsOf) > 63*24*time.Hour {
		return false
	}
	for _, x := range breaks {
		t, err := time.ParseInLocation(time.DateOnly, x.On, calendar.Location())
		if err == nil && a.AsOf.Before(t) && !b.AsOf.Before(t) {
			return false
		}
	}
	return true
}

// charts draws the curve for wide windows and for phones.
func (f Frame) charts(c chart.Curve, now finding.Finding, title string) []chart.Chart {
	first, last := c.Points[0], c.Points[len(c.Points)-1]
	low, high := first, first
	for _, p := range c.Points {
		if p.Value < low.Value {
			low = p
		}
		if p.Value > high.Value {
			high = p
		}
	}
	say := func(p chart.Point) string { return f.Figure(now.Unit, now.CountUnit, p.Value) }
	desc := f.say("chart-desc", f.Day(first.At), say(first), f.Day(last.At), say(last), say(low), f.Month(low.At), say(high), f.Month(high.At))
	if c.Target != nil {
		desc += " " + f.say("chart-target", f.Level(now.Unit, *c.Target))
	}
	return []chart.Chart{chart.Draw(f.Words, c, chart.Wide(), title, desc), chart.Draw(f.Words, c, chart.Narrow(), title, desc)}
}
