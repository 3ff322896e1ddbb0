package pdf

import (
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

func (p *paper) paragraph(text string) {
	s := p.of(body)
	p.flow(p.wrap(span(s, text), measure), s, side, nil)
	p.y += p.gap(5)
}

// note stands out by a bar and a tint.
func (p *paper) note(text string) {
	s := p.of(body)
	lines := p.wrap(span(s, text), measure-24)
	pad := p.gap(4)
	p.room(min(float64(len(lines))*s.height()+2*pad, pageHeight-top-bottom-1))
	p.y += pad
	p.flow(lines, s, side+12, func(y, h float64) {
		p.fill(tint)
		p.f.Rect(side, y-pad, measure, h+2*pad, "F")
		p.fill(rule)
		p.f.Rect(side, y-pad, 2.5, h+2*pad, "F")
	})
	p.y += pad + p.gap(6)
}

// list puts a number or a dot before each sentence, and what it rests on in
// smaller letters behind it.
func (p *paper) list(l document.List) {
	s := p.of(body)
	indent := p.width(p.of(strong), strconv.Itoa(max(len(l.Items), 10))+". ")
	for i, it := range l.Items {
		runs := span(s, it.Text)
		if it.Small != "" {
			runs = append(runs, run{p.of(small), it.Small})
		}
		lines := p.wrap(runs, measure-indent)
		p.room(min(float64(len(lines)), 2) * s.height())
		marked := false
		p.flow(lines, s, side+indent, func(y, _ float64) {
			if marked {
				return
			}
			marked = true
			mark, m := "•", p.of(body)
			if l.Ordered {
				mark, m = strconv.Itoa(i+1)+".", style{"B", s.size, rule}
			}
			p.put(m, side, y+s.height()*0.76, mark)
		})
		p.y += p.gap(2.5)
	}
	p.y += p.gap(3)
}

// figures stand two beside each other, each below a thin line.
func (p *paper) figures(fs []document.Figure) {
	across := 2
	if len(fs) == 1 {
		across = 1
	}
	const between = 22.0
	w := (measure - between*float64(across-1)) / float64(across)
	for len(fs) > 0 {
		n := min(across, len(fs))
		var cells [][]row
		h := 0.0
		for i := range fs[:n] {
			lines := p.figure(&fs[i], w)
			cells = append(cells, lines)
			h = max(h, heightOf(lines))
		}
		p.room(h + p.gap(6))
		for i, lines := range cells {
			x, y := side+float64(i)*(w+between), p.y
			p.stroke(line, 0.6)
			p.f.Line(x, y, x+w, y)
			y += p.gap(3)
			for _, l := range lines {
				lh := rowHeight(l)
				p.line(l, x, y+lh*0.76)
				y += lh
			}
		}
		p.y += h + p.gap(9)
		fs = fs[n:]
	}
}

// figure is the lines of one measure: its name, the count before the share, how
// it stands, and the rest.
func (p *paper) figure(f *document.Figure, width float64) []row {
	lines := p.wrap(span(style{"B", 9.2 * p.scale, soft}, f.Title), width)
	runs := span(p.of(value), f.Value)
	if f.Share != "" {
		runs = append(runs, run{style{"", 10.5 * p.scale, soft}, f.Share})
	}
	lines = append(lines, p.wrap(runs, width)...)
	if f.State.Word != "" {
		lines = append(lines, p.wrap(stateRuns(f.State, p.of(strong)), width)...)
	}
	if f.Text != "" {
		lines = append(lines, p.wrap(span(p.of(small), f.Text), width)...)
	}
	return lines
}

// stateRuns are a state's sign and word.
func stateRuns(st document.State, s style) []run {
	s.colour = map[int]colour{1: good, -1: bad}[st.Good]
	if st.Good == 0 {
		s.colour = calm
	}
	return span(s, stateText(st))
}

// stateText keeps a sign and its words on one line, unless they are many.
func stateText(st document.State) string {
	text := st.Word
	if len(text) < 24 {
		text = strings.ReplaceAll(text, " ", "\u00a0")
	}
	if st.Sign == "" {
		return text
	}
	return st.Sign + "\u00a0" + text
}

func rowHeight(r row) float64 {
	h := 0.0
	for _, part := range r {
		h = max(h, part.style.height())
	}
	return h
}

func heightOf(lines []row) float64 {
	h := 0.0
	for _, l := range lines {
		h += rowHeight(l)
	}
	return h
}

// least is how much of a block must stand on the page that it begins on.
func (p *paper) least(b document.Block) float64 {
	h := p.of(body).height()
	switch b := b.(type) {
	case document.Paragraph:
		return min(3, float64(len(p.wrap(span(p.of(body), b.Text), measure)))) * h
	case document.Note:
		return min(8, float64(len(p.wrap(span(p.of(body), b.Text), measure-24)))) * h
	case document.Figures:
		return 6 * h
	case document.Table:
		return p.layout(&b).start()
	case document.Chart:
		return p.chartHeight(&b)
	}
	return 2 * h
}
