package kpi

import "time"

// endOfDay reads "2026-11-21" as that day's last second, which is how a bare
// date is read everywhere.
func endOfDay(day string, loc *time.Location) (time.Time, bool) {
	t, err := time.ParseInLocation("2006-01-02", day, loc)
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, loc).Add(-time.Second), true
}
