package diff

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// isoDay is a day in Stockholm, "2026-03-01".
func isoDay(t time.Time) string { return t.In(calendar.Location()).Format(time.DateOnly) }

// day is a day as people say it.
func day(t time.Time) string { return wording.Words{}.Day(t.In(calendar.Location())) }

// dayText says a day that stands as "2026-03-01".
func dayText(iso string) string { return wording.Words{}.DayText(iso) }
