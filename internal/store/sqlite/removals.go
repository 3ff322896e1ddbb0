package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// removeRollups removes what probe results were added up to.
func (s *Store) removeRollups(ctx context.Context, before time.Time) error {
	for _, text := range []string{
		"DELETE FROM watch_minute WHERE (minute, target) IN (SELECT minute, target FROM watch_minute WHERE minute < ? ORDER BY minute LIMIT 5000)",
		"DELETE FROM watch_hour WHERE (hour, target) IN (SELECT hour, target FROM watch_hour WHERE hour < ? ORDER BY hour LIMIT 5000)",
		"DELETE FROM watch_day WHERE (day, target) IN (SELECT day, target FROM watch_day WHERE day < ? ORDER BY day LIMIT 5000)",
		"DELETE FROM probe_hour WHERE (subject, metric, hour) IN (SELECT subject, metric, hour FROM probe_hour WHERE hour < ? LIMIT 5000)",
	} {
		for n := int64(1); n > 0; {
			_, err := s.short(ctx, func(tx *sql.Tx) error {
				res, err := tx.ExecContext(ctx, text, before.Unix())
				if err != nil {
					return err
				}
				n, err = res.RowsAffected()
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// NoteAffected adds to the figures that a removal changed.
func (s *Store) NoteAffected(ctx context.Context, kind record.Kind, before time.Time, kpis []string) error {
	b, err := json.Marshal(kpis)
	if err == nil {
		_, err = s.short(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE removal SET affected = ? WHERE kind = ? AND before = ?", string(b), string(kind), before.Unix())
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("store: note what a removal changed: %w", translate(err))
	}
	return nil
}

// Removals lists what was removed.
func (s *Store) Removals(ctx context.Context) ([]store.Removal, error) {
	out, err := readRemovals(ctx, s.read)
	if err != nil {
		return nil, fmt.Errorf("store: removals: %w", translate(err))
	}
	return out, nil
}

// Removals lists what was removed when the reader was opened.
func (r *reader) Removals(ctx context.Context) ([]store.Removal, error) {
	out, err := readRemovals(ctx, r.conn)
	if err != nil {
		return nil, fmt.Errorf("store: removals: %w", translate(err))
	}
	return out, nil
}

// querier is a queryer that reads single rows too.
type querier interface {
	queryer
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// readRemovals also reads beside an older program, whose store has no such table.
func readRemovals(ctx context.Context, db querier) ([]store.Removal, error) {
	if there, err := hasTable(ctx, db, "removal"); err != nil || !there {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT kind, before, at, decision, done, affected FROM removal ORDER BY kind, before DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Removal
	for rows.Next() {
		var r store.Removal
		var before, at int64
		var affected string
		if err := rows.Scan(&r.Kind, &before, &at, &r.Decision, &r.Done, &affected); err != nil {
			return nil, err
		}
		r.Before, r.At = time.Unix(before, 0).UTC(), time.Unix(at, 0).UTC()
		if err := json.Unmarshal([]byte(affected), &r.Affected); err != nil {
			return nil, fmt.Errorf("removal %s: %w", r.Kind, err)
		}
		out = append(out, r)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

func hasTable(ctx context.Context, db querier, name string) (has bool, err error) {
	return has, db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)", name).Scan(&has)
}
