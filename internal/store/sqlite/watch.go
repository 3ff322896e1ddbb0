package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Commit writes one Watch batch in one transaction: records are upserted,
// nothing vanishes, and the cursor moves with them.
func (s *Store) Commit(ctx context.Context, src store.SourceInfo, b sdk.WatchBatch, now time.Time) error {
	if err := checkSourceName(src.Name); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	var c store.Counts
	for _, w := range b.Warnings {
		addWarning(&c, w)
	}
	c.Seen = int64(len(b.Records)) + c.Refused
	enc := codec{tables: s.tables}
	w := &writer{s: s, ctx: ctx, src: src, now: now.Unix(), used: usedFields{}, counts: &c}
	for i := range b.Records {
		if kt, ok := s.tables.of(b.Records[i].Kind); ok {
			w.used.note(kt, &b.Records[i])
		}
	}
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		if err := w.begin(tx); err != nil {
			return err
		}
		for i := range b.Records {
			r := b.Records[i]
			kt, ok := s.tables.of(r.Kind)
			if !ok {
				return fmt.Errorf("unknown kind %q", r.Kind)
			}
			if r.ID == "" {
				return fmt.Errorf("%s: no id", r.Kind)
			}
			r.Values = padded(r.Values, len(kt.columns))
			r.Children = padded(r.Children, len(kt.children))
			if err := w.upsertNow(kt, &staged{hashes: enc.hash(kt, &r), rec: r}); err != nil {
				return err
			}
		}
		return w.finish(sourceUpdate{started: now, header: &sdk.Header{Mapped: b.Mapped}, end: &sdk.End{Cursor: b.Cursor}, watch: true})
	})
	if err != nil {
		return fmt.Errorf("store: commit %s: %w", src.Name, err)
	}
	return nil
}

// padded makes a slice as long as the schema wants it.
func padded[T any](s []T, n int) []T {
	if len(s) >= n {
		return s
	}
	return append(s[:len(s):len(s)], make([]T, n-len(s))...)
}

// upsertNow writes a record that may follow another of the same id, so what
// is gathered is written first.
func (w *writer) upsertNow(kt *kindTable, rec *staged) error {
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	k := string(kt.kind) + ":" + rec.rec.ID
	if w.seen[k] {
		w.counts.Repeated++
		if err := w.flushAll(); err != nil {
			return err
		}
	}
	w.seen[k] = true
	return w.upsert(kt, rec)
}

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
