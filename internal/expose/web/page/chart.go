package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

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

// point is a figure at an instant.
type point struct {
	at    time.Time
	value float64
	after bool
	said  string
	joins bool // to the point before
}

// size is how large a chart is drawn: one for wide windows, one for phones.
type size struct {
	class string
	w, h  int
	left  float64
	most  int // most months named
}

// curve is everything that is drawn.
type curve struct {
	points []point
	target *float64
	ahead  *point // where the target is met at today's pace
	breaks []finding.Break
	unit   string
}

// draw places a curve on a plane.
func (f Frame) draw(c curve, z size, title, desc string) Chart {
	ch := Chart{ID: "diagram-" + z.class, Class: z.class, W: z.w, H: z.h, Title: title, Desc: desc, Left: z.left, Right: float64(z.w) - 14, Top: 20, Bottom: float64(z.h) - 40, Foot: float64(z.h) - 35}
	from, to := c.points[0].at, c.points[len(c.points)-1].at
	if c.ahead != nil && c.ahead.at.After(to) {
		to = c.ahead.at
	}
	low, high := c.span()
	step := stepOf(c.unit, low, high)
	low, high = floorTo(low, step), ceilTo(high, step)
	x := func(t time.Time) float64 {
		return ch.Left + (ch.Right-ch.Left)*t.Sub(from).Seconds()/max(to.Sub(from).Seconds(), 1)
	}
	y := func(v float64) float64 { return ch.Bottom - (ch.Bottom-ch.Top)*(v-low)/(high-low) }
	for v := low; v <= high+step/2; v += step {
		ch.Levels = append(ch.Levels, Label{Y: y(v), Text: f.axis(c.unit, v, high)})
	}
	var line []string
	flush := func() {
		if len(line) > 1 {
			ch.Lines = append(ch.Lines, strings.Join(line, " "))
		}
		line = nil
	}
	for _, p := range c.points {
		if !p.joins {
			flush()
		}
		line = append(line, xy(x(p.at), y(p.value)))
		ch.Dots = append(ch.Dots, Dot{X: x(p.at), Y: y(p.value), After: p.after, Said: p.said})
	}
	flush()
	last := c.points[len(c.points)-1]
	ch.Last = &Label{X: min(x(last.at)+4, ch.Right), Y: max(y(last.value)-10, 12), Text: f.axisExact(c.unit, last.value), Anchor: "end"}
	if c.ahead != nil {
		ch.Ahead = xy(x(last.at), y(last.value)) + " " + xy(x(c.ahead.at), y(c.ahead.value))
		ch.Last.Anchor = "middle"
	}
	if c.target != nil {
		ch.Target = &Label{X: ch.Left + 4, Y: y(*c.target), Shift: -5, Text: f.say("target-line", f.axisExact(c.unit, *c.target))}
		if over := y(*c.target) - y(c.points[0].value); over > -4 && over < 22 {
			ch.Target.Shift = 16 // the curve begins where the word would stand
		}
	}
	for _, b := range c.breaks {
		if t, err := time.ParseInLocation(time.DateOnly, b.On, from.Location()); err == nil && t.After(from) && t.Before(to) {
			ch.Breaks = append(ch.Breaks, Label{X: x(t), Text: f.say("break-line")})
		}
	}
	ch.Ticks = f.months(from, to, x, z.most)
	return ch
}

func xy(x, y float64) string { return fmt.Sprintf("%.1f,%.1f", x, y) }

// span is the lowest and the highest that is drawn. Zero is always within it:
// a cut axis makes small changes look large.
func (c curve) span() (low, high float64) {
	for _, p := range c.points {
		low, high = min(low, p.value), max(high, p.value)
	}
	if c.target != nil {
		low, high = min(low, *c.target), max(high, *c.target)
	}
	if c.unit == "share" && high > 0.5 && high <= 1 {
		high = 1
	}
	if high == low {
		high = low + 1
	}
	return low, high
}

// months names the ends of months along the axis, where their figures stand, at
// most so many, the year under the first of each.
func (f Frame) months(from, to time.Time, x func(time.Time) float64, most int) []Label {
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
