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
	Findings    []finding.Finding
	Infos       []Info
	OrgUnits    []OrgUnit
	Sources     []store.SourceState
	Queues      []Queue
	Disruptions []Disruption
	// EvaluatedAt and EvaluationTime tell of the evaluation itself.
	EvaluatedAt    time.Time
	EvaluationTime time.Duration
	Demo           bool
}

// Info is what a KPI is, apart from its figure.
type Info struct {
	KPI, Unit, Direction, Area string
	Title                      finding.Text
}

// OrgUnit gives an org unit's id a name.
type OrgUnit struct{ ID, Name, Parent string }

// Queue is one queue of a service desk now, by priority.
type Queue struct {
	Queue, Priority string
	Open            int64
	Oldest          time.Time // opening time of the oldest open ticket
}

// Disruption is one ongoing disruption.
type Disruption struct{ Site, OrgUnit string }
