package pdf

import "codeberg.org/go-pdf/fpdf"

// sign draws a sign as a shape, as wide as the letters are high.
func (p *paper) sign(r rune, x, baseline float64, s style) {
	d := s.size * 0.34 // half of what it measures
	cx, cy := x+s.size*0.42, baseline-s.size*0.345
	p.stroke(s.colour, s.size*0.09)
	p.fill(s.colour)
	polygon := func(how string, points ...fpdf.PointType) { p.f.Polygon(points, how) }
	at := func(dx, dy float64) fpdf.PointType { return fpdf.PointType{X: cx + dx*d, Y: cy + dy*d} }
	switch r {
	case '●':
		p.f.Circle(cx, cy, d, "FD")
	case '○':
		p.f.Circle(cx, cy, d, "D")
	case '◐':
		p.f.Circle(cx, cy, d, "D")
		p.f.MoveTo(cx, cy+d)
		p.f.ArcTo(cx, cy, d, d, 0, 90, 270)
		p.f.ClosePath()
		p.f.DrawPath("F")
	case '■':
		p.f.Rect(cx-d*0.9, cy-d*0.9, d*1.8, d*1.8, "FD")
	case '□':
		p.f.Rect(cx-d*0.9, cy-d*0.9, d*1.8, d*1.8, "D")
	case '▲':
		polygon("FD", at(0, -1), at(1, 0.85), at(-1, 0.85))
	case '△':
		polygon("D", at(0, -1), at(1, 0.85), at(-1, 0.85))
	case '▼':
		polygon("FD", at(0, 1), at(1, -0.85), at(-1, -0.85))
	case '▽':
		polygon("D", at(0, 1), at(1, -0.85), at(-1, -0.85))
	case '◆':
		polygon("FD", at(0, -1.1), at(1.1, 0), at(0, 1.1), at(-1.1, 0))
	case '◇':
		polygon("D", at(0, -1.1), at(1.1, 0), at(0, 1.1), at(-1.1, 0))
	}
}
