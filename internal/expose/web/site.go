package web

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Site is what the pages show beside the figures.
type Site interface {
	// Catalogue returns the definitions in force.
	Catalogue() catalogue.Catalogue
	// Facts returns what stood at the last evaluation, without asking the store.
	Facts(ctx context.Context) (Facts, error)
	// History returns a figure at the end of each month within a stretch of time,
	// oldest first; store.ErrNotFound for an unknown id.
	History(ctx context.Context, q HistoryQuery) (History, error)
	// Unmapped lists the names that lead to nothing, by what they should name.
	Unmapped(ctx context.Context) ([]NameGroup, error)
}

// Facts is what the pages know beside the figures.
type Facts struct {
	Municipality, Version string
	Demo                  bool
	EvaluatedAt           time.Time
	// Began is when anything was first collected; zero where nothing has been.
	Began     time.Time
	Sources   []SourceFacts
	NextSteps []NextStep
	// Whole are the org units that are the municipality itself. They have rows of
	// their own in breakdowns and are no förvaltning.
	Whole []string
}

// SourceFacts is a source with what may be said of it now.
type SourceFacts struct {
	store.SourceState
	Late bool
	// Failing says why the last reading failed, "" if it did not.
	Failing string
}

// NextStep is a ranked next step, of the whole ("") or of one org unit.
type NextStep struct {
	KPI, OrgUnit string
	Rows         int64
	Score        float64
}

// HistoryQuery asks for a figure over time.
type HistoryQuery struct {
	KPI string
	// OrgUnit is the förvaltning whose rows of the breakdowns are to be there; ""
	// is the whole, whose figures may lack their breakdowns.
	OrgUnit  string
	From, To time.Time
}

// History is a figure over time.
type History struct {
	// Findings are those of the ends of months, oldest first. What was computed
	// long after has a KnownAt that says so.
	Findings []finding.Finding
	// Unfinished tells that more months are being computed than there was time for.
	Unfinished bool
}

// NameGroup is the names of one sort that lead to nothing.
type NameGroup struct {
	Title          string // "system i ärenden"
	Names, Records int64
	Unclear        int64 // of the names, those that fit several
	Most           []UnmappedName
}

// UnmappedName is a name that leads to nothing, with the closest known one.
type UnmappedName struct {
	Source, Name, Closest string
	Records               int64
	Fits                  string
}

func (r restricted) Catalogue() catalogue.Catalogue { return r.inner.Catalogue() }

// Facts gives a förvaltning its own next steps, and of the sources what does
// not stand in their rows.
func (r restricted) Facts(ctx context.Context) (Facts, error) {
	v := VisitorFrom(ctx)
	f, err := r.inner.Facts(ctx)
	if err != nil || v.All() {
		return f, err
	}
	steps := f.NextSteps
	f.NextSteps = nil
	for _, s := range steps {
		if v.Sees(s.OrgUnit) {
			f.NextSteps = append(f.NextSteps, s)
		}
	}
	sources := f.Sources
	f.Sources = nil
	for _, s := range sources {
		s.Counts.Warnings = nil
		if v.May(Read) {
			f.Sources = append(f.Sources, s)
		}
	}
	return f, nil
}

func (r restricted) History(ctx context.Context, q HistoryQuery) (History, error) {
	v := VisitorFrom(ctx)
	if !v.May(Read) {
		return History{}, ErrForbidden
	}
	h, err := r.inner.History(ctx, q)
	if err != nil || v.All() {
		return h, err
	}
	out := make([]finding.Finding, len(h.Findings))
	for i, f := range h.Findings {
		out[i] = own(v, f)
	}
	h.Findings = out
	return h, nil
}

// Unmapped names stand in rows of every förvaltning.
func (r restricted) Unmapped(ctx context.Context) ([]NameGroup, error) {
	if !VisitorFrom(ctx).All() {
		return nil, nil
	}
	return r.inner.Unmapped(ctx)
}
