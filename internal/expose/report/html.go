package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/chart"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

var (
	//go:embed document.html.tmpl
	documentText string
	//go:embed document.css
	documentStyle string
)

// HTML writes a report as one file without any external resource: the
// accessible original, to read on a screen and to print on A4.
func HTML(w io.Writer, d document.Document) error {
	p := pictures{w: wording.In(d.Lang)}
	t, err := template.New("document").Funcs(template.FuncMap{"kind": kind, "draw": p.draw, "hundredths": func(share float64) int { return int(share*100 + .5) }}).Parse(documentText)
	if err == nil {
		_, err = t.Parse(chart.Template)
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := t.Execute(w, newSheet(d)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// sheet is a document with what its pages bear.
type sheet struct {
	document.Document
	Style    template.CSS
	Day      string // what the figures hold for
	Made     string // when it was made, "" if that is not said
	Chapters []document.Section
}

// shortKind is the report that is one page and needs no list of contents.
const shortKind = "ledning"

func newSheet(d document.Document) sheet {
	w := wording.In(d.Lang)
	s := sheet{Document: d, Style: template.CSS(documentStyle + paper(d))} //nolint:gosec // our own file, and texts in which every sign is escaped
	if !d.AsOf.IsZero() {
		s.Day = w.Day(d.AsOf.In(calendar.Location()))
	}
	if !d.Made.IsZero() {
		s.Made = w.Day(d.Made.In(calendar.Location()))
	}
	if d.Kind != shortKind {
		for _, x := range d.Sections {
			if x.Level == 1 {
				s.Chapters = append(s.Chapters, x)
			}
		}
	}
	return s
}

// paper is what stands in the margins of every printed page.
func paper(d document.Document) string {
	marks := d.Marks
	if d.Demo {
		marks = append([]string{"DEMODATA"}, marks...)
	}
	page := ""
	if d.Kind == shortKind {
		page = "margin:15mm 17mm 15mm;"
	}
	return fmt.Sprintf("@page{"+page+"@top-right{content:%s}@bottom-left{content:%s}}", quoted(strings.Join(marks, " · ")), quoted(d.Municipality+" · "+d.Title))
}

// quoted writes a text as a string of CSS: every sign that is not a letter or a
// digit by its number.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\%06x`, r)
	}
	b.WriteByte('"')
	return b.String()
}

// kind names a block, for the template that writes it.
func kind(b document.Block) (string, error) {
	switch b.(type) {
	case document.Paragraph:
		return "paragraph", nil
	case document.Note:
		return "note", nil
	case document.List:
		return "list", nil
	case document.Figures:
		return "figures", nil
	case document.Table:
		return "table", nil
	case document.Chart:
		return "chart", nil
	}
	return "", fmt.Errorf("no way to write a block %T", b)
}
