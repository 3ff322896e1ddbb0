// Package decision holds what the municipality has decided: targets with a due
// date, waivers with an expiry, its org units and their other names, its sites,
// and local rules. It is read from YAML or from the workbook that init writes.
//
// Days become instants in Europe/Stockholm: a day something begins is its
// first second, a day something ends (or a single day) its last.
package decision

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Set is all that is decided.
type Set struct {
	Targets    []Target
	Waivers    []Waiver
	Identities []store.Identity  // org units, systems, sites, suppliers
	Rules      map[string]string // "classification_max_age": "12m"
	Off        []Off
	None       []DeclaredNone
	Breaks     []Break
	Tiers      []string // most critical first; default gold, silver, bronze, copper
}

// Target is a target for one KPI, for the whole or one org unit.
type Target struct {
	KPI     string
	OrgUnit string // "" is the whole municipality
	finding.Target
	Base      *float64 // where the way to the target starts, for progress and pace
	BaseDate  time.Time
	ValidFrom time.Time
	ValidTo   time.Time
	State     string // active, superseded
}

// Waiver accepts a shortfall.
type Waiver struct {
	KPI, OrgUnit, Record string // what it covers; empty fields are wider
	finding.Waiver
	From    time.Time
	Expires time.Time
}

// Off switches a KPI off with a reason: outcome not_applicable.
type Off struct {
	KPI    string
	Reason string
}

// Break says that a series is another from a day: of one KPI, or of every KPI
// that a source feeds.
type Break struct {
	KPI, Source string // one of them
	On          time.Time
	Reason      string
}

// DeclaredNone says that a true zero holds where there are no rows: "no
// network disruptions in October", by whom and when.
type DeclaredNone struct {
	Record string // record kind, optionally "control:continuity_plan"
	By     string // role
	On     time.Time
}
