package kpi

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// openHours returns the function that tells the open seconds before an
// instant: all seconds, or those of the working-time calendar. Outside the
// calendar there are no open seconds to know of, which is an error rather than
// a zero.
func (s *session) openHours(ctx context.Context, r store.Reader, x ivTexts, from, to int64) (open func(int64) int64, err error) {
	if !x.working {
		return func(at int64) int64 { return at }, nil
	}
	type day struct{ start, from, to, before int64 }
	var days []day
	text := "SELECT day_start, open_from, open_to, cumulative FROM calendar WHERE day_start > " + strconv.FormatInt(from-2*86400, 10) +
		" AND day_start <= " + strconv.FormatInt(to, 10) + " ORDER BY day_start"
	rows, err := r.Query(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d day
		if err := rows.Scan(&d.start, &d.from, &d.to, &d.before); err != nil {
			return nil, fmt.Errorf("calendar: %w", err)
		}
		days = append(days, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	if len(days) == 0 || days[0].start > from || days[len(days)-1].start < to-2*86400 {
		return nil, errors.New("the working-time calendar does not cover the window")
	}
	return func(at int64) int64 {
		i := sort.Search(len(days), func(i int) bool { return days[i].start > at }) - 1
		d := days[max(i, 0)]
		return d.before + max(0, min(at, d.to)-d.from)
	}, nil
}

// stretch is the window of a figure as instants: from as_of less the length
// (12 months if nothing is said) to as_of.
func (t *task) stretch() (from, to int64, err error) {
	length := "12m"
	if t.def.Window != nil && t.def.Window.Length != "" {
		length = t.def.Window.Length
	}
	sp, err := catalogue.ParseSpan(length)
	if err != nil {
		return 0, 0, fmt.Errorf("window: length: %w", err)
	}
	return sp.Before(t.s.asOf(), t.s.location()).Unix(), t.s.asOf().Unix(), nil
}
