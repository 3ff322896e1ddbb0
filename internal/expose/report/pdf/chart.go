package pdf

import (
	"math"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

const plotHeight = 110.0

// plot is where a chart is drawn and what its axes hold.
type plot struct {
	p           *paper
	c           *document.Chart
	x, y, w, h  float64
	low, high   float64
	begin, over time.Time
}

// chartHeight is that of a chart with its heading and texts.
func (p *paper) chartHeight(c *document.Chart) float64 {
	h := heightOf(p.wrap(span(p.of(h4), c.Title), measure)) + heightOf(p.wrap(span(p.of(small), c.Text), measure))
	return h + p.gap(plotHeight) + p.gap(42) + float64(len(c.Breaks))*p.of(footer).height()
}

// chart draws a figure over time: a line that breaks where nothing is known, the
// target across it, and where it began to be counted otherwise.
func (p *paper) chart(c *document.Chart) {
	p.room(min(p.chartHeight(c), pageHeight-top-bottom-1))
	p.flow(p.wrap(span(p.of(h4), c.Title), measure), p.of(h4), side, nil)
	if c.Text != "" {
		p.flow(p.wrap(span(p.of(small), c.Text), measure), p.of(small), side, nil)
	}
	if len(c.Points) > 0 {
		p.y += p.gap(16)
		g := newPlot(p, c)
		g.axes()
		g.breaks()
		g.target()
		g.line()
		p.y = g.y + g.h + p.gap(16)
	}
	s := p.of(footer)
	for i := range c.Breaks {
		p.flow(p.wrap(span(s, breakMark(i)+" "+p.words.Day(c.Breaks[i].At)+": "+c.Breaks[i].Text), measure), s, side, nil)
	}
	p.y += p.gap(8)
}

func newPlot(p *paper, c *document.Chart) *plot {
	g := &plot{p: p, c: c, begin: c.Points[0].At, over: c.Points[len(c.Points)-1].At}
	g.high = 0
	for _, pt := range c.Points {
		if pt.Value != nil {
			g.low, g.high = min(g.low, *pt.Value), max(g.high, *pt.Value)
		}
	}
	if c.Target != nil {
		g.low, g.high = min(g.low, *c.Target), max(g.high, *c.Target)
	}
	step := g.step()
	g.low, g.high = math.Floor(g.low/step)*step, math.Ceil(g.high/step)*step
	label := 0.0
	for _, v := range g.ticks() {
		label = max(label, p.width(p.of(footer), g.number(v)))
	}
	g.x, g.y = side+label+6, p.y
	g.w, g.h = pageWidth-side-g.x-4, p.gap(plotHeight)
	return g
}

// step is a round distance between two marks of the axis, of which there are about five.
func (g *plot) step() float64 {
	spread := g.high - g.low
	if spread <= 0 {
		spread = 1
	}
	rough := spread / 4
	mag := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if m*mag >= rough {
			return m * mag
		}
	}
	return 10 * mag
}

func (g *plot) ticks() []float64 {
	if g.high <= g.low {
		g.high = g.low + 1
	}
	step := g.step()
	var out []float64
	for i := 0; ; i++ {
		v := g.low + float64(i)*step
		if v > g.high+step/100 {
			return out
		}
		out = append(out, v)
	}
}

func (g *plot) number(v float64) string {
	decimals := 0
	if g.high-g.low < 4 {
		decimals = 1
	}
	if g.high-g.low < 0.4 {
		decimals = 2
	}
	return g.p.words.Number(v, decimals)
}

func (g *plot) at(t time.Time) float64 {
	span := g.over.Sub(g.begin).Seconds()
	if span <= 0 {
		return g.x + g.w/2
	}
	return g.x + 4 + (g.w-8)*t.Sub(g.begin).Seconds()/span
}

func (g *plot) level(v float64) float64 { return g.y + g.h*(1-(v-g.low)/(g.high-g.low)) }

// axes draws thin lines with their numbers, the unit above them and the days below.
func (g *plot) axes() {
	p := g.p
	s := p.of(footer)
	for _, v := range g.ticks() {
		y := g.level(v)
		p.stroke(line, 0.4)
		p.f.Line(g.x, y, g.x+g.w, y)
		label := g.number(v)
		p.put(s, g.x-4-p.width(s, label), y+s.size*0.34, label)
	}
	p.put(s, side, g.y-p.gap(8), g.c.Unit)
	n := len(g.c.Points)
	for i := n - 1; i >= 0; i -= g.labelled(s) {
		pt := &g.c.Points[i]
		x, _ := g.label(s, pt)
		p.put(s, x, g.y+g.h+s.size+p.gap(3), pt.Label)
	}
}

// label is where the name of a point begins and ends.
func (g *plot) label(s style, pt *document.Point) (from, to float64) {
	w := g.p.width(s, pt.Label)
	from = min(max(g.at(pt.At)-w/2, g.x), g.x+g.w-w)
	return from, from + w
}

// labelled is of how many points one is named, so that the names have room. The
// last is always named.
func (g *plot) labelled(s style) int {
	n := len(g.c.Points)
	for each := 1; each < n; each++ {
		fits := true
		for i := n - 1; i-each >= 0; i -= each {
			from, _ := g.label(s, &g.c.Points[i])
			_, to := g.label(s, &g.c.Points[i-each])
			fits = fits && to+8 <= from
		}
		if fits {
			return each
		}
	}
	return max(n, 1)
}

// line joins the values that follow on each other; one alone is a dot.
func (g *plot) line() {
	p := g.p
	var before *document.Point
	for i := range g.c.Points {
		pt := &g.c.Points[i]
		if pt.Value == nil || before != nil && g.broken(before.At, pt.At) {
			before = nil
		}
		if pt.Value == nil {
			continue
		}
		x, y := g.at(pt.At), g.level(*pt.Value)
		if before != nil {
			p.stroke(rule, 1.4)
			p.f.Line(g.at(before.At), g.level(*before.Value), x, y)
		}
		p.fill(rule)
		p.f.Circle(x, y, 1.8, "F")
		before = pt
	}
	if before != nil && before == &g.c.Points[len(g.c.Points)-1] && before.Text != "" {
		g.latest(before.Text)
	}
}

// latest writes the last value out, above the line or below it.
func (g *plot) latest(text string) {
	s := style{"B", 8 * g.p.scale, rule}
	x := g.x + g.w - g.p.width(s, text)
	high, low := math.Inf(1), math.Inf(-1) // of the line beneath the words
	for i := range g.c.Points {
		pt := &g.c.Points[i]
		next := i+1 < len(g.c.Points) && g.at(g.c.Points[i+1].At) >= x
		if pt.Value != nil && (g.at(pt.At) >= x || next) {
			high, low = min(high, g.level(*pt.Value)), max(low, g.level(*pt.Value))
		}
	}
	y := high - 5
	above := g.y - g.p.gap(8) // beside the unit
	if g.c.Target != nil && math.Abs(g.level(*g.c.Target)-y+s.size/2) < s.size || y < above {
		if below := low + s.size + 4; below < g.y+g.h-3 || y < above {
			y = min(below, g.y+g.h-3)
		}
	}
	g.p.put(s, x, y, text)
}

// broken says whether the figure began to be counted otherwise between two days.
func (g *plot) broken(a, b time.Time) bool {
	for _, br := range g.c.Breaks {
		if br.At.After(a) && !br.At.After(b) {
			return true
		}
	}
	return false
}

func (g *plot) target() {
	if g.c.Target == nil {
		return
	}
	p := g.p
	y := g.level(*g.c.Target)
	p.stroke(good, 0.9)
	p.f.SetDashPattern([]float64{5, 3}, 0)
	p.f.Line(g.x, y, g.x+g.w, y)
	p.f.SetDashPattern(nil, 0)
	s := style{"", 8 * p.scale, good}
	label := "mål " + g.number(*g.c.Target)
	if p.words.Lang() != "sv" {
		label = "target " + g.number(*g.c.Target)
	}
	at := y - 3
	if at-s.size < g.y {
		at = y + s.size + 1
	}
	p.put(s, g.x+3, at, label)
}

func breakMark(i int) string { return string(rune('A' + i%26)) }

func (g *plot) breaks() {
	p := g.p
	for i, b := range g.c.Breaks {
		if b.At.Before(g.begin) || b.At.After(g.over) {
			continue
		}
		x := g.at(b.At)
		p.stroke(soft, 0.7)
		p.f.SetDashPattern([]float64{1.5, 2}, 0)
		p.f.Line(x, g.y, x, g.y+g.h)
		p.f.SetDashPattern(nil, 0)
		p.put(style{"B", 8 * p.scale, soft}, x+2, g.y+g.h-3, breakMark(i))
	}
}
