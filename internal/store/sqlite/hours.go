package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// SetCalendar replaces the working-time calendar.
func (s *Store) SetCalendar(ctx context.Context, days []store.CalendarDay) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM calendar"); err != nil {
			return err
		}
		b := newBulk(tx, "calendar", []string{"day_start", "open_from", "open_to", "cumulative"}, nil)
		for _, d := range days {
			if err := b.added(ctx, append(b.args, d.DayStart, d.OpenFrom, d.OpenTo, d.Cumulative)); err != nil {
				return err
			}
		}
		return b.flush(ctx)
	})
	if err != nil {
		return fmt.Errorf("store: calendar: %w", err)
	}
	return nil
}

// SetOpening replaces the open days of the named opening hours; others stay,
// for what began under them.
func (s *Store) SetOpening(ctx context.Context, hours map[string][]store.CalendarDay) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		for _, name := range slices.Sorted(maps.Keys(hours)) {
			if _, err := tx.ExecContext(ctx, "DELETE FROM opening_hours WHERE schedule = ?", name); err != nil {
				return err
			}
			b := newBulk(tx, "opening_hours", []string{"schedule", "open_from", "open_to"}, nil)
			for _, d := range hours[name] {
				if d.OpenTo <= d.OpenFrom {
					continue
				}
				if err := b.added(ctx, append(b.args, name, d.OpenFrom, d.OpenTo)); err != nil {
					return err
				}
			}
			if err := b.flush(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: opening hours: %w", err)
	}
	return nil
}
