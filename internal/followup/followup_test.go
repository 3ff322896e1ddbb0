package followup

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// day is the last second of a day, as lists give it; "" is not given.
func day(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	d, err := time.ParseInLocation(time.DateOnly, s, stockholm(t))
	if err != nil {
		t.Fatal(err)
	}
	return EndOfDay(d)
}

func TestWhatTheListSaysIsDoneIsHeldAgainstItsFigure(t *testing.T) {
	target := &finding.Target{Kind: "value"}
	for _, c := range []struct {
		name string
		row  Row
		want bool
	}{
		{"the figure does not reach the target", Row{State: Closed, Status: "met", Measure: &finding.Finding{Outcome: finding.NotMet, Target: target}}, true},
		{"its target lies ahead", Row{State: Closed, Measure: &finding.Finding{Outcome: finding.NotDue, Target: target}}, true},
		{"the figure reaches it", Row{State: Closed, Measure: &finding.Finding{Outcome: finding.Met, Target: target}}, false},
		{"the figure may be out of date", Row{State: Closed, Measure: &finding.Finding{Outcome: finding.Stale, Target: target}}, false},
		{"the figure is not shown", Row{State: Closed, Measure: &finding.Finding{Outcome: finding.NotMet, Target: target, Suppressed: true}}, false},
		{"no target", Row{State: Closed, Measure: &finding.Finding{Outcome: finding.Measured}}, false},
		{"closed without being met", Row{State: Closed, Status: "not_met", Measure: &finding.Finding{Outcome: finding.NotMet, Target: target}}, false},
		{"not done", Row{State: Open, Measure: &finding.Finding{Outcome: finding.NotMet, Target: target}}, false},
		{"no figure", Row{State: Closed}, false},
	} {
		if got := c.row.Contradicted(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestStatesAndDays(t *testing.T) {
	for _, c := range []struct {
		name                       string
		decided, due, done, status string
		asOf                       string
		state                      State
		days, late                 int // days -1 is not known
	}{
		{"decided today is open for no day", "2026-11-22", "", "", "", "2026-11-22", Open, 0, 0},
		{"the last day itself is not late", "2026-01-01", "2026-11-22", "", "ongoing", "2026-11-22", Open, 325, 0},
		{"the day after the last day is late by one", "2026-01-01", "2026-11-21", "", "ongoing", "2026-11-22", Overdue, 325, 1},
		{"across the change to summer time days are whole", "2026-03-28", "2026-03-28", "", "", "2026-03-30", Overdue, 2, 2},
		{"across a leap day", "2028-02-28", "", "", "", "2028-03-01", Open, 2, 0},
		{"closed in time", "2026-01-01", "2026-06-30", "2026-06-30", "", "2026-11-22", Closed, 180, 0},
		{"closed late", "2026-01-01", "2026-06-30", "2026-07-10", "met", "2026-11-22", Closed, 190, 10},
		{"met without a day is closed, and how long it took is not known", "2026-01-01", "2026-06-30", "", "met", "2026-11-22", Closed, -1, 0},
		{"what is closed later is still open on the day", "2026-01-01", "2026-06-30", "2026-07-10", "", "2026-07-01", Overdue, 181, 1},
		{"closed on the day is closed", "2026-01-01", "", "2026-07-01", "", "2026-07-01", Closed, 181, 0},
		{"set aside is neither open nor late", "2026-01-01", "2026-06-30", "", "waived", "2026-11-22", SetAside, -1, 0},
		{"without a day of decision it is not known how long", "", "2026-06-30", "", "not_met", "2026-07-01", Overdue, -1, 1},
		{"not met without a last day is open", "2026-06-30", "", "", "not_met", "2026-07-01", Open, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Row{Decided: day(t, c.decided), Due: day(t, c.due), Done: day(t, c.done), Status: c.status}
			asOf, err := time.ParseInLocation(time.DateOnly, c.asOf, stockholm(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, hour := range []time.Duration{0, 12 * time.Hour} {
				got := r
				got.Judge(asOf.Add(hour))
				days := -1
				if got.Days != nil {
					days = *got.Days
				}
				if got.State != c.state || days != c.days || got.Late != c.late {
					t.Errorf("at %s: %s, %d days, %d late; want %s, %d, %d", hour, got.State, days, got.Late, c.state, c.days, c.late)
				}
			}
		})
	}
}

func TestWhatIsLateStandsFirstAndNumbersInTheirOrder(t *testing.T) {
	asOf := day(t, "2026-11-22")
	var rows []Row
	for _, r := range []Row{
		{Reference: "1", Done: day(t, "2026-01-05")}, {Reference: "10", Due: day(t, "2027-01-01")}, {Reference: "2", Due: day(t, "2027-01-01")},
		{Reference: "3"}, {Reference: "4", Status: "waived"}, {Reference: "5", Due: day(t, "2026-11-01")}, {Reference: "6", Due: day(t, "2026-10-01")}, {Reference: "7", Done: day(t, "2026-05-05")},
	} {
		r.Judge(asOf)
		rows = append(rows, r)
	}
	Sort(rows)
	got := ""
	for _, r := range rows {
		got += r.Reference + " "
	}
	if want := "6 5 2 10 3 4 7 1 "; got != want {
		t.Errorf("order %q, want %q", got, want)
	}
	if n := Count(rows); n[Overdue] != 2 || n[Open] != 3 || n[SetAside] != 1 || n[Closed] != 2 {
		t.Errorf("counts %v", n)
	}
}

func TestAFigureOfOneUnit(t *testing.T) {
	v, n, d := 0.5, 2.0, 4.0
	whole := 0.7
	f := finding.Finding{KPI: "x", Value: &whole, Outcome: finding.Met, Forecast: &finding.Forecast{}, Breakdown: []finding.Cell{
		{Dimension: "tier", Key: "soc"}, {Dimension: "org_unit", Key: "soc", Value: &v, Numerator: &n, Denominator: &d, Outcome: finding.NotMet},
	}}
	got, ok := OfUnit(f, "soc", nil)
	if !ok || *got.Value != 0.5 || got.Outcome != finding.NotMet || got.Forecast != nil || got.Breakdown != nil {
		t.Errorf("of one unit: %v %+v", ok, got)
	}
	if _, ok := OfUnit(f, "utb", nil); ok {
		t.Error("a unit without a cell has a figure of its own")
	}
	if *f.Value != 0.7 || len(f.Breakdown) != 2 {
		t.Error("the figure of the whole was changed")
	}
}
