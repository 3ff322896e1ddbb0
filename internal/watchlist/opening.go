package watchlist

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Opening is opening hours less red days and closed periods. Targets with the
// same hours share one. It is safe for concurrent use.
type Opening struct {
	// Text is what the settings say.
	Text string
	// Name stands on the disruptions of targets that have these hours.
	Name string

	always bool
	cal    *calendar.Calendar

	mu       sync.Mutex
	days     []store.CalendarDay
	from, to time.Time // what days cover
}

// Always tells whether it is never closed.
func (o *Opening) Always() bool { return o.always }

// Open tells whether an instant lies within the opening hours.
func (o *Opening) Open(at time.Time) bool {
	return o.always || o.Seconds(at.Truncate(time.Second), at.Truncate(time.Second).Add(time.Second)) > 0
}

// Seconds is the open time from one instant to another.
func (o *Opening) Seconds(from, to time.Time) int64 {
	if !to.After(from) {
		return 0
	}
	if o.always {
		return to.Unix() - from.Unix()
	}
	n, _ := calendar.WorkingSeconds(o.table(from, to), from.Unix(), to.Unix())
	return n
}

// margin is how much more than asked for is worked out, so that a daemon that
// asks about now does so a few times a year.
const margin = 100 * 24 * time.Hour

func (o *Opening) table(from, to time.Time) []store.CalendarDay {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.days == nil || from.Before(o.from) || to.After(o.to) {
		if o.days == nil || from.Before(o.from) {
			o.from = from.Add(-margin)
		}
		if o.days == nil || to.After(o.to) {
			o.to = to.Add(margin)
		}
		o.days = o.cal.Days(o.from.Add(-24*time.Hour), o.to.Add(24*time.Hour))
	}
	return o.days
}

// openings makes each set of hours once.
type openings struct {
	periods map[string][]string
	known   map[string]*Opening
}

// find returns the opening hours of a target: hours such as "mon-fri
// 08:00-17:00; sat 10:00-14:00" or "always", and closed periods by name or date.
func (o *openings) find(hours, closed string) (*Opening, error) {
	key := hours + "\x00" + closed
	if known := o.known[key]; known != nil {
		return known, nil
	}
	out := &Opening{Text: strings.TrimSpace(hours)}
	days, err := o.closed(closed)
	if err != nil {
		return nil, &closedError{err.Error()}
	}
	switch strings.ToLower(out.Text) {
	case "", "always", "alltid", "dygnet runt":
		if len(days) > 0 {
			out.cal, err = calendar.New(calendar.Hours{Open: []string{"mon-sun 00:00-24:00"}, Closed: days})
			if err != nil {
				return nil, notDays(closed)
			}
		}
		out.always = len(days) == 0
	default:
		if _, err := calendar.New(calendar.Hours{Open: split(hours)}); err != nil {
			return nil, fmt.Errorf("%q är inga öppettider; skriv till exempel ”mån-fre 08:00-17:00; lör 10:00-14:00”, eller always för dygnet runt", hours)
		}
		out.cal, err = calendar.New(calendar.Hours{Open: split(hours), Closed: days})
		if err != nil {
			return nil, notDays(closed)
		}
	}
	out.Name = out.name(days)
	o.known[key] = out
	return out, nil
}

// closedError is a fault of the closed days and not of the hours.
type closedError struct{ text string }

func (e *closedError) Error() string { return e.text }

func notDays(text string) error {
	return &closedError{fmt.Sprintf("%q är inga stängda dagar; skriv till exempel 2026-12-28 eller 2026-06-15..2026-08-14", text)}
}

// closed turns names of periods into their days.
func (o *openings) closed(text string) ([]string, error) {
	var days []string
	for _, part := range split(text) {
		switch period, known := o.periods[part]; {
		case known:
			days = append(days, period...)
		case part[0] >= '0' && part[0] <= '9':
			days = append(days, part)
		default:
			return nil, fmt.Errorf("%q är ingen stängd period%s", part, meant(part, keys(o.periods)))
		}
	}
	return days, nil
}

// split cuts a list at semicolons.
func split(s string) []string {
	var out []string
	for _, p := range strings.Split(s, ";") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
