package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// sourceUpdate is what an applied collection says of its source.
type sourceUpdate struct {
	started time.Time
	header  *sdk.Header
	end     *sdk.End
	watch   bool // a batch of a Watch, which says nothing of the source as a whole
}

// finish writes what was gathered, brings names up to date and moves the
// cursor.
func (w *writer) finish(u sourceUpdate) error {
	if err := w.flushAll(); err != nil {
		return err
	}
	if err := w.rollUp(); err != nil {
		return err
	}
	if !u.watch && !u.header.Unchanged {
		if err := w.noteSupplements(u.header.Supplements); err != nil {
			return err
		}
	}
	if err := w.settleNames(); err != nil {
		return err
	}
	return w.updateSource(u)
}

// settleAll writes what was gathered outside a collection.
func (w *writer) settleAll() error {
	if err := w.flushAll(); err != nil {
		return err
	}
	if err := w.rollUp(); err != nil {
		return err
	}
	return w.settleNames()
}

// settleNames resolves new names and tells which kinds changed.
func (w *writer) settleNames() error {
	if w.named || w.newNames {
		if err := w.s.settle(w.ctx, w.tx, time.Unix(w.now, 0), w.named); err != nil {
			return err
		}
	}
	if w.keyed {
		if err := w.settleTwins(); err != nil {
			return err
		}
	}
	for k := range w.touched {
		if _, err := w.tx.ExecContext(w.ctx, "INSERT INTO change (kind, number, at) VALUES (?, 1, ?) ON CONFLICT (kind) DO UPDATE SET number = number + 1, at = max(at, excluded.at)", string(k), w.now); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) updateSource(u sourceUpdate) error {
	mapped, err := json.Marshal(u.header.Mapped)
	if err != nil {
		return err
	}
	counts, err := json.Marshal(w.counts)
	if err != nil {
		return err
	}
	keep := 0
	if len(w.touched) > 0 {
		keep = 1
	}
	if w.dated != 0 { // an older list says nothing of the present
		_, err = w.tx.ExecContext(w.ctx, "UPDATE source SET generation = generation + ? WHERE no = ?", keep, w.sourceNo)
		return err
	}
	for k := range u.header.Mapped {
		if err := w.exec("INSERT INTO listed (source_no, kind, at) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM source WHERE no = ?1 AND last_success IS NOT NULL AND instr(mapped, ?4) > 0)",
			w.sourceNo, string(k), w.now, fmt.Sprintf("%q:", k)); err != nil {
			return err
		}
	}
	// What the newest reading counted and refused stands until the next one.
	_, err = w.tx.ExecContext(w.ctx, "UPDATE source SET last_started = ?, last_success = ?, content_at = coalesce(?, content_at), cursor = ?, counts = CASE WHEN ? THEN counts ELSE ? END, held = 0, mapped = CASE WHEN ? THEN mapped ELSE ? END, key_id = coalesce(?, key_id), generation = generation + ? WHERE no = ?",
		u.started.Unix(), w.now, epoch(u.header.ContentAt), u.end.Cursor, u.header.Unchanged, string(counts), u.header.Unchanged, string(mapped), sql.NullString{String: w.src.KeyID, Valid: w.src.KeyID != ""}, keep, w.sourceNo)
	return err
}

// Cursor returns the cursor of the last applied collection or watch batch.
func (s *Store) Cursor(ctx context.Context, source string) ([]byte, error) {
	var cursor []byte
	err := s.read.QueryRowContext(ctx, "SELECT cursor FROM source WHERE name = ? AND last_success IS NOT NULL", source).Scan(&cursor)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("store: cursor of %s: %w", source, store.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("store: cursor of %s: %w", source, translate(err))
	}
	return cursor, nil
}

// Sources returns the state of every source ever collected.
func (s *Store) Sources(ctx context.Context) ([]store.SourceState, error) {
	out, err := readSources(ctx, s.read)
	if err != nil {
		return nil, fmt.Errorf("store: sources: %w", translate(err))
	}
	return out, nil
}

// queryer is a connection or a pool of them.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readSources(ctx context.Context, db queryer) ([]store.SourceState, error) {
	rows, err := db.QueryContext(ctx, "SELECT no, name, plugin, precedence, interval_s, content_max_age_s, coalesce(retired_on, 0), coalesce(last_started, 0), coalesce(last_success, 0), coalesce(last_failure, 0), coalesce(failure_reason, ''), coalesce(content_at, 0), coalesce(counts, '{}'), held, coalesce(mapped, '{}') FROM source ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.SourceState
	var nos []int64
	for rows.Next() {
		var st store.SourceState
		var no, interval, maxAge, retired, started, success, failure, content int64
		var counts, mapped string
		if err := rows.Scan(&no, &st.Name, &st.Plugin, &st.Precedence, &interval, &maxAge, &retired, &started, &success, &failure, &st.FailureReason, &content, &counts, &st.Held, &mapped); err != nil {
			return nil, err
		}
		st.Interval, st.ContentMaxAge = time.Duration(interval)*time.Second, time.Duration(maxAge)*time.Second
		st.RetiredOn, st.LastStarted, st.LastSuccess = instant(retired), instant(started), instant(success)
		st.LastFailure, st.ContentAt = instant(failure), instant(content)
		if err := errors.Join(json.Unmarshal([]byte(counts), &st.Counts), json.Unmarshal([]byte(mapped), &st.Mapped)); err != nil {
			return nil, fmt.Errorf("source %s: %w", st.Name, err)
		}
		out, nos = append(out, st), append(nos, no)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	labels, err := db.QueryContext(ctx, "SELECT source_no, kind, label FROM supplement")
	if err != nil {
		return nil, err
	}
	defer labels.Close()
	by, err := scanSupplements(labels)
	for i := range out {
		out[i].Supplements = by[nos[i]]
	}
	return out, err
}

// NoteFailure records that a collection failed; earlier data stay and age.
func (s *Store) NoteFailure(ctx context.Context, source, plugin, reason string, now time.Time) error {
	if err := checkSourceName(source); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO source (name, plugin, precedence, interval_s, content_max_age_s, last_failure, failure_reason) VALUES (?1, ?2, 0, 0, 0, ?3, ?4)"+
			" ON CONFLICT (name) DO UPDATE SET last_failure = ?3, failure_reason = ?4", source, plugin, now.Unix(), reason)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: note failure of %s: %w", source, err)
	}
	return nil
}

// Changed returns, per kind, a number that grows when its records change.
func (s *Store) Changed(ctx context.Context) (map[record.Kind]int64, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT kind, number FROM change")
	if err != nil {
		return nil, fmt.Errorf("store: changed: %w", translate(err))
	}
	defer rows.Close()
	out := map[record.Kind]int64{}
	for rows.Next() {
		var k string
		var n int64
		if err := rows.Scan(&k, &n); err != nil {
			return nil, fmt.Errorf("store: changed: %w", err)
		}
		out[record.Kind(k)] = n
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// Unmapped lists names that resolve to nothing, most used first.
func (s *Store) Unmapped(ctx context.Context) ([]store.UnmappedName, error) {
	uses := map[int64]*nameUse{}
	for i := range s.tables.list {
		kt := &s.tables.list[i]
		if err := countUses(ctx, s.read, string(kt.kind), kt.columns, uses); err != nil {
			return nil, fmt.Errorf("store: unmapped: %w", translate(err))
		}
		for _, ct := range kt.children {
			if err := countUses(ctx, s.read, ct.name, ct.columns, uses); err != nil {
				return nil, fmt.Errorf("store: unmapped: %w", translate(err))
			}
		}
	}
	for _, ref := range []string{"site_ref", "org_unit_ref"} {
		if err := countColumn(ctx, s.read, fmt.Sprintf("SELECT %[1]s, count(*) FROM watch_target WHERE %[1]s IN (SELECT no FROM ref WHERE id IS NULL) GROUP BY %[1]s", ref), string(record.Observation), uses); err != nil {
			return nil, fmt.Errorf("store: unmapped: %w", translate(err))
		}
	}
	rows, err := s.read.QueryContext(ctx, "SELECT r.no, r.scheme, s.name, r.raw, coalesce(r.fits, '') FROM ref r JOIN source s ON s.no = r.source_no WHERE r.id IS NULL")
	if err != nil {
		return nil, fmt.Errorf("store: unmapped: %w", translate(err))
	}
	defer rows.Close()
	var out []store.UnmappedName
	for rows.Next() {
		var no int64
		var u store.UnmappedName
		if err := rows.Scan(&no, &u.Scheme, &u.Source, &u.Name, &u.Fits); err != nil {
			return nil, fmt.Errorf("store: unmapped: %w", err)
		}
		if use := uses[no]; use != nil && use.records > 0 {
			u.Records, u.Kind = use.records, use.most()
			out = append(out, u)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("store: unmapped: %w", translate(err))
	}
	seen, err := s.read.QueryContext(ctx, "SELECT source, name, kind, count(*) FROM name_seen GROUP BY 1, 2, 3")
	if err != nil {
		return nil, fmt.Errorf("store: unmapped: %w", translate(err))
	}
	defer seen.Close()
	more, err := unmappedSupplements(seen)
	if err != nil {
		return nil, fmt.Errorf("store: unmapped: %w", translate(err))
	}
	out = append(out, more...)
	sortUnmapped(out)
	return out, nil
}
