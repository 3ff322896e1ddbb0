// Package chart draws a figure over time: points in, the coordinates and the
// words of an SVG picture out, and the template that writes it. The pages and
// the reports draw with it.
package chart

import (
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Template defines the template "chart", which writes a Chart as SVG.
//
//go:embed chart.tmpl
var Template string

// Chart is a figure over time as lines and points to draw. Everything that it
// shows stands in a table beside it.
type Chart struct {
	ID, Class     string
	W, H          int
	Title, Desc   string
	Left, Right   float64 // of the plot
	Top, Bottom   float64
	Foot          float64  // of the marks of months
	Lines         []string // points of polylines, a new one after each gap
	Dots          []Dot
	Last          *Label
	Ticks, Levels []Label
	Target        *Label
	Ahead         string // points of the line towards the target, "" is none
	Breaks        []Label
}

// Dot is one point; After tells that it was computed long after its time.
type Dot struct {
	X, Y  float64
	After bool
	Said  string
}

// Label is a line with a word: of a month, a level, a target, a break.
type Label struct {
	X, Y   float64
	Text   string
	Anchor string // of a text; of a month the year beneath it
	Shift  int    // of the text from its line
}

// Point is a figure at an instant.
type Point struct {
	At    time.Time
	Value float64
	After bool // it was computed long after its time
	Said  string
	Joins bool // to the point before
}

// Size is how large a chart is drawn.
type Size struct {
	Class string
	W, H  int
	Left  float64
	Most  int // most months named
}

// Wide is the size for wide windows and for paper.
func Wide() Size { return Size{Class: "wide", W: 860, H: 300, Left: 66, Most: 14} }

// Narrow is the size for phones.
func Narrow() Size { return Size{Class: "narrow", W: 360, H: 240, Left: 58, Most: 6} }

// Curve is everything that is drawn: at least one point.
type Curve struct {
	Points []Point
	Target *float64
	Ahead  *Point // where the target is met at today's pace
	Breaks []finding.Break
	Unit   string // of the values, as findings have it
}

// plane draws in one language.
type plane struct{ wording.Words }

func (p plane) pick(sv, en string) string { return p.Text(finding.Text{SV: sv, EN: en}) }

// Draw places a curve on a plane.
func Draw(w wording.Words, c Curve, z Size, title, desc string) Chart {
	return plane{w}.draw(c, z, title, desc)
}

func (f plane) draw(c Curve, z Size, title, desc string) Chart {
	ch := Chart{ID: "diagram-" + z.Class, Class: z.Class, W: z.W, H: z.H, Title: title, Desc: desc, Left: z.Left, Right: float64(z.W) - 14, Top: 20, Bottom: float64(z.H) - 40, Foot: float64(z.H) - 35}
	from, to := c.Points[0].At, c.Points[len(c.Points)-1].At
	if c.Ahead != nil && c.Ahead.At.After(to) {
		to = c.Ahead.At
	}
	low, high := c.span()
	step := f.stepOf(c.Unit, low, high)
	low, high = floorTo(low, step), ceilTo(high, step)
	x := func(t time.Time) float64 {
		return ch.Left + (ch.Right-ch.Left)*t.Sub(from).Seconds()/max(to.Sub(from).Seconds(), 1)
	}
	y := func(v float64) float64 { return ch.Bottom - (ch.Bottom-ch.Top)*(v-low)/(high-low) }
	for v := low; v <= high+step/2; v += step {
		ch.Levels = append(ch.Levels, Label{Y: y(v), Text: f.axis(c.Unit, v, high)})
	}
	var line []string
	flush := func() {
		if len(line) > 1 {
			ch.Lines = append(ch.Lines, strings.Join(line, " "))
		}
		line = nil
	}
	for _, p := range c.Points {
		if !p.Joins {
			flush()
		}
		line = append(line, xy(x(p.At), y(p.Value)))
		ch.Dots = append(ch.Dots, Dot{X: x(p.At), Y: y(p.Value), After: p.After, Said: p.Said})
	}
	flush()
	last := c.Points[len(c.Points)-1]
	ch.Last = &Label{X: min(x(last.At)+4, ch.Right), Y: max(y(last.Value)-10, 12), Text: f.axisExact(c.Unit, last.Value), Anchor: "end"}
	if c.Ahead != nil {
		ch.Ahead = xy(x(last.At), y(last.Value)) + " " + xy(x(c.Ahead.At), y(c.Ahead.Value))
		ch.Last.Anchor = "middle"
	}
	if c.Target != nil {
		ch.Target = &Label{X: ch.Left + 4, Y: y(*c.Target), Shift: -5, Text: f.pick("Mål ", "Target ") + f.axisExact(c.Unit, *c.Target)}
		if over := y(*c.Target) - y(c.Points[0].Value); over > -4 && over < 22 {
			ch.Target.Shift = 16 // the curve begins where the word would stand
		}
	}
	for _, b := range c.Breaks {
		if t, err := time.ParseInLocation(time.DateOnly, b.On, from.Location()); err == nil && t.After(from) && t.Before(to) {
			ch.Breaks = append(ch.Breaks, Label{X: x(t), Text: f.pick("serien bryts", "series break")})
		}
	}
	ch.Ticks = f.months(from, to, x, z.Most)
	return ch
}

func xy(x, y float64) string { return fmt.Sprintf("%.1f,%.1f", x, y) }

// span is the lowest and the highest that is drawn. Zero is always within it:
// a cut axis makes small changes look large.
func (c Curve) span() (low, high float64) {
	for _, p := range c.Points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	if c.Target != nil {
		low, high = min(low, *c.Target), max(high, *c.Target)
	}
	if c.Unit == "share" && high > 0.5 && high <= 1 {
		high = 1
	}
	if high == low {
		high = low + 1
	}
	return low, high
}

// months names the ends of months along the axis, where their figures stand, at
// most so many, the year under the first of each.
func (f plane) months(from, to time.Time, x func(time.Time) float64, most int) []Label {
	n := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	every := 1
	for _, e := range []int{1, 2, 3, 6, 12, 24, 60} {
		if every = e; n/e <= most {
			break
		}
	}
	var out []Label
	year := 0
	for t := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, from.Location()); !t.Add(-time.Second).After(to); t = t.AddDate(0, 1, 0) {
		named := t.AddDate(0, 0, -1)
		if int(named.Month())%min(every, 12) != 0 || every > 12 && named.Year()%(every/12) != 0 {
			continue
		}
		text := f.ShortMonth(named)
		if every >= 12 {
			text = ""
		}
		out = append(out, Label{X: x(t), Text: text})
		if named.Year() != year {
			year = named.Year()
			out[len(out)-1].Anchor = fmt.Sprint(year) // the second line
		}
	}
	return out
}
