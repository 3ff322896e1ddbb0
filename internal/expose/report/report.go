// Package report writes reports as HTML: one file without any external resource,
// to read on a screen and to print. It makes the page of everything that init and
// the demo write; package compose makes the reports for each kind of reader.
package report

import (
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

// Write writes the page.
func Write(w io.Writer, r Report) error {
	return HTML(w, newView(r).document(r))
}
