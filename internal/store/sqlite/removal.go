package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// removeStep is the most rows that one transaction removes, and removeTime how
// long it should hold the write lock: the next takes fewer or more rows.
const (
	removeFirst = 250
	removeStep  = 2000
	removeTime  = 100 * time.Millisecond
)

var errUnknownKind = errors.New("unknown kind")

// oldCond is the condition on alias t for rows that no point from an instant
// (?1) on can read: versions that were withdrawn, or whose end had come and was
// known, and events that are over and all of whose times have come.
func oldCond(kt *kindTable, past, list bool) string {
	if !kt.event {
		return "(t.recorded_to <= ?1 OR t.valid_to <= ?1 AND (t.ended_at <= ?1 OR t.ended_at <= t.seen_at))"
	}
	if list {
		return "t.recorded_to <= ?1"
	}
	over := overCond(kt, "t")
	if past {
		return "(t.recorded_to <= ?1 OR " + over + ")"
	}
	// A version that was replaced later than the instant, and was not over in it,
	// is still read by who asks what was known then.
	return over + fmt.Sprintf(" AND NOT EXISTS (SELECT 1 FROM %s_past p WHERE p.rid = t.rid AND p.recorded_to > ?1 AND NOT (%s))", kt.kind, overCond(kt, "p"))
}

// overCond tells that an event is over and that every time of it lies before
// the instant.
func overCond(kt *kindTable, alias string) string {
	conds := []string{fmt.Sprintf("coalesce(%s.%s, ?1) < ?1", alias, quote(kt.schema.EventTime))}
	for _, c := range kt.columns {
		if c.field.Type == record.Time && !c.field.Ahead && c.name != kt.schema.EventTime {
			conds = append(conds, fmt.Sprintf("coalesce(%s.%s, 0) < ?1", alias, quote(c.name)))
		}
	}
	switch kt.kind {
	case record.Ticket:
		conds = append(conds, fmt.Sprintf("(%[1]s.resolved_at IS NOT NULL OR %[1]s.closed_at IS NOT NULL OR %[1]s.status IN ('resolved', 'closed', 'cancelled'))", alias))
	case record.Observation:
		conds = append(conds, fmt.Sprintf("(%[1]s.ended_at IS NOT NULL OR %[1]s.kind NOT IN ('outage', 'unmeasured'))", alias))
	}
	return strings.Join(conds, " AND ")
}

// oldTable is one stored table with its key and the rows in it that are old.
type oldTable struct {
	name, key, cond string
	list            bool
}

func oldTables(kt *kindTable) []oldTable {
	k := string(kt.kind)
	var out []oldTable
	if kt.event {
		for _, c := range kt.children {
			out = append(out, oldTable{c.name + "_past", "ver", oldCond(kt, true, true), true})
		}
		return append(out, oldTable{k + "_now", "no", oldCond(kt, false, false), false}, oldTable{k + "_past", "ver", oldCond(kt, true, false), false})
	}
	for _, c := range kt.children {
		out = append(out, oldTable{c.name + "_past", "ver", oldCond(kt, true, true), true})
	}
	return append(out, oldTable{k + "_past", "ver", oldCond(kt, true, false), false})
}

// CountOlder counts the rows that RemoveOlder would remove.
func (s *Store) CountOlder(ctx context.Context, kind record.Kind, before time.Time) (store.Removed, error) {
	kt, ok := s.tables.of(kind)
	if !ok {
		return store.Removed{}, fmt.Errorf("store: %s: %w", kind, errUnknownKind)
	}
	out, err := s.countOlder(ctx, kt, before)
	if err != nil {
		return out, fmt.Errorf("store: count what is older: %w", translate(err))
	}
	return out, nil
}

func (s *Store) countOlder(ctx context.Context, kt *kindTable, before time.Time) (out store.Removed, err error) {
	placed := "t.valid_from"
	if kt.event {
		placed = "t." + quote(kt.schema.EventTime)
	}
	for _, t := range oldTables(kt) {
		var n int64
		var first, last sql.NullInt64
		bounds := "NULL, NULL"
		if !t.list {
			bounds = fmt.Sprintf("min(%[1]s), max(%[1]s)", placed)
		}
		if err := s.read.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*), %s FROM %s t WHERE %s", bounds, t.name, t.cond), before.Unix()).Scan(&n, &first, &last); err != nil {
			return out, fmt.Errorf("%s: %w", t.name, err)
		}
		if t.list {
			out.Lists += n
			continue
		}
		out.Records += n
		if at := time.Unix(first.Int64, 0).UTC(); first.Valid && (out.First.IsZero() || at.Before(out.First)) {
			out.First = at
		}
		if at := time.Unix(last.Int64, 0).UTC(); last.Valid && at.After(out.Last) {
			out.Last = at
		}
	}
	return out, nil
}

// RemoveOlder notes the removal, removes the rows step by step and then empties
// the log, so that nothing of them is left in the files.
func (s *Store) RemoveOlder(ctx context.Context, r store.Removal) (store.Removed, error) {
	kt, ok := s.tables.of(r.Kind)
	if !ok {
		return store.Removed{}, fmt.Errorf("store: %s: %w", r.Kind, errUnknownKind)
	}
	out, err := s.removeOlder(ctx, kt, r)
	if err != nil {
		return out, fmt.Errorf("store: remove what is older: %w", translate(err))
	}
	return out, nil
}

func (s *Store) removeOlder(ctx context.Context, kt *kindTable, r store.Removal) (out store.Removed, err error) {
	if err := s.writable(); err != nil {
		return out, err
	}
	if out, err = s.countOlder(ctx, kt, r.Before); err != nil {
		return out, err
	}
	note := func(done bool) error {
		held, err := s.short(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO removal (kind, before, at, decision, done) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, before) DO UPDATE SET done = excluded.done",
				string(r.Kind), r.Before.Unix(), r.At.Unix(), r.Decision, done); err != nil {
				return err
			}
			// What is there now is as it was, so the time of the last change stays.
			if _, err := tx.ExecContext(ctx, "INSERT INTO change (kind, number, at) VALUES (?, 1, 0) ON CONFLICT (kind) DO UPDATE SET number = number + 1", string(r.Kind)); err != nil {
				return err
			}
			if !done || r.Kind != record.Account {
				return nil
			}
			w := &writer{s: s, ctx: ctx, tx: tx, now: r.At.Unix(), stmts: map[string]*sql.Stmt{}}
			return w.settleTwins()
		})
		out.LockHeld = max(out.LockHeld, held)
		return err
	}
	if err := note(false); err != nil {
		return out, err
	}
	for _, t := range oldTables(kt) {
		held, err := s.removeFrom(ctx, t, r.Before.Unix())
		out.LockHeld = max(out.LockHeld, held)
		if err != nil {
			return out, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	if kt.kind == record.Observation {
		if err := s.removeRollups(ctx, r.Before); err != nil {
			return out, err
		}
	}
	if err := note(true); err != nil {
		return out, err
	}
	return out, s.forget(ctx)
}

// short runs one short transaction among the others.
func (s *Store) short(ctx context.Context, f func(*sql.Tx) error) (time.Duration, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.update(ctx, f)
}

// removeFrom removes a table's old rows in steps that hold the write lock only
// for a moment. They are looked up without it, and looked at again with it.
func (s *Store) removeFrom(ctx context.Context, t oldTable, before int64) (longest time.Duration, err error) {
	keys, err := s.numbers(ctx, fmt.Sprintf("SELECT t.%s FROM %s t WHERE %s ORDER BY 1", t.key, t.name, t.cond), before)
	if err != nil {
		return 0, err
	}
	for n := removeFirst; len(keys) > 0; {
		step := keys[:min(n, len(keys))]
		list, err := json.Marshal(step)
		if err != nil {
			return longest, err
		}
		held, err := s.short(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %[1]s AS t WHERE t.%[2]s IN (SELECT value FROM json_each(?2)) AND %[3]s", t.name, t.key, t.cond), before, string(list))
			return err
		})
		if err != nil {
			return longest, err
		}
		keys, longest = keys[len(step):], max(longest, held)
		// The log is moved into the file between the steps, where nobody waits
		// for it, and not within one.
		if err := s.moveLog(ctx); err != nil {
			return longest, err
		}
		switch {
		case held > removeTime:
			n = max(n/2, 50)
		case held < removeTime/3:
			n = min(n*2, removeStep)
		}
	}
	return longest, nil
}

// numbers reads one column of whole numbers.
func (s *Store) numbers(ctx context.Context, query string, args ...any) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// moveLog moves what can be moved of the log into the file, without waiting for
// anybody.
func (s *Store) moveLog(ctx context.Context) error {
	var busy, log, moved int
	return s.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &log, &moved)
}
