package decision

import (
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
)

// parseDay reads a day: an Excel date, or a date as people write it. The
// result is the day's first second. Where day and month could change places
// it is refused.
func parseDay(c cell, loc *time.Location) (time.Time, error) {
	var d value.Civil
	var err error
	if c.serial {
		d, err = value.Serial(c.number, false)
	} else {
		d, err = value.Dates{}.Text(c.text)
	}
	if errors.Is(err, value.ErrAmbiguous) {
		return time.Time{}, fmt.Errorf("”%s” kan läsas på flera sätt; skriv år, månad och dag, till exempel 2026-11-21", c.text)
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, loc), nil
}
