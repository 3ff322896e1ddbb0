package watchlist

import (
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// Window is planned work: every week, or once.
type Window struct {
	// Text is what the settings say.
	Text string

	// Start and End of one that comes once; zero for a weekly one.
	Start, End time.Time
	// Days of the week (Sunday is 0) on which a weekly one begins, and its
	// minutes after midnight by the clock on the wall; To may be past 24 hours.
	Days     [7]bool
	From, To int
}

// Covers tells whether an instant lies in the window.
func (w Window) Covers(at time.Time) bool {
	if !w.Start.IsZero() {
		return !at.Before(w.Start) && at.Before(w.End)
	}
	local := at.In(calendar.Location())
	for back := range 2 { // a window that began yesterday may last past midnight
		y, m, d := local.Date()
		day := time.Date(y, m, d-back, 12, 0, 0, 0, time.UTC)
		if !w.Days[day.Weekday()] {
			continue
		}
		from := time.Date(y, m, d-back, 0, w.From, 0, 0, local.Location())
		to := time.Date(y, m, d-back, 0, w.To, 0, 0, local.Location())
		if !at.Before(from) && at.Before(to) {
			return true
		}
	}
	return false
}

const dayMinutes = 24 * 60

// parseWindow reads "sön 02:00-05:00" or "2026-12-01 22:00..2026-12-02 04:00".
func parseWindow(s string) (Window, error) {
	w := Window{Text: strings.TrimSpace(s)}
	bad := fmt.Errorf("%q är ingen planerad tid; skriv till exempel ”sön 02:00-05:00” eller ”2026-12-01 22:00..2026-12-02 04:00”", s)
	text := strings.ToLower(strings.ReplaceAll(w.Text, "–", "-"))
	if text == "" {
		return w, bad
	}
	if text[0] >= '0' && text[0] <= '9' {
		first, last, ok := strings.Cut(text, "..")
		start, err1 := localTime(first)
		end, err2 := localTime(last)
		if !ok || err1 != nil || err2 != nil {
			return w, bad
		}
		if !end.After(start) {
			return w, fmt.Errorf("%q slutar innan den börjar", s)
		}
		w.Start, w.End = start, end
		return w, nil
	}
	days, hours, ok := strings.Cut(text, " ")
	from, to, dash := strings.Cut(hours, "-")
	var okFrom, okTo bool
	w.From, okFrom = minutes(from)
	w.To, okTo = minutes(to)
	if !ok || !dash || !okFrom || !okTo || w.From == w.To {
		return w, bad
	}
	if w.To < w.From {
		w.To += dayMinutes
	}
	if !weekdays(days, &w.Days) {
		return w, bad
	}
	return w, nil
}

func weekdays(text string, out *[7]bool) bool {
	if text == "daily" || text == "dagligen" {
		text = "mon-sun"
	}
	for _, part := range strings.Split(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		a, okA := weekday(first)
		b, okB := weekday(last)
		if !okA || !okB {
			return false
		}
		for d := a; ; d = (d + 1) % 7 {
			out[d] = true
			if d == b {
				break
			}
		}
	}
	return true
}

// weekday reads a short or long name, in Swedish or English; Sunday is 0.
func weekday(s string) (int, bool) {
	for i, names := range []string{"sun sön söndag sunday", "mon mån måndag monday", "tue tis tisdag tuesday", "wed ons onsdag wednesday", "thu tor torsdag thursday", "fri fre fredag friday", "sat lör lördag saturday"} {
		for _, n := range strings.Fields(names) {
			if n == s {
				return i, true
			}
		}
	}
	return 0, false
}

func minutes(s string) (int, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ".", ":")
	if s == "24:00" {
		return dayMinutes, true
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		t, err = time.Parse("15", s)
	}
	return t.Hour()*60 + t.Minute(), err == nil
}

func localTime(s string) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(strings.ReplaceAll(s, "t", " ")), calendar.Location())
}
