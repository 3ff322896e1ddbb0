package decision

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

var isoRE = regexp.MustCompile(`^([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T ]00:00(?::00)?Z?)?$`)

// parseDay reads a day: an Excel date, or 2026-11-21 in text. The result is
// the day's first second.
func parseDay(c cell, loc *time.Location) (time.Time, error) {
	if c.serial {
		if c.number < 1 || c.number > 2958465 {
			return time.Time{}, fmt.Errorf("%q är ingen dag; skriv till exempel 2026-11-21", c.text)
		}
		t, err := excelize.ExcelDateToTime(c.number, false)
		if err != nil {
			return time.Time{}, fmt.Errorf("%q är ingen dag: %w", c.text, err)
		}
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc), nil
	}
	m := isoRE.FindStringSubmatch(strings.TrimSpace(c.text))
	if m == nil {
		return time.Time{}, fmt.Errorf("%q är ingen dag; skriv till exempel 2026-11-21", c.text)
	}
	iso := m[1] + "-" + m[2] + "-" + m[3]
	t, err := time.ParseInLocation(time.DateOnly, iso, loc)
	if err != nil {
		return time.Time{}, fmt.Errorf("dagen %s finns inte", iso)
	}
	return t, nil
}
