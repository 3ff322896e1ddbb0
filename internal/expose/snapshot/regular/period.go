package regular

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// Periods that a snapshot is made of.
const (
	Month   = "month"
	Quarter = "quarter"
	Year    = "year"
)

// Ended is the last instant of the last period that has ended, in Stockholm, as
// a date given by hand stands for it. It is false where there are no periods.
func Ended(every string, now time.Time) (time.Time, bool) {
	l := local(now)
	month := l.Month()
	switch every {
	case Month:
	case Quarter:
		month -= (month - 1) % 3
	case Year:
		month = time.January
	default:
		return time.Time{}, false
	}
	return time.Date(l.Year(), month, 1, 0, 0, 0, 0, l.Location()).Add(-time.Second), true
}

func local(t time.Time) time.Time { return t.In(calendar.Location()) }
