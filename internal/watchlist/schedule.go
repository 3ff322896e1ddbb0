package watchlist

import (
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// AlwaysOpen is the name of opening hours that never close.
const AlwaysOpen = "always"

// name says what the hours are, closed days included: other days are another
// name, so an interval keeps the hours that it began under.
func (o *Opening) name(closed []string) string {
	if o.always {
		return AlwaysOpen
	}
	out := o.Text
	if out == "" {
		out = AlwaysOpen
	}
	if len(closed) > 0 {
		out += "; stängt " + strings.Join(closed, ", ")
	}
	return out
}

// Days lists the open days between two instants; nil when it never closes.
func (o *Opening) Days(from, to time.Time) []store.CalendarDay {
	if o.always {
		return nil
	}
	return o.cal.Days(from, to)
}

// Openings returns the distinct opening hours of the targets, by name.
func (l *List) Openings() map[string]*Opening {
	out := map[string]*Opening{}
	for i := range l.Targets {
		if o := l.Targets[i].Opening; o != nil {
			out[o.Name] = o
		}
	}
	return out
}
