package pdf

import (
	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// colour is red, green and blue.
type colour [3]int

// The colours are those of the HTML.
var (
	ink  = colour{0x1b, 0x23, 0x27}
	soft = colour{0x4c, 0x58, 0x5e}
	line = colour{0xc9, 0xd2, 0xd6}
	rule = colour{0x12, 0x33, 0x3f}
	tint = colour{0xf2, 0xf6, 0xf7}
	good = colour{0x1c, 0x5a, 0x2e}
	bad  = colour{0x8f, 0x1d, 0x1d}
	calm = colour{0x3f, 0x4c, 0x53}
)

// style is how text is set: a face ("" upright, "B" bold), a size in points.
type style struct {
	face   string
	size   float64
	colour colour
}

// What the parts of a document are set in, at full size.
var (
	body   = style{"", 10, ink}
	strong = style{"B", 10, ink}
	small  = style{"", 8.8, soft}
	over   = style{"", 10, soft}
	lead   = style{"", 11, soft}
	h1     = style{"B", 20, rule}
	h2     = style{"B", 14, rule}
	h3     = style{"B", 11.5, rule}
	h4     = style{"B", 10.2, rule}
	cell   = style{"", 8.8, ink}
	column = style{"B", 8.6, soft}
	value  = style{"B", 14, ink}
	footer = style{"", 8, soft}
)

// Words that the document does not have itself.
var (
	notForPublication = finding.Text{SV: "Ej för publicering", EN: "Not for publication"}
	madeOn            = finding.Text{SV: "Gjord den", EN: "Made on"}
	madeWith          = finding.Text{SV: "med", EN: "with"}
	whyNot            = finding.Text{
		SV: "Den här filen saknar de märken som en skärmläsare går efter. Därför publiceras den inte: originalet är webbsidan med samma innehåll.",
		EN: "This file lacks the tags that a screen reader goes by. Therefore it is not published: the original is the web page with the same content.",
	}
)

// height is the distance between two lines.
func (s style) height() float64 {
	if s.size >= 11.4 {
		return s.size * 1.25
	}
	return s.size * 1.38
}

// of is a style at the scale of the paper.
func (p *paper) of(s style) style {
	s.size *= p.scale
	return s
}

const family = "go"

func addFonts(f *fpdf.Fpdf) {
	f.AddUTF8FontFromBytes(family, "", goregular.TTF)
	f.AddUTF8FontFromBytes(family, "B", gobold.TTF)
}

func (p *paper) use(s style) {
	if p.current.face != s.face || p.current.size != s.size {
		p.f.SetFont(family, s.face, s.size)
	}
	if p.current.colour != s.colour || p.current.size == 0 {
		p.f.SetTextColor(s.colour[0], s.colour[1], s.colour[2])
	}
	p.current = s
}

func (p *paper) stroke(c colour, width float64) {
	p.f.SetDrawColor(c[0], c[1], c[2])
	p.f.SetLineWidth(width)
}

func (p *paper) fill(c colour) { p.f.SetFillColor(c[0], c[1], c[2]) }

// ruleAt draws a line over the whole measure.
func (p *paper) ruleAt(y, width float64, c colour) {
	p.stroke(c, width)
	p.f.Line(side, y, pageWidth-side, y)
}
