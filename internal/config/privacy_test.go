package config

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// What is kept a month is kept a whole one, on the last days of long months too.
func TestSoLongBeforeADayIsADayThatThereWas(t *testing.T) {
	for _, c := range []struct{ keep, now, want string }{
		{"1mo", "2027-03-31 14:00", "2027-02-28 14:00"},
		{"18mo", "2026-12-31 14:00", "2025-06-30 14:00"},
		{"1y", "2028-02-29 14:00", "2027-02-28 14:00"},
		{"10y", "2026-11-22 14:00", "2016-11-22 14:00"},
		{"6mo", "2026-11-22 14:00", "2026-05-22 14:00"}, // summer time, the same hour
		{"90d", "2027-03-31 14:00", "2026-12-31 14:00"},
	} {
		t.Run(c.keep+" before "+c.now, func(t *testing.T) {
			now, err := time.ParseInLocation("2006-01-02 15:04", c.now, calendar.Location())
			if err != nil {
				t.Fatal(err)
			}
			keep, err := ParseSpan(c.keep)
			if err != nil {
				t.Fatal(err)
			}
			if got := keep.Before(now).Format("2006-01-02 15:04"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
