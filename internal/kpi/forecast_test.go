package kpi

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// monthly is one value for each of the last months, the newest last.
func monthly(loc *time.Location, now time.Time, values ...float64) []point {
	ends := MonthEnds(now, len(values), loc)
	var out []point
	for i, v := range values {
		out = append(out, point{ends[len(values)-1-i], v})
	}
	return out
}

func TestAForecastFollowsThePaceOfTheMonths(t *testing.T) {
	loc := stockholm(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, loc)
	for _, c := range []struct {
		name   string
		values []float64
		now    float64
		goal   float64
		eta    string // the month
		reason string
	}{
		{name: "a straight line up", values: []float64{20, 21, 22, 23, 24, 25}, now: 25, goal: 30, eta: "2027-04"},
		{name: "a straight line down", values: []float64{800, 760, 720, 680, 640, 600}, now: 600, goal: 400, eta: "2027-04"},
		{name: "one odd month changes nothing", values: []float64{20, 21, 90, 23, 24, 25}, now: 25, goal: 30, eta: "2027-04"},
		{name: "no more than ten years", values: []float64{10, 10.01, 10.02, 10.03, 10.04, 10.05}, now: 10.05, goal: 30, reason: "nås målet inte inom tio år"},
		{name: "away from the target", values: []float64{25, 24, 23, 22, 21, 20}, now: 20, goal: 30, reason: "rör sig inte mot målet"},
		{name: "nothing moves", values: []float64{25, 25, 25, 25, 25, 25}, now: 25, goal: 30, reason: "rör sig inte mot målet"},
		{name: "five months are too few", values: []float64{21, 22, 23, 24, 25}, now: 25, goal: 30, reason: "5 är framräknade"},
		{name: "none at all", now: 25, goal: 30, reason: "0 är framräknade"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := predict(monthly(loc, now, c.values...), point{now, c.now}, c.goal, loc)
			if f.Points != len(c.values) {
				t.Errorf("%d points", f.Points)
			}
			if !strings.HasPrefix(f.ETA, c.eta) || c.eta == "" && f.ETA != "" {
				t.Errorf("eta %q, want %q", f.ETA, c.eta)
			}
			if c.reason == "" != (f.Reason == nil) || f.Reason != nil && (!strings.Contains(f.Reason.SV, c.reason) || f.Reason.EN == "") {
				t.Errorf("reason %+v, want %q", f.Reason, c.reason)
			}
			if c.eta != "" {
				if want := fmt.Sprintf("I nuvarande takt nås målet i april 2027; bygger på %d månadsvärden.", len(c.values)); f.Say().SV != want {
					t.Errorf("%q, want %q", f.Say().SV, want)
				}
				if !strings.Contains(f.Say().EN, "in April 2027") {
					t.Errorf("%q", f.Say().EN)
				}
			}
		})
	}
}

// The pace is that of the months themselves, whatever their length and however
// many are missing between them.
func TestThePaceIsAMonthsAlsoOverGaps(t *testing.T) {
	loc := stockholm(t)
	now := time.Date(2026, 3, 15, 0, 0, 0, 0, loc)
	all := monthly(loc, now, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32)
	if got := medianSlope(all); math.Abs(got-2) > 0.03 {
		t.Errorf("%v a month, want 2", got)
	}
	gaps := append(append([]point{}, all[:3]...), all[7:]...)
	if got := medianSlope(gaps); math.Abs(got-2) > 0.03 {
		t.Errorf("%v a month over gaps, want 2", got)
	}
	if ends := MonthEnds(now, 3, loc); ends[0].Format(time.DateTime) != "2026-02-28 23:59:59" || ends[1].Format(time.DateTime) != "2026-01-31 23:59:59" || ends[2].Format(time.DateTime) != "2025-12-31 23:59:59" {
		t.Errorf("%v", ends)
	}
}

// keptMonths are figures by the month, "2026-10".
type keptMonths map[string]finding.Finding

func (k keptMonths) Month(_ context.Context, _ string, end time.Time) (finding.Finding, error) {
	f, ok := k[end.Format("2006-01")]
	if !ok {
		return f, store.ErrNotFound
	}
	f.AsOf = end
	return f, nil
}

func TestAForecastStandsOnComparableMonthsAlone(t *testing.T) {
	loc := stockholm(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, loc)
	amount := func(v float64) *float64 { return &v }
	share := func(num float64) finding.Finding {
		return finding.Finding{Value: amount(num / 40), Numerator: amount(num), Denominator: amount(40), Unit: "share", Outcome: finding.NotDue, MethodVersion: 1, Population: finding.Text{SV: "alla"}}
	}
	// From 4 in January 2025, one more a month: 26 in November 2026.
	months := func(change func(month int, f *finding.Finding) bool) keptMonths {
		k := keptMonths{}
		for i, end := range MonthEnds(now, 22, loc) {
			f := share(25 - float64(i))
			if change == nil || change(i, &f) {
				k[end.Format("2006-01")] = f
			}
		}
		return k
	}
	count := decision.Target{KPI: "sso", Target: finding.Target{Kind: "count", Value: amount(30)}}
	half := decision.Target{KPI: "sso", Target: finding.Target{Kind: "value", Value: amount(0.75)}}
	band := decision.Target{KPI: "sso", Target: finding.Target{Kind: "band", Low: amount(0.75), High: amount(0.9)}}
	for _, c := range []struct {
		name   string
		target decision.Target
		months keptMonths
		breaks []decision.Break
		change func(*finding.Finding)
		points int
		eta    string
		none   bool
	}{
		{name: "a target in numbers goes by the numbers", target: count, months: months(nil), points: 22, eta: "2027-03"},
		{name: "a value", target: half, months: months(nil), points: 22, eta: "2027-03"},
		{name: "the nearest bound of a band", target: band, months: months(nil), points: 22, eta: "2027-03"},
		{name: "months without a figure are passed over", target: half, months: months(func(i int, f *finding.Finding) bool { return i%2 == 0 }), points: 11, eta: "2027-03"},
		{name: "stale and suppressed months are passed over", target: half, points: 20, eta: "2027-03", months: months(func(i int, f *finding.Finding) bool {
			if i == 3 {
				f.Outcome = finding.Stale
			}
			f.Suppressed = i == 4
			return true
		})},
		{name: "another method ends the series", target: half, points: 7, eta: "2027-03", months: months(func(i int, f *finding.Finding) bool {
			if i >= 7 {
				f.MethodVersion = 0
			}
			return true
		})},
		{name: "so does another edition", target: half, points: 4, months: months(func(i int, f *finding.Finding) bool {
			if i == 4 {
				f.Population.SV = "alla (2024)"
			}
			return true
		})},
		{name: "so does a series break", target: half, months: months(nil), points: 6, eta: "2027-03", breaks: []decision.Break{{KPI: "sso", On: time.Date(2026, 5, 1, 0, 0, 0, 0, loc)}}},
		{name: "few rows", target: half, months: months(nil), change: func(f *finding.Finding) { f.Denominator = amount(9) }},
		{name: "an old content", target: half, months: months(nil), change: func(f *finding.Finding) { f.Outcome = finding.Stale }},
		{name: "a met target has none", target: half, months: months(nil), change: func(f *finding.Finding) { f.Outcome = finding.Met }, none: true},
		{name: "a suppressed figure has none", target: half, months: months(nil), change: func(f *finding.Finding) { f.Suppressed = true }, none: true},
		{name: "a list has none", target: decision.Target{Target: finding.Target{Kind: "list", Value: amount(1)}}, months: months(nil), none: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := New(catalogue.Catalogue{}, decision.Set{Breaks: c.breaks}, nil, WithMonths(c.months))
			s := &session{engine: e, point: store.Point{AsOf: now, KnownAt: now}}
			out := share(26)
			out.AsOf = now
			if c.change != nil {
				c.change(&out)
			}
			d := &catalogue.Definition{ID: "sso", Unit: "share", Direction: "up", Shape: catalogue.Share}
			if err := s.forecast(t.Context(), d, &c.target, &out); err != nil {
				t.Fatal(err)
			}
			f := out.Forecast
			if c.none {
				if f != nil {
					t.Errorf("%+v", f)
				}
				return
			}
			if f == nil || f.Points != c.points || !strings.HasPrefix(f.ETA, c.eta) || c.eta == "" && (f.ETA != "" || f.Reason == nil) {
				t.Errorf("%+v, want %d points and %q", f, c.points, c.eta)
			}
		})
	}
}

// A day ahead and a forecast side by side leave the reader to compare them.
func TestAForecastSaysWhetherTheTargetIsMetInTime(t *testing.T) {
	loc := stockholm(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, loc)
	amount := func(v float64) *float64 { return &v }
	share := func(num float64) finding.Finding {
		return finding.Finding{Value: amount(num / 40), Numerator: amount(num), Denominator: amount(40), Unit: "share", Outcome: finding.NotDue}
	}
	rising, level := keptMonths{}, keptMonths{}
	for i, end := range MonthEnds(now, 12, loc) {
		rising[end.Format("2006-01")], level[end.Format("2006-01")] = share(25-float64(i)), share(25)
	}
	for _, c := range []struct {
		name     string
		due      string
		before   string // the pace that the decision itself gives
		outcome  finding.Outcome
		months   keptMonths
		pace     string
		sentence string
	}{
		{name: "later than its day", due: "2027-01-31", months: rising, pace: "behind", sentence: "I nuvarande takt nås målet i mars 2027, alltså inte i tid; bygger på 12 månadsvärden."},
		{name: "before its day", due: "2027-12-31", months: rising, pace: "on_pace", sentence: "I nuvarande takt nås målet i mars 2027, alltså i tid; bygger på 12 månadsvärden."},
		{name: "the way of the decision counts", due: "2027-12-31", before: "behind", months: rising, pace: "behind", sentence: "I nuvarande takt nås målet i mars 2027, alltså i tid; bygger på 12 månadsvärden."},
		{name: "no way towards it", due: "2027-12-31", months: level, pace: "behind", sentence: "Siffran rör sig inte mot målet; bygger på 12 månadsvärden."},
		{name: "no day", months: rising, sentence: "I nuvarande takt nås målet i mars 2027; bygger på 12 månadsvärden."},
		{name: "a day that has passed", due: "2026-01-31", outcome: finding.NotMet, months: rising, sentence: "I nuvarande takt nås målet i mars 2027; bygger på 12 månadsvärden."},
		{name: "nothing to stand on", due: "2027-12-31", months: keptMonths{}, sentence: "Ingen prognos ännu: den kräver sex jämförbara månadsvärden, och 0 är framräknade."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &session{engine: New(catalogue.Catalogue{}, decision.Set{}, nil, WithMonths(c.months)), point: store.Point{AsOf: now, KnownAt: now}}
			out := share(26)
			out.AsOf, out.Pace = now, c.before
			if c.outcome != "" {
				out.Outcome = c.outcome
			}
			target := decision.Target{Target: finding.Target{Kind: "count", Value: amount(30), Due: c.due}}
			if err := s.forecast(t.Context(), &catalogue.Definition{ID: "sso", Unit: "share", Direction: "up", Shape: catalogue.Share}, &target, &out); err != nil {
				t.Fatal(err)
			}
			if out.Pace != c.pace || out.Forecast.Say().SV != c.sentence {
				t.Errorf("pace %q, %q; want %q, %q", out.Pace, out.Forecast.Say().SV, c.pace, c.sentence)
			}
		})
	}
}
