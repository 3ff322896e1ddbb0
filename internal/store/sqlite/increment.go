package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// increment writes a record of a collection that reads only what changed. A
// field or list that it says nothing of keeps what is stored: a source that
// tells only what changed of an account does not take away the rest.
func (w *writer) increment(kt *kindTable, rec *staged, c *codec) error {
	if !silent(kt, rec) {
		return w.upsert(kt, rec)
	}
	rid := w.rid(rec.rec.ID)
	var no, hash int64
	err := w.row(fmt.Sprintf("SELECT no, hash FROM %s_now WHERE rid = ?", kt.kind), []any{rid}, &no, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		// A batch that is not written yet holds no record of this id: the last
		// word on each is applied once.
		return w.insert(kt, rec)
	}
	if err != nil {
		return err
	}
	stored, err := w.storedValues(string(kt.kind), "no = ?", kt.columns, no)
	if err != nil {
		return err
	}
	if len(stored) != 1 {
		return fmt.Errorf("%s %d: %d rows", kt.kind, no, len(stored))
	}
	state, volatile := false, false
	for i := range kt.columns {
		f := kt.columns[i].field
		v := &rec.rec.Values[i]
		if v.State == record.Unset {
			*v = stored[0][i]
		} else if !sameValue(f.Type, *v, stored[0][i]) {
			state, volatile = state || !f.Volatile, volatile || f.Volatile
		}
	}
	for i := range kt.children {
		ct := &kt.children[i]
		have, err := w.storedValues(ct.name, "rid = ?", ct.columns, rid)
		if err != nil {
			return err
		}
		rows := &rec.rec.Children[ct.index]
		if *rows == nil {
			*rows = have
		} else if !sameRows(ct, *rows, have) {
			state = true
		}
	}
	switch {
	case state:
		rec.row = c.hash(kt, &rec.rec).row
		if sameState(uint64(hash), rec.row) {
			rec.row ^= 1 << 63 // the stored one was hashed with other fields silent
		}
	case volatile: // the state is that of the stored row, whatever it was hashed with
		rec.row = uint64(hash)&^0xffffffff | c.hash(kt, &rec.rec).row&0xffffffff
	default:
		w.counts.Unchanged++
		return nil
	}
	return w.change(kt, rec, no, uint64(hash))
}

// silent tells whether a record leaves any field or list unsaid.
func silent(kt *kindTable, rec *staged) bool {
	if slices.ContainsFunc(rec.rec.Values, func(v record.Value) bool { return v.State == record.Unset }) {
		return true
	}
	return slices.ContainsFunc(kt.children, func(ct childTable) bool { return rec.rec.Children[ct.index] == nil })
}

// storedValues reads rows of a present table as a source would say them; what
// is NULL is blank.
func (w *writer) storedValues(table, where string, cols []column, arg any) ([]record.Row, error) {
	if err := w.flushTable(table); err != nil {
		return nil, err
	}
	list := make([]string, len(cols))
	for i, c := range cols {
		list[i] = "t." + quote(c.name)
		if c.scheme != "" {
			list[i] = refExpr(c, "raw")
		}
	}
	st, err := w.stmt(fmt.Sprintf("SELECT %s FROM %s_now t WHERE t.%s ORDER BY 1", strings.Join(list, ", "), table, where)) //nolint:sqlclosecheck // kept, and closed with the transaction
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(w.ctx, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []record.Row
	for rows.Next() {
		vals, err := scanAny(rows, len(cols))
		if err != nil {
			return nil, err
		}
		row := make(record.Row, len(cols))
		for i, v := range vals {
			row[i] = valueOf(v)
		}
		out = append(out, row)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// flushTable writes what is gathered for a table, so that it can be read.
func (w *writer) flushTable(table string) error {
	if b, ok := w.inserts[table+"_now"]; ok {
		return b.flush(w.ctx)
	}
	return nil
}

func valueOf(v any) record.Value {
	switch x := v.(type) {
	case int64:
		return record.Value{State: record.Set, I: x}
	case float64:
		return record.Value{State: record.Set, F: x}
	case string:
		return record.Value{State: record.Set, S: x}
	case []byte:
		return record.Value{State: record.Set, S: string(x)}
	}
	return record.Value{State: record.Blank}
}

// sameValue tells whether a value says what is stored; both kinds of nothing
// are stored alike.
func sameValue(t record.Type, a, b record.Value) bool {
	if a.State != record.Set || b.State != record.Set {
		return (a.State == record.Set) == (b.State == record.Set)
	}
	switch t {
	case record.Text, record.Enum, record.Ref, record.Pseudonym:
		return a.S == b.S
	case record.Float:
		return a.F == b.F
	}
	return a.I == b.I
}

// sameRows tells whether two lists hold the same rows in any order.
func sameRows(ct *childTable, a, b []record.Row) bool {
	if len(a) != len(b) {
		return false
	}
	left := slices.Clone(b)
	for _, row := range a {
		row = namedSystem(ct, row)
		at := slices.IndexFunc(left, func(other record.Row) bool {
			for i := range ct.columns {
				if !sameValue(ct.columns[i].field.Type, value(row, i), value(other, i)) {
					return false
				}
			}
			return true
		})
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return true
}
