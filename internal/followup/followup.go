// Package followup follows what was decided or recommended until it is done:
// the goals of a strategy and the recommendations of auditors. It is pure: rows
// and a day in, states and days open out.
package followup

import (
	"cmp"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// State is how far a goal or a recommendation has come.
type State string

// The states. What was set aside by a decision is neither open nor done.
const (
	Open     State = "open"      // not done, and not late
	Overdue  State = "overdue"   // not done, and its last day has passed
	Closed   State = "closed"    // done
	SetAside State = "set_aside" // a decision says that it is not to be done
)

// Name is what people call a state.
func (s State) Name() finding.Text {
	switch s {
	case Open:
		return finding.Text{SV: "öppen", EN: "open"}
	case Overdue:
		return finding.Text{SV: "försenad", EN: "overdue"}
	case Closed:
		return finding.Text{SV: "stängd", EN: "closed"}
	case SetAside:
		return finding.Text{SV: "lagd åt sidan", EN: "set aside"}
	}
	return finding.Text{SV: string(s), EN: string(s)}
}

// Done tells whether nothing is left to wait for.
func (s State) Done() bool { return s == Closed || s == SetAside }

// Row is one goal or recommendation on a day. Days are the last second of their
// day in local time; the zero time is not given.
type Row struct {
	ID        string // of the record
	Reference string // the number that people know it by: "17", "EY-2024-3"; may be empty
	Title     string
	Subject   string // what it is about: "delmål 1"
	// OrgUnit is the förvaltning, "" for the whole municipality; OrgUnitName is
	// what people call it.
	OrgUnit, OrgUnitName string
	Auditor              string // who recommended it; of recommendations alone
	Owner                string // a role, never a name
	Decision             string // "KS 2026/145, § 62"
	Decided, Due, Done   time.Time
	Status               string // as the list gives it: met, partly, not_met, waived, planned, ongoing, unknown; "" is not given
	Place                string // "Uppfoljning.csv, rad 14"

	State State
	// Days is how many days it has been open, or was until it was closed; nil
	// where a day that it needs is not given.
	Days *int
	// Late is how many days past its last day it is, or was closed; 0 is none.
	Late int

	MeasuredBy string // id of the figure that shows how it goes, "" if there is none
	// Measure is that figure on the same day, of the row's förvaltning where it
	// has one and the figure is known for it; nil where there is none of that id.
	Measure *finding.Finding
	// MeasuredOwn is true where Measure is that of the row's förvaltning alone.
	MeasuredOwn bool
}

// Contradicted tells that the list says that it is done while its figure does
// not reach the target. Which of them is right is not for a program to say.
func (r Row) Contradicted() bool {
	if r.State != Closed || r.Status == "not_met" || r.Status == "partly" || r.Measure == nil || r.Measure.Target == nil || r.Measure.Suppressed {
		return false
	}
	switch r.Measure.Outcome {
	case finding.NotMet, finding.Partly, finding.NotDue, finding.Waived:
		return true
	}
	return false
}

// Judge fills in what follows from the day: state, days open and days late.
// What happened after the day has not happened.
func (r *Row) Judge(asOf time.Time) {
	if r.Done.After(EndOfDay(asOf)) {
		r.Done = time.Time{}
	}
	switch {
	case !r.Done.IsZero(), r.Status == "met":
		r.State = Closed
	case r.Status == "waived":
		r.State = SetAside
	case !r.Due.IsZero() && dayNumber(asOf) > dayNumber(r.Due):
		r.State = Overdue
	default:
		r.State = Open
	}
	until := asOf
	if r.State.Done() {
		until = r.Done
	}
	r.Days, r.Late = nil, 0
	if !r.Decided.IsZero() && !until.IsZero() {
		n := max(dayNumber(until.In(asOf.Location()))-dayNumber(r.Decided.In(asOf.Location())), 0)
		r.Days = &n
	}
	if !r.Due.IsZero() && !until.IsZero() && r.State != SetAside {
		r.Late = max(dayNumber(until.In(asOf.Location()))-dayNumber(r.Due.In(asOf.Location())), 0)
	}
}

// Sort puts what is overdue first, then what is open, the earliest last day
// first, then what was set aside and what is done, the latest first.
func Sort(rows []Row) {
	place := map[State]int{Overdue: 0, Open: 1, SetAside: 2, Closed: 3}
	slices.SortStableFunc(rows, func(a, b Row) int {
		if n := cmp.Compare(place[a.State], place[b.State]); n != 0 {
			return n
		}
		if a.State.Done() {
			return cmp.Or(b.Done.Compare(a.Done), byReference(a, b))
		}
		return cmp.Or(compareDue(a.Due, b.Due), byReference(a, b))
	})
}

// compareDue puts what has no last day after what has.
func compareDue(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}

func byReference(a, b Row) int {
	return cmp.Or(cmp.Compare(len(a.Reference), len(b.Reference)), cmp.Compare(a.Reference, b.Reference), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
}

// Count counts rows by state.
func Count(rows []Row) map[State]int {
	n := map[State]int{}
	for i := range rows {
		n[rows[i].State]++
	}
	return n
}

// OfUnit is a figure as it is for one förvaltning, held against target; false
// where it is not known for it. What is said of the whole alone (forecasts, the
// period before, waivers) is left out.
func OfUnit(f finding.Finding, unit string, target *finding.Target) (finding.Finding, bool) {
	i := slices.IndexFunc(f.Breakdown, func(c finding.Cell) bool { return c.Dimension == "org_unit" && c.Key == unit })
	if i < 0 || unit == "" {
		return f, false
	}
	c := f.Breakdown[i]
	f.Value, f.Numerator, f.Denominator, f.Outcome, f.Suppressed = c.Value, c.Numerator, c.Denominator, c.Outcome, c.Suppressed
	f.Target = target
	f.Breakdown, f.Also, f.NotCounted, f.Remarks, f.Waivers, f.WaivedRows = nil, nil, nil, nil, nil, 0
	f.Previous, f.Forecast, f.Level, f.Coverage, f.Evidence, f.EvidenceTotal, f.Pace = nil, nil, nil, nil, nil, 0, ""
	return f, true
}

// dayNumber counts days of the calendar, so that two days differ by the nights
// between them whatever the hours.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// EndOfDay is the last second of a day.
func EndOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, t.Location()).Add(-time.Second)
}
