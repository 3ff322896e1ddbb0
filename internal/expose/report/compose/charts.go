package compose

import (
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// mostCharts is how many figures are drawn.
const mostCharts = 6

// Charted lists the figures that the report of a month draws, so that they are
// measured for every month: what a municipality meets first, then what has a
// target.
func Charted(fs []finding.Finding) []string {
	out := []string{solvedInDay, queueLength, networkTime}
	for _, f := range fs {
		if f.Target != nil && len(out) < mostCharts && !slices.Contains(out, f.KPI) {
			out = append(out, f.KPI)
		}
	}
	return out
}

// charts draws the months, with the same in a table.
func (c composer) charts(m Month) []document.Block {
	var out []document.Block
	t := document.Table{Caption: "Diagrammens siffror", Columns: []document.Column{{Title: "Månad", Width: .16}}}
	rows := make([][]document.Cell, len(m.Points))
	for i, p := range m.Points {
		rows[i] = []document.Cell{{Text: c.w.Month(p.End.In(calendar.Location())), Head: true}}
	}
	for _, id := range Charted(c.Findings) {
		ch, ok := c.chart(m, id)
		if !ok {
			continue
		}
		out = append(out, ch)
		t.Columns = append(t.Columns, document.Column{Title: ch.Title, Right: true})
		for i := range m.Points {
			rows[i] = append(rows[i], document.Cell{Text: c.figureOr(m.point(i, id))})
		}
	}
	if len(out) == 0 {
		return []document.Block{document.Paragraph{Text: "Det finns för få månader att rita."}}
	}
	t.Rows = rows
	return append(out, t)
}

// chart is a figure's months; false where fewer than two are known.
func (c composer) chart(m Month, id string) (document.Chart, bool) {
	now, d := c.now[id], c.defs[id]
	if now == nil || d == nil {
		return document.Chart{}, false
	}
	unit, factor := axis(now)
	ch := document.Chart{Title: c.w.Text(d.Title), Unit: unit}
	if d.Window != nil {
		ch.Title += ", månad för månad"
	}
	if t := now.Target; t != nil && t.Value != nil && (t.Kind == "value" || t.Kind == "count" && now.Unit == "count") {
		v := *t.Value * factor
		ch.Target = &v
	}
	var first, last *finding.Finding
	seen := 0
	for i, p := range m.Points {
		at := p.End.In(calendar.Location())
		x := document.Point{At: p.End, Label: c.w.ShortMonth(at) + fmt.Sprintf(" %d", at.Year())}
		if f := m.point(i, id); f != nil && f.Value != nil && !f.Suppressed {
			v := *f.Value * factor
			x.Value, x.Text = &v, c.figure(f)
			if first == nil {
				first = f
			}
			last = f
			seen++
		}
		ch.Points = append(ch.Points, x)
	}
	if seen < 2 {
		return ch, false
	}
	ch.Text = fmt.Sprintf("Från %s i %s till %s i %s.", c.figure(first), c.w.Month(first.AsOf.In(calendar.Location())), c.figure(last), c.w.Month(last.AsOf.In(calendar.Location())))
	for _, b := range now.Breaks {
		if at, err := time.ParseInLocation(time.DateOnly, b.On, calendar.Location()); err == nil && len(m.Points) > 0 && at.After(m.Points[0].End) && at.Before(m.End) {
			ch.Breaks = append(ch.Breaks, document.Break{At: at, Text: b.Reason})
		}
	}
	return ch, true
}

// axis is the unit that a figure is drawn in, and what one of its own is in that.
func axis(f *finding.Finding) (unit string, factor float64) {
	switch f.Unit {
	case "share", "":
		return "procent", 100
	case "seconds":
		return "timmar", 1. / 3600
	case "sek":
		return "kronor", 1
	case "months":
		return "månader", 1
	case "count":
		return "antal", 1
	}
	return "", 1
}
