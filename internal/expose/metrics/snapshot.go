// Package metrics shows the last evaluation to Prometheus. It never evaluates
// at a scrape: it hands out what Publish was given.
package metrics

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Snapshot is everything one scrape shows.
type Snapshot struct {
	// Municipality and PublicURL tell whose figures these are and where the
	// pages behind them are, "https://kommunpuls.kommunen.se".
	Municipality, PublicURL string

	Findings  []finding.Finding
	Infos     []Info
	NextSteps []NextStep
	Waivers   []Waiver
	OrgUnits  []OrgUnit

	Queues      []Queue
	Flows       []Flow
	Waits       []Wait
	Disruptions []Disruption
	Sites       []Site
	Unmapped    []Unmapped

	Sources []store.SourceState
	// Took is how long each source's last collection took, by its name.
	Took map[string]time.Duration
	// EvaluatedAt and EvaluationTime tell of the evaluation itself.
	EvaluatedAt    time.Time
	EvaluationTime time.Duration
	Demo           bool
}

// Info is what a KPI is, apart from its figure.
type Info struct {
	KPI, Unit, Direction, Area string
	Title, NextStep            finding.Text
	Tags                       []Tag
}

// Tag places a KPI in a framework: scheme ey, kpmg, nis2 or itil.
type Tag struct{ Scheme, Tag string }

// NextStep is a ranked next step, of the whole ("") or of one org unit.
type NextStep struct {
	KPI, OrgUnit string
	Rows         int64
	Score        float64
}

// Waiver is a decision in force that accepts a shortfall. KPI is "" where it
// holds for every KPI; Scope is "kpi", "org_unit:<id>" or "record:<id or name>".
type Waiver struct {
	KPI, Scope, Decision string
	Expires              time.Time // last second of the last day
}

// OrgUnit gives an org unit's id a name.
type OrgUnit struct{ ID, Name, Parent string }

// Queue is one queue of a service desk now, by priority.
type Queue struct {
	Queue, Priority string
	Open            int64
	Oldest          time.Time // opening time of the oldest open ticket
}

// Flow is how many tickets came to a queue and left it within a window ("1h",
// "1d", "7d") before the evaluation.
type Flow struct {
	Queue, Window    string
	Opened, Resolved int64
}

// Wait is the working time within which nine in ten of a group of users had a
// first answer over the past day, those counted who still wait.
type Wait struct {
	UserGroup string
	Seconds   float64
}

// Disruption is one ongoing disruption.
type Disruption struct {
	Site, OrgUnit string
	Start         time.Time
	Users         int // people concerned; 0 is not known
	Planned       bool
}

// Site gives a place a name, the org unit it belongs to and its criticality,
// as the municipality words it; each is "" where nobody has said.
type Site struct{ Site, Name, OrgUnit, Criticality string }

// Unmapped counts the names of one sort that lead to nothing.
type Unmapped struct {
	Scheme, Kind string
	Names        int64
}
