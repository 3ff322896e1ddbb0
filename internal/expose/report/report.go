// Package report writes the printed page: one HTML file without any external
// resource, in the Swedish of people who run a municipality.
package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Report is what the page shows.
type Report struct {
	Municipality string
	Version      string
	Generated    time.Time
	Demo         bool // marks every page DEMODATA
	// Findings in catalogue order. Those with Evidence get a work list.
	Findings  []finding.Finding
	Catalogue catalogue.Catalogue
	Sources   []store.SourceState
	// Steps are the ranked next steps, if any, and StepRule how they are ranked.
	Steps    nextstep.Ranking
	StepRule finding.Text
	// MaxRows is the most rows of one work list; 0 is 60.
	MaxRows int
}

var (
	//go:embed report.html.tmpl
	pageText string
	//go:embed report.css
	styleText string
)

// Write writes the page.
func Write(w io.Writer, r Report) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"css": func() template.CSS { return template.CSS(styleText) }, //nolint:gosec // our own embedded file
		"inc": func(i int) int { return i + 1 },
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	v, err := newView(r)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := t.Execute(w, v); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
