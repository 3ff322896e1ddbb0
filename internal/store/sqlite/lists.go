package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// listBulk returns the inserter of a list's present table.
func (w *writer) listBulk(kt *kindTable, ct *childTable) *bulk {
	name := ct.name + "_now"
	if b, ok := w.inserts[name]; ok {
		return b
	}
	cols := []string{"rid", "pos", "source_no", "seen_at"}
	if !kt.event {
		cols = append(cols, "valid_from")
	}
	for _, c := range ct.columns {
		cols = append(cols, quote(c.name))
	}
	b := newBulk(w.tx, name, cols, nil)
	w.inserts[name] = b
	return b
}

// insertList writes the list of a new record.
func (w *writer) insertList(kt *kindTable, ct *childTable, rid string, rows []record.Row, from int64) error {
	for pos, row := range rows {
		vals, err := w.listArgs(ct, row)
		if err != nil {
			return err
		}
		if err := w.insertListRow(kt, ct, rid, int64(pos), from, vals); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) insertListRow(kt *kindTable, ct *childTable, rid string, pos, from int64, vals []any) error {
	w.touchKeys(ct)
	b := w.listBulk(kt, ct)
	args := append(b.args, rid, pos, w.sourceNo, w.now)
	if !kt.event {
		args = append(args, from)
	}
	return b.added(w.ctx, append(args, vals...))
}

func (w *writer) listArgs(ct *childTable, row record.Row) ([]any, error) {
	row = namedSystem(ct, row)
	vals := make([]any, len(ct.columns))
	for i := range ct.columns {
		v, err := w.arg(&ct.columns[i], value(row, i))
		if err != nil {
			return nil, err
		}
		vals[i] = v
	}
	return vals, nil
}

// listRow is one stored row of a list.
type listRow struct {
	pos  int64
	vals []any
}

// changeList makes a stored list equal to rows. A row that stays keeps its
// own beginning; one that is gone becomes a closed version.
func (w *writer) changeList(kt *kindTable, ct *childTable, rid string, rows []record.Row, from int64) error {
	if err := w.flushList(ct); err != nil {
		return err
	}
	stored, err := w.storedList(ct, rid)
	if err != nil {
		return err
	}
	have := map[string][]int64{} // content → positions
	next := int64(0)
	for _, r := range stored {
		k := contentKey(r.vals)
		have[k] = append(have[k], r.pos)
		next = max(next, r.pos+1)
	}
	var fresh [][]any
	for _, row := range rows {
		vals, err := w.listArgs(ct, row)
		if err != nil {
			return err
		}
		if k := contentKey(vals); len(have[k]) > 0 {
			have[k] = have[k][1:]
		} else {
			fresh = append(fresh, vals)
		}
	}
	for _, gone := range have {
		for _, pos := range gone {
			if err := w.retireListRow(kt, ct, rid, pos, from); err != nil {
				return err
			}
		}
	}
	for i, vals := range fresh {
		if err := w.insertListRow(kt, ct, rid, next+int64(i), from, vals); err != nil {
			return err
		}
	}
	return nil
}

// flushList writes what is gathered for a list, so that it can be read.
func (w *writer) flushList(ct *childTable) error {
	if b, ok := w.inserts[ct.name+"_now"]; ok {
		return b.flush(w.ctx)
	}
	return nil
}

func contentKey(vals []any) string { return fmt.Sprintf("%T%v", vals, vals) }

func (w *writer) storedList(ct *childTable, rid string) ([]listRow, error) {
	cols := []string{"pos"}
	for _, c := range ct.columns {
		cols = append(cols, quote(c.name))
	}
	rows, err := w.tx.QueryContext(w.ctx, fmt.Sprintf("SELECT %s FROM %s_now WHERE rid = ? ORDER BY pos", strings.Join(cols, ", "), ct.name), rid)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []listRow
	for rows.Next() {
		row, err := scanAny(rows, len(cols))
		if err != nil {
			return nil, err
		}
		pos, ok := row[0].(int64)
		if !ok {
			return nil, fmt.Errorf("%s: position %v", ct.name, row[0])
		}
		out = append(out, listRow{pos, row[1:]})
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

func (w *writer) retireListRow(kt *kindTable, ct *childTable, rid string, pos, until int64) error {
	w.touchKeys(ct)
	cols, values := closing(kt.event)
	if err := w.exec(fmt.Sprintf("INSERT INTO %[1]s_past (%[2]s, %[3]s) SELECT %[2]s, %[4]s FROM %[1]s_now WHERE rid = ?3 AND pos = ?4",
		ct.name, pastListColumns(kt, ct), cols, values), w.now, until, rid, pos); err != nil {
		return err
	}
	return w.exec(fmt.Sprintf("DELETE FROM %s_now WHERE rid = ? AND pos = ?", ct.name), rid, pos)
}

// namedSystem lets an installed product stand for the system of its name, where
// the source does not say itself which system it is.
func namedSystem(ct *childTable, row record.Row) record.Row {
	if ct.name != "asset_software" {
		return row
	}
	product, system := -1, -1
	for i := range ct.columns {
		switch ct.columns[i].field.Name {
		case "product":
			product = i
		case "system":
			system = i
		}
	}
	if product < 0 || system < 0 || value(row, system).State != record.Unset || value(row, product).State != record.Set {
		return row
	}
	named := make(record.Row, len(ct.columns))
	copy(named, row)
	named[system] = record.Value{State: record.Set, S: row[product].S}
	return named
}
