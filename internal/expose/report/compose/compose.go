// Package compose makes the reports: findings, definitions and what is known of
// the sources in, documents of finished sentences out. It is pure: no clock, no
// database. A document says the same whenever it is made of the same.
package compose

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// The kinds of reports.
const (
	Leadership = "ledning"
	Audit      = "revision"
	Own        = "forvaltning"
	Monthly    = "manad"
)

// Input is what every report is made of.
type Input struct {
	Municipality, Version string
	Demo                  bool
	// Made is when the report is made; zero is not said, as where the same input
	// has to give the same report.
	Made      time.Time
	At        store.Point // what the figures hold for
	Began     time.Time   // when anything was first collected; zero is not known
	Catalogue catalogue.Catalogue
	Findings  []finding.Finding
	Before    []finding.Finding // the same figures a year earlier, as far as there are any
	Sources   []store.SourceState
	Steps     nextstep.Ranking
}

// composer makes one document.
type composer struct {
	Input
	w      wording.Words
	defs   map[string]*catalogue.Definition
	now    map[string]*finding.Finding
	before map[string]*finding.Finding
}

func newComposer(in Input) composer {
	c := composer{Input: in, defs: map[string]*catalogue.Definition{}, now: map[string]*finding.Finding{}, before: map[string]*finding.Finding{}}
	for i := range in.Catalogue.KPIs {
		c.defs[in.Catalogue.KPIs[i].ID] = &in.Catalogue.KPIs[i]
	}
	for i := range in.Findings {
		c.now[in.Findings[i].KPI] = &in.Findings[i]
	}
	for i := range in.Before {
		c.before[in.Before[i].KPI] = &in.Before[i]
	}
	return c
}

// document is a report without its sections.
func (c composer) document(kind, title, lead string) document.Document {
	return document.Document{
		Title: title, Kind: kind, Lead: lead, Municipality: c.Municipality, Lang: c.w.Lang(),
		AsOf: c.At.AsOf, Made: c.Made, Version: c.Version, Demo: c.Demo,
	}
}

// dayOr is day, or "okänt" of the zero time.
func (c composer) dayOr(t time.Time) string {
	if t.IsZero() {
		return "okänt"
	}
	return c.day(t)
}

// day writes an instant as the day it is in the municipality.
func (c composer) day(t time.Time) string { return c.w.Day(t.In(calendar.Location())) }

// Kinds lists the reports that can be made.
func Kinds() []string { return []string{Leadership, Audit, Own, Monthly} }
