package metrics

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

func (b *builder) finding(f *finding.Finding) {
	labels := []string{f.KPI, "", "", ""}
	b.figure(f.Outcome, f.Suppressed, [3]*float64{f.Value, f.Numerator, f.Denominator}, labels)
	if t := f.Target; t != nil {
		b.some(b.d.target, t.Value, labels...)
		b.at(b.d.due, endOfDay(t.Due), labels...)
	}
	if f.Forecast != nil {
		b.at(b.d.eta, endOfDay(f.Forecast.ETA), labels...)
	}
	if f.Level != nil {
		b.add(b.d.level, float64(*f.Level), labels...)
	}
	if t, ok := oldest(f.Sources); ok && f.Outcome.HasValue() {
		b.at(b.d.data, t, labels...)
	}
	if f.Outcome.HasValue() && !f.Suppressed {
		b.some(b.d.coverage, f.Coverage, labels...)
		if f.WaivedRows > 0 || len(f.Waivers) > 0 {
			b.add(b.d.waivedRows, float64(f.WaivedRows), labels...)
		}
	}
	if p := f.Previous; p != nil && !f.Suppressed {
		b.some(b.d.previous, p.Value, append(labels, p.Period)...)
		if p.Trend != "" && !finding.Few(f.Denominator) {
			b.add(b.d.trend, 1, f.KPI, p.Period, p.Trend)
		}
	}
	for _, c := range f.Breakdown {
		l := []string{f.KPI, "", c.Dimension, c.Key}
		if c.Dimension == "org_unit" && c.Key != "" {
			l = []string{f.KPI, c.Key, "", ""}
		}
		b.figure(c.Outcome, c.Suppressed, [3]*float64{c.Value, c.Numerator, c.Denominator}, l)
	}
	for _, a := range f.Also {
		if !a.Suppressed {
			b.some(b.d.value, a.Value, f.KPI, "", "also", a.Key)
		}
	}
}

// figure publishes a value with its parts; without a value it publishes the status alone.
func (b *builder) figure(o finding.Outcome, suppressed bool, v [3]*float64, labels []string) {
	status := string(o)
	if suppressed {
		status = "suppressed"
	}
	if status != "" {
		b.add(b.d.status, 1, append(append([]string{}, labels...), status)...)
	}
	if suppressed || (o != "" && !o.HasValue()) {
		return
	}
	b.some(b.d.value, v[0], labels...)
	b.some(b.d.numerator, v[1], labels...)
	b.some(b.d.denominator, v[2], labels...)
}

// oldest returns when the least recently read source behind a figure was read.
func oldest(ss []finding.Source) (time.Time, bool) {
	var t time.Time
	for _, s := range ss {
		if !s.LastSuccess.IsZero() && (t.IsZero() || s.LastSuccess.Before(t)) {
			t = s.LastSuccess
		}
	}
	return t, !t.IsZero()
}

// endOfDay reads "2027-12-31" as that day's last second in Stockholm, which is
// how a bare date is read everywhere; zero where it is no day.
func endOfDay(day string) time.Time {
	stockholm := calendar.Location()
	t, err := time.ParseInLocation(time.DateOnly, day, stockholm)
	if err != nil {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, stockholm).Add(-time.Second)
}
