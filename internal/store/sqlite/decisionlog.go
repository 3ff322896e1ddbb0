package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// NoteDecisions compares what is decided with what was noted last and keeps
// what changed. The log is never cut.
func (s *Store) NoteDecisions(ctx context.Context, ds []store.Decided, now time.Time) ([]store.DecisionChange, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	var changes []store.DecisionChange
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		was, err := loadDecided(ctx, tx)
		if err != nil {
			return err
		}
		if changes, err = compareDecided(was, ds, time.Unix(now.Unix(), 0).UTC()); err != nil || len(changes) == 0 {
			return err
		}
		for _, c := range changes {
			if _, err := tx.ExecContext(ctx, "INSERT INTO decision_change (at, section, key, field, was, became, decision, by, why, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				c.At.Unix(), c.Section, c.Key, c.Field, blank(c.Was), blank(c.Became), blank(c.Decision), blank(c.By), blank(c.Why), blank(c.File)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM decided"); err != nil {
			return err
		}
		for _, d := range ds {
			body, err := json.Marshal(d)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO decided (section, key, body) VALUES (?, ?, ?)", d.Section, d.Key, string(body)); err != nil {
				return fmt.Errorf("%s %s: %w", d.Section, d.Key, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: decisions: %w", err)
	}
	return changes, nil
}

type decidedKey struct{ section, key string }

func loadDecided(ctx context.Context, tx *sql.Tx) (map[decidedKey]store.Decided, error) {
	rows, err := tx.QueryContext(ctx, "SELECT body FROM decided")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[decidedKey]store.Decided{}
	for rows.Next() {
		var body string
		var d store.Decided
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &d); err != nil {
			return nil, err
		}
		out[decidedKey{d.Section, d.Key}] = d
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// compareDecided lists every field that came, changed or went. What goes has
// the words of the decision that stood.
func compareDecided(was map[decidedKey]store.Decided, ds []store.Decided, at time.Time) ([]store.DecisionChange, error) {
	var out []store.DecisionChange
	left := maps.Clone(was)
	seen := map[decidedKey]bool{}
	add := func(by store.Decided, old, now map[string]string) {
		fields := map[string]bool{}
		for f := range old {
			fields[f] = true
		}
		for f := range now {
			fields[f] = true
		}
		for _, f := range slices.Sorted(maps.Keys(fields)) {
			if old[f] != now[f] {
				out = append(out, store.DecisionChange{At: at, Section: by.Section, Key: by.Key, Field: f, Was: old[f], Became: now[f],
					Decision: by.Decision, By: by.By, Why: by.Why, File: by.File})
			}
		}
	}
	for _, d := range ds {
		k := decidedKey{d.Section, d.Key}
		if seen[k] {
			return nil, fmt.Errorf("%s %s stands twice", d.Section, d.Key)
		}
		seen[k] = true
		add(d, left[k].Fields, d.Fields)
		delete(left, k)
	}
	gone := slices.SortedFunc(maps.Keys(left), func(a, b decidedKey) int {
		return cmp.Or(cmp.Compare(a.section, b.section), cmp.Compare(a.key, b.key))
	})
	for _, k := range gone {
		add(left[k], left[k].Fields, nil)
	}
	return out, nil
}

// DecisionLog lists the changes of decisions from an instant, oldest first.
func (s *Store) DecisionLog(ctx context.Context, from time.Time) ([]store.DecisionChange, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT at, section, key, field, coalesce(was, ''), coalesce(became, ''), coalesce(decision, ''), coalesce(by, ''), coalesce(why, ''), coalesce(file, '') FROM decision_change WHERE at >= ? ORDER BY no", from.Unix())
	if err != nil {
		return nil, fmt.Errorf("store: decision log: %w", translate(err))
	}
	defer rows.Close()
	var out []store.DecisionChange
	for rows.Next() {
		var c store.DecisionChange
		var at int64
		if err := rows.Scan(&at, &c.Section, &c.Key, &c.Field, &c.Was, &c.Became, &c.Decision, &c.By, &c.Why, &c.File); err != nil {
			return nil, fmt.Errorf("store: decision log: %w", err)
		}
		c.At = time.Unix(at, 0).UTC()
		out = append(out, c)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// MappingChanges lists the names and records that led to another identity than
// before, from an instant, oldest first.
func (s *Store) MappingChanges(ctx context.Context, from time.Time) ([]store.MappingChange, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT at, scheme, id, was, coalesce(became, '') FROM identity_change WHERE at >= ? AND was IS NOT NULL ORDER BY at, rowid", from.Unix())
	if err != nil {
		return nil, fmt.Errorf("store: mapping changes: %w", translate(err))
	}
	defer rows.Close()
	var out []store.MappingChange
	for rows.Next() {
		var c store.MappingChange
		var at int64
		if err := rows.Scan(&at, &c.Scheme, &c.Name, &c.Was, &c.Became); err != nil {
			return nil, fmt.Errorf("store: mapping changes: %w", err)
		}
		c.At = time.Unix(at, 0).UTC()
		out = append(out, c)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
