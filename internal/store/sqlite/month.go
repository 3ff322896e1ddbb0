package sqlite

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// closedMonth returns the month ("2026-10") that an evaluation closes: the one
// whose last second, in Stockholm, is the instant evaluated, or whose end is
// the first second of the next.
func closedMonth(at store.Point) (string, bool) {
	t := at.AsOf.In(calendar.Location())
	next := t.Add(time.Second)
	switch {
	case next.Month() != t.Month():
		return t.Format("2006-01"), true
	case t.Day() == 1 && t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0:
		return t.Add(-time.Second).Format("2006-01"), true
	}
	return "", false
}
