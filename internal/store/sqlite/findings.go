package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// SaveFindings keeps an evaluation, without its evidence rows. The first
// evaluation of a month that ended before it was known is that month's
// published value; a later one is kept beside it and changes nothing.
func (s *Store) SaveFindings(ctx context.Context, at store.Point, fs []finding.Finding) error {
	bodies := make([][]byte, len(fs))
	for i, f := range fs {
		f.Evidence, f.SQL = nil, ""
		var err error
		if bodies[i], err = json.Marshal(f); err != nil {
			return fmt.Errorf("store: save %s: %w", f.KPI, err)
		}
	}
	known := knownAt(at)
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		var no int64
		if err := tx.QueryRowContext(ctx, "INSERT INTO evaluation (as_of, known_at) VALUES (?, ?) RETURNING no", at.AsOf.Unix(), known).Scan(&no); err != nil {
			return err
		}
		for i, f := range fs {
			if _, err := tx.ExecContext(ctx, "INSERT INTO finding (evaluation, pos, kpi, as_of, body) VALUES (?, ?, ?, ?, ?)", no, i, f.KPI, at.AsOf.Unix(), bodies[i]); err != nil {
				return err
			}
			month, closed := closedMonth(at)
			if !closed {
				continue
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO published (kpi, month, as_of, known_at, method, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kpi, month) DO NOTHING",
				f.KPI, month, at.AsOf.Unix(), known, f.MethodVersion, bodies[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: save findings: %w", err)
	}
	return nil
}

// knownAt is when what an evaluation used was known; without one of its own,
// the instant evaluated.
func knownAt(at store.Point) int64 {
	if at.KnownAt.IsZero() {
		return at.AsOf.Unix()
	}
	return at.KnownAt.Unix()
}

// Findings returns the newest stored evaluation at or before a point.
func (s *Store) Findings(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	q, args := "SELECT no FROM evaluation WHERE as_of <= ?", []any{at.AsOf.Unix()}
	if !at.KnownAt.IsZero() {
		q, args = q+" AND known_at <= ?", append(args, at.KnownAt.Unix())
	}
	var no int64
	err := s.read.QueryRowContext(ctx, q+" ORDER BY as_of DESC, known_at DESC, no DESC LIMIT 1", args...).Scan(&no)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("store: findings at %s: %w", at.AsOf.Format(time.RFC3339), store.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("store: findings: %w", translate(err))
	}
	return s.bodies(ctx, "SELECT body FROM finding WHERE evaluation = ? ORDER BY pos", no)
}

// History returns a KPI's stored findings between two instants, oldest first:
// for each month that has one its published value, and every evaluation of
// another instant.
func (s *Store) History(ctx context.Context, kpi string, from, to time.Time) ([]finding.Finding, error) {
	return s.bodies(ctx, "SELECT body FROM (SELECT as_of, known_at, body FROM published WHERE kpi = ?1 AND as_of BETWEEN ?2 AND ?3"+
		" UNION ALL SELECT f.as_of, e.known_at, f.body FROM finding f JOIN evaluation e ON e.no = f.evaluation WHERE f.kpi = ?1 AND f.as_of BETWEEN ?2 AND ?3"+
		" AND NOT EXISTS (SELECT 1 FROM published p WHERE p.kpi = f.kpi AND p.as_of = f.as_of)) ORDER BY as_of, known_at", kpi, from.Unix(), to.Unix())
}

// Newest returns a KPI's newest stored finding between two instants.
func (s *Store) Newest(ctx context.Context, kpi string, from, to time.Time) (finding.Finding, error) {
	for _, q := range []string{
		"SELECT body FROM published WHERE kpi = ?1 AND as_of BETWEEN ?2 AND ?3 ORDER BY as_of DESC LIMIT 1",
		"SELECT body FROM finding WHERE kpi = ?1 AND as_of BETWEEN ?2 AND ?3 ORDER BY as_of DESC, evaluation DESC LIMIT 1",
	} {
		fs, err := s.bodies(ctx, q, kpi, from.Unix(), to.Unix())
		if err != nil {
			return finding.Finding{}, err
		}
		if len(fs) > 0 {
			return fs[0], nil
		}
	}
	return finding.Finding{}, fmt.Errorf("store: newest %s: %w", kpi, store.ErrNotFound)
}

// Began returns when anything was first collected.
func (s *Store) Began(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	if err := s.read.QueryRowContext(ctx, "SELECT min(at) FROM listed").Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("store: began: %w", translate(err))
	}
	if !at.Valid {
		return time.Time{}, fmt.Errorf("store: began: %w", store.ErrNotFound)
	}
	return time.Unix(at.Int64, 0).UTC(), nil
}

func (s *Store) bodies(ctx context.Context, q string, args ...any) ([]finding.Finding, error) {
	rows, err := s.read.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("store: findings: %w", translate(err))
	}
	defer rows.Close()
	var out []finding.Finding
	for rows.Next() {
		var body []byte
		var f finding.Finding
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("store: findings: %w", err)
		}
		if err := json.Unmarshal(body, &f); err != nil {
			return nil, fmt.Errorf("store: findings: %w", err)
		}
		out = append(out, f)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
