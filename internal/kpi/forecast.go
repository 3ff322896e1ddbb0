package kpi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// A forecast stands on at least fewestMonths values of closed months and looks
// at no more than the last mostMonths. It never reaches beyond farthest.
const (
	fewestMonths = 6
	mostMonths   = 24
	farthest     = 10 // years
)

// monthLength turns a pace a day into one a month.
const monthLength = 365.2425 / 12 * 24 * float64(time.Hour)

// Months gives figures at the ends of closed months.
type Months interface {
	// Month returns a KPI's figure of the month that ends at that instant: the
	// published one, else the last of the month, else what was computed for it
	// afterwards; store.ErrNotFound where there is none.
	Month(ctx context.Context, kpi string, end time.Time) (finding.Finding, error)
}

// WithMonths lets findings say when a target is met at today's pace.
func WithMonths(m Months) Option { return func(e *Engine) { e.months = m } }

// MonthEnds lists the last seconds of the n months before an instant, in the
// zone that a month ends in, newest first.
func MonthEnds(before time.Time, n int, loc *time.Location) []time.Time {
	t := before.In(loc)
	out := make([]time.Time, n)
	for i := range out {
		out[i] = time.Date(t.Year(), t.Month()-time.Month(i), 1, 0, 0, 0, 0, loc).Add(-time.Second)
	}
	return out
}

// forecast adds when the target is met at today's pace, or why that cannot be
// said. A target that is met, or that is no amount, has none.
func (s *session) forecast(ctx context.Context, d *catalogue.Definition, t *decision.Target, out *finding.Finding) error {
	if s.engine.months == nil || t == nil || out.Value == nil || out.Suppressed ||
		!slices.Contains([]finding.Outcome{finding.NotMet, finding.NotDue, finding.Partly, finding.Waived, finding.Stale}, out.Outcome) {
		return nil
	}
	aim, ok := aimOf(d, t, out)
	if !ok {
		return nil
	}
	if out.Outcome == finding.Stale || finding.Few(out.Denominator) {
		out.Forecast = unsaid(0, text("Ingen prognos: siffran kan vara inaktuell eller bygger på färre än tio rader.",
			"No forecast: the figure may be out of date, or stands on fewer than ten rows."))
		return nil
	}
	var points []point
	for _, end := range MonthEnds(out.AsOf, mostMonths, s.location()) {
		f, err := s.engine.months.Month(ctx, d.ID, end)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("kpi %s: monthly values: %w", d.ID, err)
		}
		if err != nil || f.Suppressed || f.Outcome == finding.Stale || !f.Outcome.HasValue() {
			continue
		}
		if f.MethodVersion != out.MethodVersion || f.Population != out.Population || f.Unit != out.Unit || broken(s.breaks(d.ID, out.Sources), f.AsOf, out.AsOf) {
			break // what lies before is another series
		}
		if v := aim.of(&f); v != nil {
			points = append(points, point{f.AsOf, *v})
		}
	}
	out.Forecast = predict(points, point{out.AsOf, aim.now}, aim.goal, s.location())
	inTime(out, t.Due)
	return nil
}

// inTime adds whether the forecast meets a target before its day. Where the
// decision says nothing of where the way to the target begins, that is the pace
// of the figure.
func inTime(out *finding.Finding, due string) {
	f := out.Forecast
	if out.Outcome != finding.NotDue || due == "" || f.PacePerMonth == nil {
		return
	}
	pace := "behind"
	if f.ETA != "" && f.ETA <= due {
		pace = "on_pace"
	}
	if f.ETA != "" {
		sv, en := ", alltså inte i tid;", ", which is not in time;"
		if pace == "on_pace" {
			sv, en = ", alltså i tid;", ", which is in time;"
		}
		f.Sentence.SV, f.Sentence.EN = strings.Replace(f.Sentence.SV, ";", sv, 1), strings.Replace(f.Sentence.EN, ";", en, 1)
	}
	if out.Pace == "" {
		out.Pace = pace
	}
}

// aim is the amount that a target is about: its goal, what it is now, and where
// it stands in a finding.
type aim struct {
	goal, now float64
	of        func(*finding.Finding) *float64
}

// aimOf reads a target as an amount. A band is aimed at by its nearest bound. A
// list, a yes or no, and a value that nothing says the direction of, are none.
func aimOf(d *catalogue.Definition, t *decision.Target, f *finding.Finding) (aim, bool) {
	a := aim{of: func(f *finding.Finding) *float64 { return f.Value }}
	switch {
	case d.Shape == catalogue.Progress:
		a.goal = 1 // the figure is itself the way to the target
	case t.Kind == "band" && t.Low != nil && *f.Value < *t.Low:
		a.goal = *t.Low
	case t.Kind == "band" && t.High != nil && *f.Value > *t.High:
		a.goal = *t.High
	case t.Value == nil || t.Kind == "list" || t.Kind == "yes_no" || t.Kind == "band" || d.Direction != "up" && d.Direction != "down":
		return a, false
	default:
		a.goal = *t.Value
		if t.Kind == "count" && d.Unit == "share" {
			a.of = func(f *finding.Finding) *float64 { return f.Numerator }
		}
	}
	now := a.of(f)
	if now == nil {
		return a, false
	}
	a.now = *now
	return a, true
}

// point is a value at an instant.
type point struct {
	at    time.Time
	value float64
}

// predict tells when a goal is met at the pace of the points, from the value of
// now. The pace is the median of the slopes between every two points (Theil and
// Sen): one odd month does not change it, as it would a least-squares line.
func predict(points []point, now point, goal float64, loc *time.Location) *finding.Forecast {
	n := len(points)
	if n < fewestMonths {
		return unsaid(n, text(fmt.Sprintf("Ingen prognos ännu: den kräver sex jämförbara månadsvärden, och %d är framräknade.", n),
			fmt.Sprintf("No forecast yet: it needs six comparable monthly values, and %d have been computed.", n)))
	}
	pace := medianSlope(points)
	left := goal - now.value
	f := &finding.Forecast{Points: n, PacePerMonth: &pace}
	if math.Abs(pace) < epsilon || pace*left < 0 {
		f.Reason = text(fmt.Sprintf("Siffran rör sig inte mot målet; bygger på %d månadsvärden.", n),
			fmt.Sprintf("The figure does not move towards the target; stands on %d monthly values.", n))
		return f
	}
	months := left / pace
	limit := now.at.AddDate(farthest, 0, 0)
	if months > farthest*12+1 || now.at.Add(time.Duration(months*monthLength)).After(limit) {
		f.Reason = text(fmt.Sprintf("I nuvarande takt nås målet inte inom tio år; bygger på %d månadsvärden.", n),
			fmt.Sprintf("At today's pace the target is not met within ten years; stands on %d monthly values.", n))
		return f
	}
	at := now.at.Add(time.Duration(months * monthLength)).In(loc)
	f.ETA = at.Format(time.DateOnly)
	f.Sentence = finding.Text{
		SV: fmt.Sprintf("I nuvarande takt nås målet i %s %d; bygger på %d månadsvärden.", finding.MonthName(at.Month()), at.Year(), n),
		EN: fmt.Sprintf("At today's pace the target is met in %s %d; stands on %d monthly values.", at.Month(), at.Year(), n),
	}
	return f
}

// unsaid is a forecast that says why there is none.
func unsaid(points int, reason *finding.Text) *finding.Forecast {
	return &finding.Forecast{Points: points, Reason: reason}
}

// medianSlope is the median of the slopes between every two points, a month.
func medianSlope(points []point) float64 {
	var slopes []float64
	for i := range points {
		for j := i + 1; j < len(points); j++ {
			if span := points[j].at.Sub(points[i].at); span != 0 {
				slopes = append(slopes, (points[j].value-points[i].value)/(float64(span)/monthLength))
			}
		}
	}
	if len(slopes) == 0 {
		return 0
	}
	slices.Sort(slopes)
	half := len(slopes) / 2
	if len(slopes)%2 == 1 {
		return slopes[half]
	}
	return (slopes[half-1] + slopes[half]) / 2
}
