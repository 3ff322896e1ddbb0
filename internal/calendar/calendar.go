// Package calendar knows when the IT unit is at work: opening hours by weekday
// in Europe/Stockholm, less the red days, eves and half days of the Swedish
// year. It writes them as a table of days, so that working time is plain SQL.
package calendar

import (
	"time"
	_ "time/tzdata" // Windows has no zone files

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Zone is the time zone of every Swedish municipality.
const Zone = "Europe/Stockholm"

// Location returns Europe/Stockholm.
func Location() *time.Location {
	loc, err := time.LoadLocation(Zone)
	if err != nil {
		// The zone is compiled in, so this cannot happen.
		panic("calendar: " + err.Error())
	}
	return loc
}

// Calendar tells open days from closed. It is safe for concurrent use.
type Calendar struct {
	loc    *time.Location
	open   [7]stretch // by weekday; zero is closed
	closed map[date]bool
	halves []half
}

// stretch is opening hours of one day, in minutes after midnight by the clock
// on the wall.
type stretch struct{ from, to int }

// half closes a day early: one date, or a named day of every year.
type half struct {
	on    date   // zero if named
	named string // key of namedDays
	at    int    // minutes after midnight
}

// date is a day without a zone.
type date struct {
	y int
	m time.Month
	d int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

func (d date) next(days int) date {
	return dateOf(time.Date(d.y, d.m, d.d+days, 12, 0, 0, 0, time.UTC))
}

func (d date) weekday() time.Weekday {
	return time.Date(d.y, d.m, d.d, 12, 0, 0, 0, time.UTC).Weekday()
}

// at is the instant when the clock on the wall shows so many minutes after midnight.
func (d date) at(minutes int, loc *time.Location) int64 {
	return time.Date(d.y, d.m, d.d, 0, minutes, 0, 0, loc).Unix()
}

// Days lists every local day from that of one instant to that of another, both
// included, ready for store.SetCalendar.
func (c *Calendar) Days(from, to time.Time) []store.CalendarDay {
	var out []store.CalendarDay
	var open int64
	last := dateOf(to.In(c.loc))
	years := map[int]year{}
	for d := dateOf(from.In(c.loc)); !after(d, last); d = d.next(1) {
		y, ok := years[d.y]
		if !ok {
			y = newYear(d.y)
			years[d.y] = y
		}
		h := c.hours(d, y)
		day := store.CalendarDay{DayStart: d.at(0, c.loc), OpenFrom: d.at(h.from, c.loc), OpenTo: d.at(h.to, c.loc), Cumulative: open}
		open += day.OpenTo - day.OpenFrom
		out = append(out, day)
	}
	return out
}

func after(a, b date) bool {
	return a.at(0, time.UTC) > b.at(0, time.UTC)
}

// hours is when a day is open.
func (c *Calendar) hours(d date, y year) stretch {
	h := c.open[d.weekday()]
	if y.red[d] != "" || y.eves[d] != "" || c.closed[d] {
		return stretch{}
	}
	for _, x := range c.halves {
		if x.on == d || x.named != "" && y.is(x.named, d) {
			h.to = max(min(h.to, x.at), h.from)
		}
	}
	if h.from >= h.to {
		return stretch{}
	}
	return h
}

// WorkingSeconds is the open time from a to b (epoch seconds; less than zero
// if b is earlier), by a table made by Days. It is the same as the SQL behind
// working_seconds(a, b): false if an instant is outside the table.
func WorkingSeconds(days []store.CalendarDay, a, b int64) (int64, bool) {
	before, okA := openBefore(days, a)
	until, okB := openBefore(days, b)
	return until - before, okA && okB
}

// openBefore is the open time before t since the table's start.
func openBefore(days []store.CalendarDay, t int64) (int64, bool) {
	lo, hi := 0, len(days) // days[lo-1] starts at or before t
	for lo < hi {
		if mid := (lo + hi) / 2; days[mid].DayStart <= t {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	// No day is longer than 25 hours: what is later lies outside the table.
	if lo == 0 || days[lo-1].DayStart <= t-90000 {
		return 0, false
	}
	d := days[lo-1]
	return d.Cumulative + min(max(t-d.OpenFrom, 0), d.OpenTo-d.OpenFrom), true
}
