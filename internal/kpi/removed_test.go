package kpi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Tickets from before a day have been removed. A year that reaches back past
// that day is not counted lower, it is not counted at all and says why; a year
// after it, and what is open, are counted as before.
func TestAFigureWhoseRowsWereRemovedIsNoDataAndNoLowerNumber(t *testing.T) {
	all := finding.Text{SV: "alla ärenden"}
	year := catalogue.Definition{ID: "year", Record: record.Ticket, Shape: catalogue.CountOf, Unit: "count", Direction: "down", Method: 1, PopulationText: all, Window: &catalogue.Window{Field: "opened_at", Length: "12m"}}
	queue := catalogue.Definition{ID: "queue", Record: record.Ticket, Shape: catalogue.CountOf, Unit: "count", Direction: "down", Method: 1, PopulationText: all, Population: "status = 'open'"}
	ever := catalogue.Definition{ID: "ever", Record: record.Ticket, Shape: catalogue.CountOf, Unit: "count", Direction: "down", Method: 1, PopulationText: all}
	text := catalogue.Definition{ID: "text", Record: record.Ticket, Shape: catalogue.CountOf, Unit: "count", Direction: "down", Method: 1, PopulationText: all, Population: "opened_at > months_ago(24)"}
	s := newStore(t)
	tickets := collection{source: store.SourceInfo{Name: "arenden", Plugin: "table"}, mapped: []string{"status", "opened_at", "closed_at"}, at: day(0)}
	tickets.apply(t, s,
		rec(t, record.Ticket, "old", "status", "closed", "opened_at", day(-900), "closed_at", day(-890)),
		rec(t, record.Ticket, "older", "status", "closed", "opened_at", day(-2000), "closed_at", day(-1990)),
		rec(t, record.Ticket, "open", "status", "open", "opened_at", day(-800)),
		rec(t, record.Ticket, "new", "status", "closed", "opened_at", day(-10), "closed_at", day(-9)))
	e := kpi.New(catalogueOf(year, queue, ever, text), decision.Set{}, s)
	then, now := store.Point{AsOf: day(-750), KnownAt: day(3)}, store.Point{AsOf: day(3), KnownAt: day(3)}
	want(t, evaluate(t, e, then)[0], "2.0000", finding.Measured)

	cut := day(-760)
	if _, err := s.RemoveOlder(t.Context(), store.Removal{Kind: record.Ticket, Before: cut, At: day(2), Decision: "KS 2026/12 § 34"}); err != nil {
		t.Fatal(err)
	}
	for _, f := range evaluate(t, e, then)[:1] {
		if f.Outcome != finding.NoData || f.Value != nil || f.Reason == nil || !strings.Contains(f.Reason.SV, "gallrat enligt KS 2026/12 § 34") || !strings.Contains(f.Reason.SV, "underlaget om ärenden från tiden före den") {
			t.Errorf("%s: %s %v %+v", f.KPI, f.Outcome, f.Value, f.Reason)
		}
	}
	present := evaluate(t, e, now)
	want(t, present[0], "1.0000", finding.Measured)
	want(t, present[1], "1.0000", finding.Measured)
	want(t, present[3], "1.0000", finding.Measured)

	// What was in no window is told apart by the removal itself: it changed the figure.
	if err := s.NoteAffected(t.Context(), record.Ticket, cut, []string{"ever"}); err != nil {
		t.Fatal(err)
	}
	if f := evaluate(t, e, now)[2]; f.Outcome != finding.NoData || f.Reason == nil || !strings.Contains(f.Reason.SV, "gallrat") {
		t.Errorf("%s %v %+v", f.Outcome, f.Value, f.Reason)
	}
	// The text of a population reaches back as a window does.
	early := evaluate(t, e, store.Point{AsOf: day(-300), KnownAt: day(3)})
	if early[3].Outcome != finding.NoData || early[0].Outcome == finding.NoData {
		t.Errorf("%s %s", early[0].Outcome, early[3].Outcome)
	}
}

// A month before 31 March is the last of February: what was removed on the days
// after it is lacked.
func TestAMonthBackFromTheLastOfALongMonthReachesIntoTheShortOne(t *testing.T) {
	d := catalogue.Definition{ID: "n", Record: record.Ticket, Shape: catalogue.CountOf, Unit: "count", Direction: "down", Method: 1, PopulationText: finding.Text{SV: "alla"}, Population: "opened_at > months_ago(1)"}
	last := time.Date(2027, time.March, 31, 12, 0, 0, 0, calendar.Location())
	s := newStore(t)
	tickets := collection{source: store.SourceInfo{Name: "arenden", Plugin: "table"}, mapped: []string{"opened_at"}, at: last}
	tickets.apply(t, s,
		rec(t, record.Ticket, "february", "opened_at", last.AddDate(0, 0, -31).Add(time.Hour)),
		rec(t, record.Ticket, "march", "opened_at", last.AddDate(0, 0, -10)))
	e := kpi.New(catalogueOf(d), decision.Set{}, s)
	now := store.Point{AsOf: last, KnownAt: last.AddDate(0, 0, 1)}
	want(t, evaluate(t, e, now)[0], "2.0000", finding.Measured)
	if _, err := s.RemoveOlder(t.Context(), store.Removal{Kind: record.Ticket, Before: last.AddDate(0, 0, -30), At: last, Decision: "KS 1"}); err != nil {
		t.Fatal(err)
	}
	if f := evaluate(t, e, now)[0]; f.Outcome != finding.NoData {
		t.Errorf("%s %v", f.Outcome, f.Value)
	}
}

// The history of a state is removed: an earlier day is not known any more, and
// what stands now is.
func TestAnEarlierDayOfARemovedHistoryIsNotKnown(t *testing.T) {
	d := catalogue.Definition{ID: "n", Record: record.System, Shape: catalogue.CountOf, Unit: "count", Direction: "up", Method: 1, PopulationText: finding.Text{SV: "alla"}}
	s := newStore(t)
	list := collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: []string{"name"}, at: day(-500)}
	list.apply(t, s, rec(t, record.System, "a", "name", "A"), rec(t, record.System, "b", "name", "B"))
	list.at = day(-400)
	list.apply(t, s, rec(t, record.System, "a", "name", "A"))
	e := kpi.New(catalogueOf(d), decision.Set{}, s)
	then := store.Point{AsOf: day(-450), KnownAt: day(1)}
	want(t, evaluate(t, e, then)[0], "2.0000", finding.Measured)
	if _, err := s.RemoveOlder(t.Context(), store.Removal{Kind: record.System, Before: day(-300), At: day(1), Decision: "KS 1"}); err != nil {
		t.Fatal(err)
	}
	if f := evaluate(t, e, then)[0]; f.Outcome != finding.NoData {
		t.Errorf("%s %v", f.Outcome, f.Value)
	}
	want(t, evaluate(t, e, store.Point{AsOf: day(-300), KnownAt: day(1)})[0], "1.0000", finding.Measured)
}
