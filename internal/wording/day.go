package wording

import (
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

func (w Words) month(m time.Month) string { return w.pick(finding.MonthName(m), m.String()) }

// Day writes "3 mars 2026"; the zero time is "okänt".
func (w Words) Day(t time.Time) string {
	if t.IsZero() {
		return w.pick("okänt", "unknown")
	}
	return strconv.Itoa(t.Day()) + nbsp + w.month(t.Month()) + nbsp + strconv.Itoa(t.Year())
}

// Month writes "mars 2026".
func (w Words) Month(t time.Time) string {
	return w.month(t.Month()) + nbsp + strconv.Itoa(t.Year())
}

// ShortMonth writes "mar".
func (w Words) ShortMonth(t time.Time) string {
	return string([]rune(w.month(t.Month()))[:3])
}

// DayText writes an ISO day as people say it; anything else stays as it is.
func (w Words) DayText(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return w.Day(t)
}

// Clock writes "3 mars kl. 15.04"; the zero time is "aldrig". The time stands
// in the zone that it has.
func (w Words) Clock(t time.Time) string {
	if t.IsZero() {
		return w.pick("aldrig", "never")
	}
	day := strconv.Itoa(t.Day()) + nbsp + w.month(t.Month())
	if w.english {
		return day + " at" + nbsp + t.Format("15:04")
	}
	return day + " kl." + nbsp + t.Format("15.04")
}
