package sqlite

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// purge removes records and all their history for good. secure_delete is on,
// so the freed space in the file is overwritten.
func (w *writer) purge(kt *kindTable, ids []string) error {
	tables := []string{string(kt.kind) + "_past", string(kt.kind) + "_now"}
	for _, c := range kt.children {
		tables = append(tables, c.name+"_past", c.name+"_now")
	}
	for _, id := range ids {
		known := false
		for _, table := range tables {
			n, err := w.affect(fmt.Sprintf("DELETE FROM %s WHERE rid = ?", table), w.rid(id))
			if err != nil {
				return fmt.Errorf("purge %s: %w", table, err)
			}
			known = known || n > 0
		}
		if known {
			w.counts.Purged++
			w.touch(kt)
			w.keyed = w.keyed || kt.kind == record.Account
		}
	}
	return nil
}

// forget removes from the log what a purge removed from the file: the whole
// log is moved into the file and cut to nothing.
func (s *Store) forget(ctx context.Context) error {
	var busy, log, moved int
	if err := s.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("store: purge: checkpoint: %w", translate(err))
	}
	return nil
}

// shrink gives back the page cache of the writing connection. The next
// collection is an hour away.
func (s *Store) shrink(ctx context.Context) error {
	if _, err := s.write.ExecContext(ctx, "PRAGMA shrink_memory"); err != nil {
		return fmt.Errorf("store: give back memory: %w", translate(err))
	}
	return nil
}
