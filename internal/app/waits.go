package app

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// The wait for a first answer is looked at over waitBack; groups with fewer
// tickets than waitLeast say nothing.
const (
	waitBack  = 24 * time.Hour
	waitLeast = 5
)

// waits tells, by group of users, within which working time nine in ten of
// those who got in touch over the past day had a first answer. Those who still
// wait count with the time until now: a figure of the answered alone would
// look best when nobody answers. Nothing is told where no source says when a
// ticket was answered.
func waits(ctx context.Context, r store.Reader, now time.Time, calendar []store.CalendarDay) ([]metrics.Wait, error) {
	groups := map[string][]float64{}
	answered := false
	err := rows(ctx, r, []string{"ticket"}, `SELECT coalesce(user_group, ''), opened_at, coalesce(first_response_at, resolved_at, closed_at, 0), first_response_at IS NOT NULL FROM ticket
		WHERE opened_at > ?2 AND opened_at <= ?1 AND coalesce(auto_created, 0) = 0 AND coalesce(channel, '') <> 'auto'
		AND NOT (first_response_at IS NULL AND (coalesce(status, '') = 'cancelled' OR coalesce(resolution_code, '') IN ('cancelled', 'duplicate')))`,
		func(scan func(...any) error) error {
			var group string
			var opened, first int64
			var has bool
			if err := scan(&group, &opened, &first, &has); err != nil {
				return err
			}
			answered = answered || has
			if first == 0 || first > now.Unix() {
				first = now.Unix()
			}
			groups[group] = append(groups[group], workingSeconds(calendar, opened, first))
			return nil
		}, now.Unix(), now.Add(-waitBack).Unix())
	if err != nil {
		return nil, fmt.Errorf("read the waits: %w", err)
	}
	if !answered {
		return nil, nil
	}
	var out []metrics.Wait
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		if list := groups[g]; len(list) >= waitLeast {
			slices.Sort(list)
			out = append(out, metrics.Wait{UserGroup: g, Seconds: list[int(math.Ceil(0.9*float64(len(list))))-1]})
		}
	}
	return out, nil
}

// workingSeconds counts the open seconds between two instants; none if the
// second is the earlier.
func workingSeconds(calendar []store.CalendarDay, from, to int64) float64 {
	return math.Max(0, float64(openUntil(calendar, to)-openUntil(calendar, from)))
}

// openUntil counts the open seconds from the calendar's start to an instant.
func openUntil(calendar []store.CalendarDay, at int64) int64 {
	i := sort.Search(len(calendar), func(i int) bool { return calendar[i].DayStart > at }) - 1
	if i < 0 {
		return 0
	}
	d := calendar[i]
	return d.Cumulative + max(0, min(at, d.OpenTo)-d.OpenFrom)
}
