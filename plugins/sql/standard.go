package sql

import (
	"context"
	dbsql "database/sql"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

// connectTimeout bounds connecting and logging in.
const connectTimeout = 20 * time.Second

// standard is a database behind database/sql: one connection, one transaction.
type standard struct {
	db          *dbsql.DB
	conn        *dbsql.Conn
	placeholder func(n int) string
	// argument is :since as the driver sends it.
	argument func(m mark) any
	// undo ends the transaction.
	undo string
	// decode reads a column's values by its declared type.
	decode func(typeName string) func(v any) column.Cell
}

func (d *standard) close() error {
	ctx, cancel := parting(context.Background())
	defer cancel()
	if d.conn != nil {
		if d.undo != "" {
			_, _ = d.conn.ExecContext(ctx, d.undo) // the end of the session does the same
		}
		_ = d.conn.Close() // a connection that broke says so here a second time
	}
	return d.db.Close()
}

// run executes the statements that make the session one that reads.
func (d *standard) run(ctx context.Context, statements ...string) error {
	for _, q := range statements {
		if _, err := d.conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (d *standard) query(ctx context.Context, s statement, since mark, pick choose) (rows, error) {
	return d.queryText(ctx, s.with(d.placeholder), len(s.parts)-1, since, pick)
}

func (d *standard) queryText(ctx context.Context, query string, args int, since mark, pick choose) (rows, error) {
	var given []any
	for range args {
		given = append(given, d.argument(since))
	}
	r, err := d.conn.QueryContext(ctx, query, given...)
	if err != nil {
		return nil, err
	}
	out, err := d.rows(r, pick)
	if err != nil {
		return nil, errors.Join(err, r.Close()) //nolint:sqlclosecheck // else it is closed with what is returned
	}
	return out, nil
}

func (d *standard) rows(r *dbsql.Rows, pick choose) (*standardRows, error) {
	names, err := r.Columns()
	if err != nil {
		return nil, err
	}
	types, err := r.ColumnTypes()
	if err != nil {
		return nil, err
	}
	cols, err := pick(names)
	if err != nil {
		return nil, err
	}
	out := &standardRows{rows: r, cols: cols, slots: make([]slot, len(names)), dest: make([]any, len(names))}
	for i := range names {
		out.dest[i] = &out.slots[i]
	}
	for _, c := range cols {
		out.slots[c].decode = d.decode(types[c].DatabaseTypeName())
	}
	return out, nil
}

// standardRows are rows of database/sql.
type standardRows struct {
	rows   *dbsql.Rows
	cols   []int
	slots  []slot
	dest   []any
	failed error
}

// slot takes a driver's value as it is; database/sql converts nothing.
type slot struct {
	decode func(v any) column.Cell // nil: not wanted
	cell   column.Cell
}

// Scan implements [dbsql.Scanner].
func (s *slot) Scan(v any) error {
	switch {
	case s.decode == nil:
	case v == nil:
		s.cell = column.Cell{}
	default:
		s.cell = s.decode(v)
	}
	return nil
}

func (r *standardRows) next() bool {
	if r.failed != nil || !r.rows.Next() {
		return false
	}
	r.failed = r.rows.Scan(r.dest...)
	return r.failed == nil
}

func (r *standardRows) cell(i int) column.Cell { return r.slots[r.cols[i]].cell }
func (r *standardRows) close()                 { _ = r.rows.Close() } // err has told
func (r *standardRows) err() error {
	if r.failed != nil {
		return r.failed
	}
	return r.rows.Err()
}

// plainDecode reads a value by what the driver made of it.
func plainDecode() func(v any) column.Cell {
	t := texts{}
	return func(v any) column.Cell {
		switch v := v.(type) {
		case []byte:
			return t.cell(v)
		case string:
			if !utf8.ValidString(v) {
				return column.Cell{Type: column.Garbled}
			}
			return column.Cell{Type: column.Text, Text: v}
		}
		c, _ := column.Of(v)
		return c
	}
}
