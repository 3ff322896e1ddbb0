// Package pdf writes a report on paper: A4, with embedded fonts, text that can
// be selected and searched, and an outline. The pages are not tagged for who
// listens to them, so each says that it is not for publication; the HTML made
// from the same document is the accessible original.
package pdf

import (
	"fmt"
	"io"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

// onePage is the kind that is to be read on one page.
const onePage = "ledning"

// smallest is the scale below which nobody reads with pleasure: text of 8 points.
const smallest = 0.8

// Write writes the document. The same document gives the same bytes.
//
// One of the kind ledning is set smaller, down to a limit, when that puts it on
// one page; what is longer still is set in full size on two.
func Write(w io.Writer, d document.Document) error {
	p, err := set(d)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	if err := p.f.Output(w); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return nil
}

func set(d document.Document) (*paper, error) {
	if d.Kind == onePage {
		for scale := 1.0; scale >= smallest-0.001; scale -= 0.04 {
			p, err := render(d, scale, 1)
			if err != nil || p.f.PageCount() == 1 {
				return p, err
			}
		}
	}
	p, err := render(d, 1, 0)
	if err != nil {
		return nil, err
	}
	return render(d, 1, p.f.PageCount()) // now that they are known, each page says how many there are
}

// render sets the document; total is what its pages say that they are.
func render(d document.Document, scale float64, total int) (*paper, error) {
	p, err := newPaper(d, scale, total)
	if err != nil {
		return nil, err
	}
	p.page()
	p.head()
	level := 0
	for i := range d.Sections {
		s := &d.Sections[i]
		level = min(max(s.Level, 1), level+1) // an outline leaves no step out
		p.heading(s, level)
		for _, b := range s.Blocks {
			if err := p.block(b); err != nil {
				return nil, err
			}
		}
	}
	p.end()
	return p, p.f.Error()
}

func (p *paper) block(b document.Block) error {
	switch b := b.(type) {
	case document.Paragraph:
		p.paragraph(b.Text)
	case document.Note:
		p.note(b.Text)
	case document.List:
		p.list(b)
	case document.Figures:
		p.figures(b.Figures)
	case document.Table:
		p.table(&b)
	case document.Chart:
		p.chart(&b)
	default:
		return fmt.Errorf("no way to write a block %T", b)
	}
	return nil
}
