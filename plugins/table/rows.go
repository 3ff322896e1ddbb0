package table

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/framework"
	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// reading turns the rows of one sheet after another into records.
type reading struct {
	*plan
	out     sdk.Sink
	batch   column.Batch
	seen    int64
	ids     *column.IDs
	idCells []column.Cell
	aside   map[string]*aside // rows of the present sheet that are no data
	asideIn []string
}

// aside counts rows that are set aside or need a word.
type aside struct {
	n     int64
	first int64
	text  string
}

func newReading(p *plan, out sdk.Sink) *reading {
	return &reading{plan: p, out: out, ids: p.IDs(), batch: column.Batch{Kind: p.Record}}
}

// sheet reads one bound sheet to its end.
func (r *reading) sheet(ctx context.Context, b *sheet.Book, bd *binding, progress func(done int64) error) error {
	rows, err := b.Rows(bd.sheet)
	if err != nil {
		return err
	}
	err = r.each(ctx, rows, bd, progress)
	return errors.Join(err, rows.Close(), r.reportAside(bd))
}

func (r *reading) each(ctx context.Context, rows sheet.Rows, bd *binding, progress func(done int64) error) error {
	fills := make([]*sheet.Fill, 0, len(bd.fills))
	for _, col := range bd.fills {
		fills = append(fills, sheet.NewFill(col, bd.header.First(), bd.merged))
	}
	r.aside, r.asideIn = make(map[string]*aside), nil
	tail := sheet.NewTail(bd.header)
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := progress(rows.Done()); err != nil {
				return err
			}
		}
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return r.below(tail)
		}
		if err != nil {
			return err
		}
		if row.Number < bd.header.First() {
			continue
		}
		if err := r.row(row, bd, fills, tail); err != nil {
			return err
		}
	}
}

// below sets the remarks below the table aside.
func (r *reading) below(tail *sheet.Tail) error {
	rows := tail.End()
	for i := range rows {
		if err := r.setAside("note_row", &rows[i], "ser ut som en anmärkning och räknas inte"); err != nil {
			return err
		}
	}
	return nil
}

// row takes one row below the header.
func (r *reading) row(row *sheet.Row, bd *binding, fills []*sheet.Fill, tail *sheet.Tail) error {
	class := bd.header.Classify(row, bd.sections)
	tail.Pass(row, class)
	switch class {
	case sheet.Blank:
		return nil
	case sheet.Total:
		return r.setAside("total_row", row, "ser ut som en summa och räknas inte")
	case sheet.Note:
		return r.setAside("note_row", row, "ser ut som en anmärkning och räknas inte")
	case sheet.Section:
		return r.setAside("section_row", row, "ser ut som en mellanrubrik och räknas inte")
	case sheet.Repeat:
		return r.setAside("header_row_again", row, "upprepar rubrikerna och räknas inte")
	}
	return tail.Data(row, func(row *sheet.Row) error { return r.counted(row, bd, fills) })
}

// counted takes one row of the table.
func (r *reading) counted(row *sheet.Row, bd *binding, fills []*sheet.Fill) error {
	if row.Cut && len(row.Cells) < len(bd.header.Names) {
		return &sheet.Error{File: bd.file, Sheet: bd.sheet, Row: row.Number, Reason: sheet.ErrTruncated,
			Text: fmt.Sprintf("filen slutar mitt i en rad: %d kolumner av %d. Den är troligen avkortad; exportera den igen.", len(row.Cells), len(bd.header.Names))}
	}
	if row.Hidden {
		if r.Hidden == "skip" {
			return r.setAside("hidden_row", row, "är dold och räknas inte")
		}
		r.note("hidden_row", row, "är dold men räknas")
	}
	struck := row.Struck() || r.idStruck(row, bd)
	switch {
	case struck && r.Struck == "skip":
		return r.setAside("struck_row", row, "är överstruken och räknas inte")
	case struck && r.Struck == "retired":
		r.note("struck_row", row, "är överstruken och räknas som avvecklad")
	case struck:
		r.note("struck_row", row, "är överstruken men räknas som de andra; välj struck i inställningarna")
	}
	for _, f := range fills {
		f.Apply(row)
	}
	return r.data(row, bd, struck)
}

func (r *reading) idStruck(row *sheet.Row, bd *binding) bool {
	return len(bd.ids) > 0 && row.Text(bd.ids[0]) != "" && row.Cell(bd.ids[0]).Struck
}

// data turns a row into a record, or refuses it.
func (r *reading) data(row *sheet.Row, bd *binding, struck bool) error {
	place := record.Place{Doc: bd.file, Sheet: bd.sheet, Row: row.Number}
	if extra := r.beyond(row, bd); extra >= 0 {
		r.seen++
		return r.refuse(place, "kolumn "+sheet.Letter(extra), "extra_cells", "Raden har fler celler än rubriken; troligen står ett skiljetecken inne i en cell. Raden används inte.")
	}
	if n := len(bd.header.Names); bd.even && len(row.Cells) < n {
		r.seen++
		return r.refuse(place, "", "missing_cells", fmt.Sprintf("Raden har %d celler, rubriken %d; troligen står en radbrytning inne i en cell utan citattecken. Raden används inte.", len(row.Cells), n))
	}
	id, missing := r.id(row, bd)
	if missing != "" {
		if onlyNumbers(row) {
			return r.setAside("total_row", row, "har bara tal och räknas inte")
		}
		r.seen++
		return r.refuse(place, missing, "missing_id", "Raden saknar "+missing+" och kan inte skiljas från andra. Raden används inte.")
	}
	r.seen++
	rec := r.batch.Next()
	rec.ID, rec.Place = id, place
	ok, err := r.fill(rec, row, bd)
	if err != nil || !ok {
		r.batch.Drop()
		return err
	}
	if r.wholeRow && r.Framework != "" {
		rec.ID = framework.Key(rec)
	}
	if i := r.retired(); struck && r.Struck == "retired" && i >= 0 {
		rec.Values[i] = record.Value{State: record.Set, S: "retired"}
	}
	if err := r.duplicate(rec); err != nil {
		return err
	}
	if r.batch.Full() {
		return r.batch.Flush(r.out)
	}
	return nil
}

// beyond finds a filled cell to the right of the header in delimited text.
func (r *reading) beyond(row *sheet.Row, bd *binding) int {
	if bd.sheet != "" {
		return -1
	}
	for c := len(bd.header.Names); c < len(row.Cells); c++ {
		if row.Text(c) != "" {
			return c
		}
	}
	return -1
}

func onlyNumbers(row *sheet.Row) bool {
	for c := range row.Cells {
		if t := row.Text(c); t != "" && row.Cells[c].Kind != sheet.Number && row.Cells[c].Kind != sheet.Fault && !sheet.LooksValue(t) {
			return false
		}
	}
	return true
}

// id makes the row's id; missing names the header that is empty.
func (r *reading) id(row *sheet.Row, bd *binding) (id, missing string) {
	if r.wholeRow {
		return r.ids.Whole(func(yield func(string) bool) {
			for _, col := range bd.cols {
				if !yield(row.Text(col)) {
					return
				}
			}
		}), ""
	}
	r.idCells = r.idCells[:0]
	for _, col := range bd.ids {
		r.idCells = append(r.idCells, cell(row.Cell(col)))
	}
	id, at := r.ids.Of(r.idCells)
	if at >= 0 {
		return "", bd.idNames[at]
	}
	return id, ""
}

// fill sets the record's values; ok is false when the row was refused.
func (r *reading) fill(rec *record.Record, row *sheet.Row, bd *binding) (ok bool, err error) {
	for i, col := range bd.cols {
		if col < 0 {
			bd.cells[i] = column.Cell{Type: column.Absent}
			continue
		}
		bd.cells[i] = cell(row.Cell(col))
	}
	result, refusals := bd.fill.Fill(rec, bd.cells)
	if result == column.Pupil {
		r.seen--
		return false, r.setAside("pupil_row", row, "handlar om en elev och läses inte")
	}
	for i := range refusals {
		no := &refusals[i]
		if err := r.out.Warn(no.Warning(rec.Place, r.columnName(bd, no))); err != nil {
			return false, err
		}
	}
	return result == column.Used, nil
}

// columnName is a column as the sheet names it, or as the settings do where no
// cell is at fault.
func (r *reading) columnName(bd *binding, no *column.Refusal) string {
	c := &r.Plan.Columns()[no.Column]
	if no.Code == column.MissingTime || bd.cols[no.Column] < 0 {
		return c.Name()
	}
	return bd.header.Names[bd.cols[no.Column]]
}
