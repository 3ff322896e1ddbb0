package kpi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	_ "time/tzdata" // Europe/Stockholm on Windows, which has no zone files
)

// span is a length of time as definitions write it: "12m" is calendar months,
// "2y" years, "4w", "30d" and "24h" are fixed, and "2min" is minutes.
type span struct {
	months  int
	seconds int64
}

func parseSpan(s string) (span, error) {
	s = strings.TrimSpace(s)
	n := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if n <= 0 {
		return span{}, fmt.Errorf("%q is not a length of time: want for example 12m, 30d, 24h or 2min", s)
	}
	v, err := strconv.ParseInt(s[:n], 10, 32)
	if err != nil {
		return span{}, fmt.Errorf("%q is not a length of time: %w", s, err)
	}
	switch s[n:] {
	case "y":
		return span{months: int(v) * 12}, nil
	case "m":
		return span{months: int(v)}, nil
	case "w":
		return span{seconds: v * 7 * 86400}, nil
	case "d":
		return span{seconds: v * 86400}, nil
	case "h":
		return span{seconds: v * 3600}, nil
	case "min":
		return span{seconds: v * 60}, nil
	case "s":
		return span{seconds: v}, nil
	}
	return span{}, fmt.Errorf("%q is not a length of time: units are y, m (months), w, d, h, min and s", s)
}

// before goes back from t. Months are those of the calendar in loc, and a day
// that the month does not have becomes its last: 31 March less 1m is 28 February.
func (s span) before(t time.Time, loc *time.Location) time.Time {
	if s.months == 0 {
		return t.Add(-time.Duration(s.seconds) * time.Second)
	}
	l := t.In(loc)
	first := time.Date(l.Year(), l.Month()-time.Month(s.months), 1, 0, 0, 0, 0, loc)
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, loc).Day()
	return time.Date(first.Year(), first.Month(), min(l.Day(), last), l.Hour(), l.Minute(), l.Second(), 0, loc)
}

// endOfDay reads "2026-11-21" as that day's last second, which is how a bare
// date is read everywhere.
func endOfDay(day string, loc *time.Location) (time.Time, bool) {
	t, err := time.ParseInLocation("2006-01-02", day, loc)
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, loc).Add(-time.Second), true
}
