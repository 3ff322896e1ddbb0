package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The limits of a KPI text: its own length, and of any value it makes.
const (
	maxValueBytes = 4 << 20
	maxTextBytes  = 1 << 20
)

// reader is one snapshot of the store at a point in time. Its connection
// cannot write: the file is opened mode=ro, nothing can be attached, values
// and texts are bounded, and every statement has a deadline.
type reader struct {
	s       *Store
	conn    *sql.Conn
	point   store.Point
	changed map[record.Kind]int64 // when each kind last changed
	at      pointAt
	mu      sync.Mutex
	cancels []context.CancelFunc
}

// OpenReader opens a read-only connection and holds one snapshot of the store
// until Close.
func (s *Store) OpenReader(ctx context.Context, at store.Point) (store.Reader, error) {
	conn, err := s.readers.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: open reader: %w", translate(err))
	}
	r := &reader{s: s, conn: conn, point: at, changed: map[record.Kind]int64{}, at: pointAt{asOf: at.AsOf.Unix(), known: always}}
	if !at.KnownAt.IsZero() {
		r.at.known = at.KnownAt.Unix()
	}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open reader: %w", translate(err)), r.Close())
	}
	return r, nil
}

func (r *reader) start(ctx context.Context) error {
	for id, limit := range map[int]int{
		sqlite3.SQLITE_LIMIT_ATTACHED:   0,
		sqlite3.SQLITE_LIMIT_LENGTH:     maxValueBytes,
		sqlite3.SQLITE_LIMIT_SQL_LENGTH: maxTextBytes,
	} {
		if _, err := sqlitedriver.Limit(r.conn, id, limit); err != nil {
			return err
		}
	}
	if _, err := r.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	if err := r.readChanges(ctx); err != nil {
		return err
	}
	// What is put together for a point in the past has no index of its own,
	// so the planner may make one; over stored tables it never helped.
	index := "off"
	for i := range r.s.tables.list {
		if !r.present(&r.s.tables.list[i]) {
			index = "on"
		}
	}
	if _, err := r.conn.ExecContext(ctx, "PRAGMA automatic_index = "+index); err != nil {
		return err
	}
	if index == "off" {
		return nil
	}
	var err error
	if r.at.hidden, err = loadingSources(ctx, r.conn); err != nil {
		return err
	}
	if r.at.twins, err = hasTwins(ctx, r.conn); err != nil {
		return err
	}
	return r.readRanks(ctx)
}

// readRanks counts the most records that have ever been of one identity, and of
// one account. What is put together for the past has as many terms a column, so
// that one too many costs all that is read.
func (r *reader) readRanks(ctx context.Context) error {
	const of = "SELECT coalesce(max(n), 1) FROM (SELECT count(DISTINCT rid) AS n FROM (SELECT id, rid FROM %[1]s_now UNION ALL SELECT id, rid FROM %[1]s_past) WHERE id IS NOT NULL GROUP BY id)"
	r.at.ranks = map[record.Kind]int{}
	for i := range r.s.tables.list {
		kt := &r.s.tables.list[i]
		q := fmt.Sprintf(of, kt.kind)
		switch {
		case kt.identity:
		case kt.kind == record.Account && r.at.twins:
			q = "SELECT coalesce(max(n), 0) + 1 FROM (SELECT count(*) AS n FROM account_twin GROUP BY main)"
		default:
			continue
		}
		var n int
		if err := r.conn.QueryRowContext(ctx, q).Scan(&n); err != nil {
			return fmt.Errorf("records of one %s: %w", kt.kind, err)
		}
		r.at.ranks[kt.kind] = n
	}
	return nil
}

// readChanges starts the snapshot and notes when each kind last changed.
func (r *reader) readChanges(ctx context.Context) error {
	rows, err := r.conn.QueryContext(ctx, "SELECT kind, at FROM change")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k string
		var at int64
		if err := rows.Scan(&k, &at); err != nil {
			return err
		}
		r.changed[record.Kind(k)] = at
	}
	return errors.Join(rows.Err(), rows.Close())
}

// Query runs one read-only statement. Without a deadline of its own it is
// stopped after the store's query timeout.
func (r *reader) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := oneQuery(text); err != nil {
		return nil, fmt.Errorf("store: query: %w", err)
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.s.opt.QueryTimeout)
		r.mu.Lock()
		r.cancels = append(r.cancels, cancel)
		r.mu.Unlock()
	}
	rows, err := r.conn.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("store: query: %w", translate(err))
	}
	return rows, nil
}

// Mapped tells which fields of a kind any source maps.
func (r *reader) Mapped(ctx context.Context, k record.Kind) (map[string]bool, error) {
	sources, err := r.Sources(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, s := range sources {
		for _, f := range s.Mapped[k] {
			out[f] = true
			out[strings.TrimPrefix(f, string(k)+".")] = true
		}
	}
	return out, nil
}

// Sources returns the state of every source.
func (r *reader) Sources(ctx context.Context) ([]store.SourceState, error) {
	out, err := readSources(ctx, r.conn)
	if err != nil {
		return nil, fmt.Errorf("store: sources: %w", translate(err))
	}
	return out, nil
}

// Point returns the point in time that the reader was opened at.
func (r *reader) Point() store.Point { return r.point }

// Close ends the snapshot.
func (r *reader) Close() error {
	r.mu.Lock()
	for _, cancel := range r.cancels {
		cancel()
	}
	r.cancels = nil
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := r.conn.ExecContext(ctx, "ROLLBACK")
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		err = nil
	}
	return errors.Join(err, r.conn.Close())
}
