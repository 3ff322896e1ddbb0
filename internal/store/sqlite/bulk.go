package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// bulkRows is how many rows one INSERT carries.
const bulkRows = 48

// bulk gathers rows for multi-row inserts into one table.
type bulk struct {
	tx     *sql.Tx
	head   string
	width  int
	fields []int // positions in the columns that are written
	args   []any
	full   *sql.Stmt
}

// newBulk inserts OR FAIL: a fault ends the whole transaction, so SQLite need
// not keep each page as it was before the statement, in a file beside it.
func newBulk(tx *sql.Tx, table string, cols []string, fields []int) *bulk {
	return &bulk{tx: tx, head: fmt.Sprintf("INSERT OR FAIL INTO %s (%s) VALUES ", table, strings.Join(cols, ", ")), width: len(cols), fields: fields}
}

// added takes over args, which hold one row more than before.
func (b *bulk) added(ctx context.Context, args []any) error {
	b.args = args
	if len(b.args) < bulkRows*b.width {
		return nil
	}
	if b.full == nil {
		var err error
		if b.full, err = b.tx.PrepareContext(ctx, b.text(bulkRows)); err != nil {
			return err
		}
	}
	_, err := b.full.ExecContext(ctx, b.args...)
	b.args = b.args[:0]
	return err
}

// flush writes what is left.
func (b *bulk) flush(ctx context.Context) error {
	n := len(b.args) / b.width
	if n == 0 {
		return nil
	}
	_, err := b.tx.ExecContext(ctx, b.text(n), b.args...)
	b.args = b.args[:0]
	return err
}

func (b *bulk) text(rows int) string {
	row := "(" + marks(b.width) + ")"
	return b.head + strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ")
}

// usedFields are, per kind, the fields that have a value in any record of a
// collection. The others are NULL and need not be written.
type usedFields map[record.Kind][]bool

func (u usedFields) note(kt *kindTable, r *record.Record) {
	used := u[kt.kind]
	if used == nil {
		used = make([]bool, len(kt.columns))
		u[kt.kind] = used
	}
	for i := range used {
		if i < len(r.Values) && r.Values[i].State == record.Set {
			used[i] = true
		}
	}
}

// bulkOf returns the inserter of a kind's present table.
func (w *writer) bulkOf(kt *kindTable) *bulk {
	name := string(kt.kind) + "_now"
	if b, ok := w.inserts[name]; ok {
		return b
	}
	cols := []string{"rid", "source_no", "hash", "doc_no", "doc_row", "first_seen", "seen_at"}
	if !kt.event {
		cols = append(cols, "valid_from")
	}
	var fields []int
	for i, used := range w.used[kt.kind] {
		if used {
			cols = append(cols, quote(kt.columns[i].name))
			fields = append(fields, i)
		}
	}
	b := newBulk(w.tx, name, cols, fields)
	w.inserts[name] = b
	return b
}

// flushAll writes every gathered row, parents before their lists.
func (w *writer) flushAll() error {
	for name, b := range w.inserts {
		if err := b.flush(w.ctx); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
