package pdf

import (
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// A4 in points, and its margins.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	side       = 48.0
	top        = 58.0
	bottom     = 52.0
	measure    = pageWidth - 2*side // the width of the text
)

// paper is a document on its way to pages. y is how far the page is filled.
type paper struct {
	f       *fpdf.Fpdf
	d       *document.Document
	words   wording.Words
	scale   float64
	total   int
	y       float64
	glyphs  *glyphs
	current style
}

func newPaper(d document.Document, scale float64, total int) (*paper, error) {
	g, err := newGlyphs()
	if err != nil {
		return nil, err
	}
	p := &paper{d: &d, words: wording.In(d.Lang), scale: scale, total: total, glyphs: g}
	f := fpdf.New("P", "pt", "A4", "")
	f.SetCatalogSort(true)
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(side, top, side)
	f.SetCellMargin(0)
	addFonts(f)
	f.SetTitle(d.Title, true)
	f.SetAuthor(d.Municipality, true)
	f.SetCreator("kommunpuls "+d.Version, true)
	f.SetProducer("kommunpuls "+d.Version, true)
	f.SetLang(d.Lang)
	made := p.made()
	f.SetCreationDate(made)
	f.SetModificationDate(made)
	f.SetXmpMetadata(xmp(&d, made))
	f.SetDisplayMode("fullwidth", "continuous")
	p.f = f
	return p, f.Error()
}

// made is when the document came to be: never the time of writing it out.
func (p *paper) made() time.Time {
	for _, t := range []time.Time{p.d.Made, p.d.AsOf} {
		if !t.IsZero() {
			return t.UTC().Truncate(time.Second)
		}
	}
	return time.Unix(0, 0).UTC()
}

// page begins a new page with what every page bears.
func (p *paper) page() {
	p.f.AddPage()
	p.current = style{} // a page begins without a font
	marks := p.d.Marks
	x := side
	if p.d.Demo {
		x = p.stamp(x, "DEMODATA", bad) + 6
	}
	x = p.stamp(x, p.words.Text(notForPublication), rule) + 12
	p.aside(x, 34, strings.Join(marks, " · "))
	p.ruleAt(44, 0.5, line)

	base := pageHeight - 26
	p.ruleAt(base-12, 0.5, line)
	n := strconv.Itoa(p.f.PageNo())
	number := "Sida " + n + " av " + strconv.Itoa(p.total)
	if p.words.Lang() == wording.English {
		number = "Page " + n + " of " + strconv.Itoa(p.total)
	}
	w := p.width(footer, number)
	p.put(footer, side, base, p.short(footer, p.d.Municipality+" · "+p.d.Title, measure-w-20))
	p.put(footer, pageWidth-side-w, base, number)
	p.y = top
}

// stamp puts a word in a frame at the head of a page; it returns where it ends.
func (p *paper) stamp(x float64, text string, c colour) float64 {
	s := style{face: "B", size: 8, colour: c}
	w := p.width(s, text) + 10
	p.stroke(c, 0.8)
	p.f.Rect(x, 24, w, 14, "D")
	p.put(s, x+5, 33.8, text)
	return x + w
}

// aside puts a text to the right of x, smaller where it is long.
func (p *paper) aside(x, y float64, text string) {
	s := style{face: "B", size: 8, colour: ink}
	for s.size > 5.5 && p.width(s, text) > pageWidth-side-x {
		s.size -= 0.5
	}
	if w := p.width(s, text); w <= pageWidth-side-x {
		p.put(s, pageWidth-side-w, y, text)
		return
	}
	p.put(s, x, y, p.short(s, text, pageWidth-side-x))
}

// head is the title and the sentence under it.
func (p *paper) head() {
	p.flow(p.wrap(span(p.of(over), p.d.Municipality), measure), p.of(over), side, nil)
	p.flow(p.wrap(span(p.of(h1), p.d.Title), measure), p.of(h1), side, nil)
	if p.d.Lead != "" {
		p.y += p.gap(3)
		p.flow(p.wrap(span(p.of(lead), p.d.Lead), measure), p.of(lead), side, nil)
	}
	p.y += p.gap(4)
}

// end says what made the document and why it is not for publication.
func (p *paper) end() {
	made := wording.Capital(p.words.Text(madeWith)) + " kommunpuls " + p.d.Version
	if !p.d.Made.IsZero() {
		made = p.words.Text(madeOn) + " " + p.words.Day(p.d.Made.In(calendar.Location())) + " " + p.words.Text(madeWith) + " kommunpuls " + p.d.Version
	}
	text := strings.TrimSpace(made) + ". " + p.words.Text(whyNot)
	s := p.of(footer)
	lines := p.wrap(span(s, text), measure)
	p.y += p.gap(6)
	p.room(float64(len(lines)) * s.height())
	p.flow(lines, s, side, nil)
}

// heading begins a section: not at the foot of a page, and in the outline.
func (p *paper) heading(sec *document.Section, level int) {
	step := min(max(sec.Level, 1), 3) - 1
	s := p.of([]style{h2, h3, h4}[step])
	lines := p.wrap(span(s, sec.Title), measure)
	before := p.gap([]float64{13, 8, 6}[step])
	if p.y <= top+1 {
		before = 0
	}
	h := before + float64(len(lines))*s.height()
	least := p.gap(30)
	if len(sec.Blocks) > 0 {
		least = p.least(sec.Blocks[0])
	}
	p.room(h + min(least, pageHeight-top-bottom-h-1))
	if p.y > top+1 {
		p.y += before
	}
	if level == 1 && p.y > top+1 {
		p.ruleAt(p.y, 1, rule)
		p.y += p.gap(4)
	}
	p.f.Bookmark(p.plain(sec.Title), level-1, p.y)
	p.flow(lines, s, side, nil)
	p.y += p.gap(2)
}

// room begins a new page unless h fits on this one.
func (p *paper) room(h float64) {
	if p.y+h > pageHeight-bottom && p.y > top+1 {
		p.page()
	}
}

func (p *paper) left() float64 { return pageHeight - bottom - p.y }

func (p *paper) gap(points float64) float64 { return points * p.scale }
