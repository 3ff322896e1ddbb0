package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// binding is which of the chosen columns fills what; -1 is none.
type binding struct {
	cols    []int    // of the plan's columns
	names   []string // of the result, by the plan's columns
	ids     []int
	idNames []string
	mark    int // the increment's column
	chosen  []int
}

// bind finds every mapped column in the result. The error names every one that
// is not there, or there twice.
func (p *plan) bind(names []string) (b binding, chosen []int, err error) {
	var errs []error
	add := func(at int) int {
		for i, c := range b.chosen {
			if c == at {
				return i
			}
		}
		b.chosen = append(b.chosen, at)
		return len(b.chosen) - 1
	}
	look := func(alternatives []string) (int, string) {
		at, err := find(names, alternatives)
		if err != nil {
			errs = append(errs, err)
			return -1, alternatives[0]
		}
		return add(at), names[at]
	}
	for _, c := range p.record.Columns() {
		at, name := -1, c.Name()
		if !c.Optional || has(names, c.Header) {
			at, name = look(c.Header)
		}
		b.cols, b.names = append(b.cols, at), append(b.names, name)
	}
	for _, alternatives := range p.ids {
		at, name := look(alternatives)
		b.ids, b.idNames = append(b.ids, at), append(b.idNames, name)
	}
	if b.mark = -1; p.Increment != nil {
		b.mark, _ = look([]string{p.Increment.Column})
	}
	if len(errs) > 0 {
		return b, nil, fmt.Errorf("%w: %w", errors.Join(errs...), sdk.ErrBadInput)
	}
	return b, b.chosen, nil
}

func has(names, alternatives []string) bool {
	for _, a := range alternatives {
		for _, n := range names {
			if strings.EqualFold(n, a) {
				return true
			}
		}
	}
	return false
}

// find returns the column of the first alternative that the result has. Names
// are compared regardless of case, as databases do.
func find(names, alternatives []string) (int, error) {
	for _, a := range alternatives {
		at := -1
		for i, n := range names {
			if !strings.EqualFold(n, a) {
				continue
			}
			if at >= 0 {
				return -1, fmt.Errorf("kolumnen ”%s” finns två gånger i svaret; ge dem olika namn med AS", a)
			}
			at = i
		}
		if at >= 0 {
			return at, nil
		}
	}
	text := fmt.Sprintf("kolumnen ”%s” finns inte i svaret", joined(alternatives))
	if near := closest.Name(alternatives[0], names); near != "" {
		text += fmt.Sprintf("; närmast är ”%s”", near)
	}
	return -1, errors.New(text)
}

// reading turns the rows of a result into records.
type reading struct {
	*collection
	binding
	fill    *column.Filler
	made    *column.IDs
	cells   []column.Cell
	idCells []column.Cell
	batch   column.Batch
	row     int64 // of the result, from 1
	seen    int64
	newest  mark
	marked  bool
	changed time.Time // newest row_changed_at
	dating  int       // field row_changed_at, or -1
	pupils  int64
}

func (c *collection) reading(b binding) *reading {
	return &reading{
		batch:      column.Batch{Kind: c.Record},
		collection: c, binding: b, fill: c.record.Filler(c.req.Now), made: c.record.IDs(), newest: c.start,
		cells: make([]column.Cell, len(b.cols)), idCells: make([]column.Cell, len(b.ids)), dating: c.record.Schema.Index("row_changed_at"),
	}
}

func (r *reading) all(ctx context.Context, rs rows) error {
	for rs.next() {
		if r.row++; r.row%4096 == 0 {
			if err := errors.Join(ctx.Err(), r.out.Progress(r.row, 0)); err != nil {
				return err
			}
		}
		if err := r.one(rs); err != nil {
			return err
		}
	}
	if r.pupils == 0 || rs.err() != nil {
		return nil
	}
	return r.out.Warn(sdk.Warning{Place: r.place(0), Code: "pupil_row", Reason: fmt.Sprintf("%d rader handlar om elever och läses inte.", r.pupils)})
}

// one takes one row.
func (r *reading) one(rs rows) error {
	r.seen++
	for i, at := range r.cols {
		if at < 0 {
			r.cells[i] = column.Cell{Type: column.Absent}
			continue
		}
		r.cells[i] = rs.cell(at)
	}
	if r.mark >= 0 {
		if m, ok := r.newest.of(rs.cell(r.mark)); ok && (!r.marked || m.after(r.newest)) {
			r.newest, r.marked = m, true
		}
	}
	id, missing := r.id(rs)
	if missing != "" {
		return r.out.Warn(sdk.Warning{Place: r.place(r.row), Column: missing, Code: "missing_id", Refused: true,
			Reason: "Raden saknar " + missing + " och kan inte skiljas från andra. Raden används inte."})
	}
	rec := r.batch.Next()
	rec.ID, rec.Place = id, r.place(0)
	result, refusals := r.fill.Fill(rec, r.cells)
	for i := range refusals {
		if err := r.out.Warn(refusals[i].Warning(r.place(r.row), r.names[max(0, refusals[i].Column)])); err != nil {
			return err
		}
	}
	if result != column.Used {
		if r.batch.Drop(); result == column.Pupil {
			r.seen--
			r.pupils++
		}
		return nil
	}
	return r.keep(rec)
}

// keep counts a filled record.
func (r *reading) keep(rec *record.Record) error {
	if r.dating >= 0 {
		if v := rec.Values[r.dating]; v.State == record.Set && utc(v.I).After(r.changed) {
			r.changed = utc(v.I)
		}
	}
	rec.Place.Row = r.row // for the ids that stand twice
	before, twice := r.made.Twice(rec)
	rec.Place.Row = 0
	if twice {
		err := r.out.Warn(sdk.Warning{Place: r.place(r.row), Code: "duplicate_id",
			Reason: fmt.Sprintf("Samma post står redan på %s i svaret; den senare raden gäller.", rowText(before.Row))})
		if err != nil {
			return err
		}
	}
	if r.batch.Full() {
		return r.batch.Flush(r.out)
	}
	return nil
}

// id makes the row's id; missing names the column that is empty.
func (r *reading) id(rs rows) (id, missing string) {
	if r.wholeRow {
		return r.made.Whole(func(yield func(string) bool) {
			for i := range r.cells {
				if !yield(r.cells[i].String()) {
					return
				}
			}
		}), ""
	}
	for i, at := range r.ids {
		r.idCells[i] = rs.cell(at)
	}
	id, at := r.made.Of(r.idCells)
	if at >= 0 {
		return "", r.idNames[at]
	}
	return id, ""
}
