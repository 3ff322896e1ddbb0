package pdf

import (
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

// grid is a table with its columns measured out.
type grid struct {
	p       *paper
	t       *document.Table
	scale   float64
	widths  []float64 // with the space to the next column
	caption []row
	titles  [][]row
}

const (
	between = 9.0 // two columns
	margin  = 4.0 // text of the last column and the edge of the table
	padding = 2.6 // above and below the text of a row
)

// after is the space that a column leaves to its right. Figures of the last one
// stand at the edge of the table; text that reached it would seem to be cut.
func after(t *document.Table, i int) float64 {
	switch {
	case i < len(t.Columns)-1:
		return between
	case t.Columns[i].Right || i == 0:
		return 0
	}
	return margin
}

func (p *paper) layout(t *document.Table) *grid {
	g := &grid{p: p, t: t, scale: p.scale}
	g.widths, g.scale = p.columns(t)
	g.caption = p.wrap(span(p.of(h4), t.Caption), measure)
	for i, c := range t.Columns {
		g.titles = append(g.titles, p.wrap(span(g.style(column), c.Title), g.room(i)))
	}
	return g
}

func (g *grid) style(s style) style {
	s.size *= g.scale
	return s
}

// room is what the text of a column may take.
func (g *grid) room(i int) float64 { return g.widths[i] - after(g.t, i) }

// runs are what stands in a cell.
func (g *grid) runs(c document.Cell) []run {
	s := g.style(cell)
	var out []run
	if c.State != nil {
		out = stateRuns(*c.State, s)
	}
	if c.Text != "" {
		out = append(out, run{s, c.Text})
	}
	return out
}

func (g *grid) cells(of []document.Cell) [][]row {
	out := make([][]row, len(g.widths))
	for i := range g.widths {
		if i < len(of) {
			out[i] = g.p.wrap(g.runs(of[i]), g.room(i))
		}
	}
	return out
}

func (g *grid) headHeight() float64 { return tallest(g.titles) + 2*g.p.gap(padding) }

// start is what must stand together where the table begins.
func (g *grid) start() float64 {
	h := heightOf(g.caption) + g.headHeight()
	if len(g.t.Rows) > 0 {
		h += tallest(g.cells(g.t.Rows[0])) + 2*g.p.gap(padding)
	}
	return h
}

func tallest(cells [][]row) float64 {
	h := 0.0
	for _, c := range cells {
		h = max(h, heightOf(c))
	}
	return h
}

// table repeats its headings on each page and never divides a row.
func (p *paper) table(t *document.Table) {
	if len(t.Columns) == 0 {
		return
	}
	g := p.layout(t)
	p.y += p.gap(3)
	p.room(g.start())
	if t.Caption != "" {
		p.flow(g.caption, p.of(h4), side, nil)
		p.y += p.gap(1)
	}
	g.head()
	for _, r := range t.Rows {
		g.row(g.cells(r))
	}
	p.y += p.gap(3)
	if t.More != "" {
		s := p.of(small)
		p.flow(p.wrap(span(s, t.More), measure), s, side, nil)
	}
	p.y += p.gap(7)
}

func (g *grid) head() {
	g.draw(g.titles, tallest(g.titles), true)
	g.p.ruleAt(g.p.y, 1, rule)
}

func (g *grid) row(cells [][]row) {
	p := g.p
	h := tallest(cells) + 2*p.gap(padding)
	if p.y+h > pageHeight-bottom {
		p.page()
		g.head()
	}
	for p.y+h > pageHeight-bottom { // higher than a page: only then is it divided
		h = g.part(cells)
	}
	g.draw(cells, h-2*p.gap(padding), false)
	p.ruleAt(p.y, 0.4, line)
}

// part draws what fits of a row that is higher than a page, and returns how high the rest is.
func (g *grid) part(cells [][]row) float64 {
	p := g.p
	room := p.left() - 2*p.gap(padding)
	now := make([][]row, len(cells))
	for i, c := range cells {
		n, h := 0, 0.0
		for n < len(c) && h+rowHeight(c[n]) <= room {
			h += rowHeight(c[n])
			n++
		}
		now[i], cells[i] = c[:n], c[n:]
	}
	g.draw(now, room, false)
	p.page()
	g.head()
	return tallest(cells) + 2*p.gap(padding)
}

// draw writes one row, cell after cell, the headings at the foot of theirs.
func (g *grid) draw(cells [][]row, height float64, head bool) {
	p := g.p
	pad := p.gap(padding)
	x := side
	for i, c := range cells {
		y := p.y + pad
		if head {
			y += height - heightOf(c)
		}
		for _, l := range c {
			lh := rowHeight(l)
			lx := x
			if g.t.Columns[i].Right {
				lx += g.room(i) - p.rowWidth(l)
			}
			p.line(l, lx, y+lh*0.76)
			y += lh
		}
		x += g.widths[i]
	}
	p.y += height + 2*pad
}
