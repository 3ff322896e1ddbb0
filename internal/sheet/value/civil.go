package value

import (
	"fmt"
	"math"
	"time"
	_ "time/tzdata" // Windows has no time zone database that Go reads
)

// Civil is a date, or a date and time of day, as written on the wall.
type Civil struct {
	Year, Month, Day  int
	Hour, Minute, Sec int
	HasTime           bool
	// Fixed: the text gave its offset from UTC, Offset in seconds.
	Fixed  bool
	Offset int
}

// valid refuses days and hours that do not exist.
func (c Civil) valid() (string, bool) {
	if c.Month < 1 || c.Month > 12 {
		return fmt.Sprintf("månad %d finns inte", c.Month), false
	}
	if last := time.Date(c.Year, time.Month(c.Month)+1, 0, 0, 0, 0, 0, time.UTC).Day(); c.Day < 1 || c.Day > last {
		return fmt.Sprintf("den %d %s %d finns inte", c.Day, monthNames[c.Month-1], c.Year), false
	}
	if c.Year < 1900 || c.Year > 2200 {
		return fmt.Sprintf("året %d är orimligt", c.Year), false
	}
	if c.Hour == 24 && c.Minute == 0 && c.Sec == 0 {
		return "", true
	}
	if c.Hour > 23 || c.Minute > 59 || c.Sec > 59 {
		return fmt.Sprintf("klockslaget %02d.%02d finns inte", c.Hour, c.Minute), false
	}
	return "", true
}

// Instants returns when the wall clock in loc showed c. In the hour that comes
// twice in autumn, first is summer time and second is normal time; else both
// are the same. An hour that spring leaves out is refused: a system that gives
// it keeps its times in another zone. A bare date is the end of that day.
func (c Civil) Instants(loc *time.Location) (first, second time.Time, err error) {
	if c.Fixed {
		t := time.Date(c.Year, time.Month(c.Month), c.Day, c.Hour, c.Minute, c.Sec, 0, time.UTC).Add(-time.Duration(c.Offset) * time.Second)
		return t, t, nil
	}
	if !c.HasTime {
		c.Hour, c.Minute, c.Sec = 23, 59, 59
	}
	wall := time.Date(c.Year, time.Month(c.Month), c.Day, c.Hour, c.Minute, c.Sec, 0, time.UTC)
	_, before := wall.Add(-24 * time.Hour).In(loc).Zone()
	_, after := wall.Add(24 * time.Hour).In(loc).Zone()
	a := wall.Add(-time.Duration(before) * time.Second)
	if before == after {
		return a, a, nil
	}
	b := wall.Add(-time.Duration(after) * time.Second)
	okA, okB := shows(a, loc, before), shows(b, loc, after)
	switch {
	case okA && okB:
		return a, b, nil
	case okA:
		return a, a, nil
	case okB:
		return b, b, nil
	}
	return time.Time{}, time.Time{}, &Refusal{Reason: ErrNoSuchHour, Text: fmt.Sprintf(
		"klockan %02d.%02d den %d %s %d finns inte, för då ställdes klockan fram. Är tiderna i en annan tidszon (UTC eller normaltid året om), ange timezone i inställningarna",
		c.Hour, c.Minute, c.Day, monthNames[c.Month-1], c.Year)}
}

func shows(t time.Time, loc *time.Location, offset int) bool {
	_, o := t.In(loc).Zone()
	return o == offset
}

// EndOfDay returns the last second of the day of c in loc.
func (c Civil) EndOfDay(loc *time.Location) time.Time {
	if c.Fixed {
		first, _, _ := c.Instants(loc) // an offset leaves no doubt
		y, m, d := first.In(loc).Date()
		c = Civil{Year: y, Month: int(m), Day: d}
	}
	c.HasTime, c.Fixed = false, false
	first, _, err := c.Instants(loc)
	if err != nil { // no zone leaves out the last second of a day, but one could
		return time.Date(c.Year, time.Month(c.Month), c.Day, 23, 59, 59, 0, loc)
	}
	return first
}

// Serial reads a spreadsheet's day number. Day 60 of the 1900 system is the 29
// February 1900 that never was.
func Serial(n float64, date1904 bool) (Civil, error) {
	days := math.Floor(n)
	secs := int(math.Round((n - days) * 86400))
	if days < 1 && !date1904 || days < 0 || days > 2958465 {
		return Civil{}, &Refusal{Reason: ErrDate, Text: "talet är inget datum i Excel"}
	}
	base := time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days == 60:
		return Civil{}, &Refusal{Reason: ErrDate, Text: "den 29 februari 1900 finns inte"}
	case days > 60:
		base = base.AddDate(0, 0, -1)
	}
	t := base.AddDate(0, 0, int(days)).Add(time.Duration(secs) * time.Second)
	c := Civil{Year: t.Year(), Month: int(t.Month()), Day: t.Day(), Hour: t.Hour(), Minute: t.Minute(), Sec: t.Second(), HasTime: n != days}
	if why, ok := c.valid(); !ok {
		return Civil{}, &Refusal{Reason: ErrDate, Text: why}
	}
	return c, nil
}

var monthNames = [12]string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}
