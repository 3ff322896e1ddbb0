package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Hours is what the settings say.
type Hours struct {
	// Open is opening hours: "mon-fri 08:00-17:00", "sat 10:00-14:00"; Swedish
	// weekdays do as well. Empty is Monday to Friday, 8 to 17.
	Open []string
	// Closed are further closed days: "2026-12-28", or "2026-07-06..2026-07-10".
	// Red days, midsommarafton, julafton and nyårsafton are closed in any case.
	Closed []string
	// HalfDays close at the hour given: "2026-12-23 12:00", "skärtorsdag 12:00",
	// "dag före röd dag 15:00". None by default: customs differ.
	HalfDays []string
}

// DefaultOpen is used where no opening hours are set.
const DefaultOpen = "mon-fri 08:00-17:00"

// New makes a calendar. The error holds every fault.
func New(h Hours) (*Calendar, error) {
	c := &Calendar{loc: Location(), closed: map[date]bool{}}
	var errs []error
	note := func(field string, i int, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s[%d]: %w", field, i, err))
		}
	}
	open := h.Open
	if len(open) == 0 {
		open = []string{DefaultOpen}
	}
	for i, s := range open {
		note("open", i, c.addOpen(s))
	}
	for i, s := range h.Closed {
		note("closed", i, c.addClosed(s))
	}
	for i, s := range h.HalfDays {
		note("half_days", i, c.addHalf(s))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return c, nil
}

// weekdays maps English and Swedish short names, Monday first.
func weekdays() []string {
	return []string{"mon mån måndag", "tue tis tisdag", "wed ons onsdag", "thu tor torsdag", "fri fre fredag", "sat lör lördag", "sun sön söndag"}
}

func weekday(s string) (int, bool) {
	for i, names := range weekdays() {
		for _, n := range strings.Fields(names) {
			if n == s {
				return i, true
			}
		}
	}
	return 0, false
}

func (c *Calendar) addOpen(s string) error {
	bad := fmt.Errorf("want weekdays and hours such as %s, got %q", DefaultOpen, s)
	days, hours, ok := strings.Cut(strings.ToLower(strings.TrimSpace(s)), " ")
	from, to, dash := strings.Cut(strings.ReplaceAll(strings.TrimSpace(hours), "–", "-"), "-")
	if !ok || !dash {
		return bad
	}
	var h stretch
	var okFrom, okTo bool
	h.from, okFrom = clock(from)
	h.to, okTo = clock(to)
	if !okFrom || !okTo || h.from >= h.to {
		return bad
	}
	for _, part := range strings.Split(days, ",") {
		first, last, isRange := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		if !isRange {
			last = first
		}
		a, okA := weekday(first)
		b, okB := weekday(last)
		if !okA || !okB || a > b {
			return bad
		}
		for d := a; d <= b; d++ {
			w := (d + 1) % 7 // time.Weekday begins with Sunday
			if c.open[w] != (stretch{}) {
				return fmt.Errorf("%s has opening hours already: a day is open once", strings.ToLower(time.Weekday(w).String()))
			}
			c.open[w] = h
		}
	}
	return nil
}

// clock reads "08:00" or "8.00" as minutes after midnight; 24:00 is the end of the day.
func clock(s string) (int, bool) {
	t, err := time.Parse("15:4", strings.ReplaceAll(strings.TrimSpace(s), ".", ":"))
	if err == nil {
		return t.Hour()*60 + t.Minute(), true
	}
	return 24 * 60, strings.TrimSpace(s) == "24:00"
}

func parseDate(s string) (date, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	if err != nil {
		return date{}, fmt.Errorf("want a day such as 2026-12-28, got %q", s)
	}
	return dateOf(t), nil
}

func (c *Calendar) addClosed(s string) error {
	first, last, isRange := strings.Cut(s, "..")
	a, err := parseDate(first)
	if err != nil {
		return err
	}
	b := a
	if isRange {
		if b, err = parseDate(last); err != nil {
			return err
		}
	}
	if after(a, b) || after(b, a.next(366)) {
		return fmt.Errorf("want two days in order and at most a year apart, got %q", s)
	}
	for d := a; !after(d, b); d = d.next(1) {
		c.closed[d] = true
	}
	return nil
}

func (c *Calendar) addHalf(s string) error {
	i := strings.LastIndex(strings.TrimSpace(s), " ")
	bad := fmt.Errorf("want a day and an hour such as 2026-12-23 12:00 or skärtorsdag 12:00, got %q", s)
	if i < 0 {
		return bad
	}
	s = strings.TrimSpace(s)
	at, ok := clock(s[i+1:])
	if !ok {
		return bad
	}
	if d, err := parseDate(s[:i]); err == nil {
		c.halves = append(c.halves, half{on: d, at: at})
		return nil
	}
	name, ok := canonicalDay(s[:i])
	if !ok {
		return fmt.Errorf("unknown day %q, want a date or one of %s", s[:i], strings.Join(dayNames(), ", "))
	}
	c.halves = append(c.halves, half{named: name, at: at})
	return nil
}
