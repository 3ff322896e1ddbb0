package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

// pgDatabase is PostgreSQL by pgx itself: its rows are decoded from the
// server's own form, without a value in between.
type pgDatabase struct {
	conn *pgx.Conn
	zone *time.Location
}

// pgCancel is how long a cancelled query has before its connection is cut.
const pgCancel = 300 * time.Millisecond

func (p *plan) openPostgres(ctx context.Context) (database, error) {
	// Everything is given, so that nothing comes from the environment.
	cfg, err := pgx.ParseConfig("host=localhost port=5432 user=x password=x dbname=x sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("pgx: %w", err)
	}
	cfg.Host, cfg.Port, cfg.User, cfg.Password, cfg.Database = p.Host, uint16(p.port()), p.User, p.Password, p.Database //nolint:gosec // checked with the settings
	cfg.Fallbacks, cfg.ValidateConnect = nil, nil
	cfg.RuntimeParams = map[string]string{"application_name": "kommunpuls", "client_encoding": "UTF8"}
	cfg.DefaultQueryExecMode, cfg.StatementCacheCapacity, cfg.DescriptionCacheCapacity = pgx.QueryExecModeDescribeExec, 0, 0
	cfg.ConnectTimeout = connectTimeout
	// A query that nobody waits for any more is ended at the server too.
	cfg.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: pgCancel}
	}
	if cfg.TLSConfig, err = p.tlsConfig(); err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, p.unreachable(err)
	}
	d := &pgDatabase{conn: conn, zone: p.zone}
	for _, q := range []string{
		"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		fmt.Sprintf("SET LOCAL statement_timeout = %d", p.timeout.Milliseconds()),
		"SET LOCAL TIME ZONE '" + strings.ReplaceAll(p.Timezone, "'", "''") + "'",
	} {
		if _, err := conn.Exec(ctx, q); err != nil {
			return nil, errors.Join(p.explained(err), d.close())
		}
	}
	return d, nil
}

// close lets the server roll the transaction back by ending the session.
func (d *pgDatabase) close() error {
	ctx, cancel := parting(context.Background())
	defer cancel()
	_ = d.conn.Close(ctx) // it only read: nothing can be lost
	return nil
}

func (d *pgDatabase) query(ctx context.Context, s statement, since mark, pick choose) (rows, error) {
	args := []any{pgFormats()}
	if s.since() {
		args = append(args, d.argument(since))
	}
	// One placeholder may stand in several places.
	r, err := d.conn.Query(ctx, s.with(func(int) string { return "$1" }), args...)
	if err != nil {
		return nil, err
	}
	fields := r.FieldDescriptions()
	if fields == nil && r.Err() == nil {
		r.Next() // an error of the server shows with the first row
	}
	if err := r.Err(); err != nil {
		r.Close()
		return nil, err
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	cols, err := pick(names)
	if err != nil {
		r.Close()
		return nil, err
	}
	out := &pgRows{rows: r, cols: cols}
	for _, c := range cols {
		out.read = append(out.read, pgReader(fields[c].DataTypeOID, fields[c].Format, d.conn.TypeMap()))
	}
	return out, nil
}

// argument is :since as pgx sends it, in the type that the query compares with.
func (d *pgDatabase) argument(m mark) any {
	switch {
	case m.Type == markText:
		return m.Text
	case m.Type != markTime:
		return m.N
	case m.Wall: // right for timestamp, which drops the zone, and for timestamptz
		w := time.UnixMicro(m.N).UTC()
		return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), d.zone)
	}
	return time.UnixMicro(m.N).UTC()
}

// pgRows are PostgreSQL's rows.
type pgRows struct {
	rows pgx.Rows
	cols []int
	read []func(raw []byte) column.Cell
	raw  [][]byte
}

func (r *pgRows) next() bool {
	if !r.rows.Next() {
		return false
	}
	r.raw = r.rows.RawValues()
	return true
}

func (r *pgRows) cell(i int) column.Cell {
	raw := r.raw[r.cols[i]]
	if raw == nil {
		return column.Cell{}
	}
	return r.read[i](raw)
}

func (r *pgRows) err() error { return r.rows.Err() }
func (r *pgRows) close()     { r.rows.Close() }
