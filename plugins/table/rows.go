package table

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// batchSize is how many records are handed over at a time.
const batchSize = 256

// maxIDs bounds how many ids are remembered to find those that stand twice.
const maxIDs = 500_000

// reading turns the rows of one sheet after another into records.
type reading struct {
	*plan
	out     sdk.Sink
	now     time.Time
	batch   []record.Record
	seen    int64
	ids     map[[16]byte]placed // of kinds that hold by validity
	copies  map[[16]byte]int    // of ids made from the whole row
	aside   map[string]*aside   // rows of the present sheet that are no data
	asideIn []string
	alts    []int64
}

// placed is an id as it was first written, and where it stood last.
type placed struct {
	id    string
	place record.Place
}

// aside counts rows that are set aside or need a word.
type aside struct {
	n     int64
	first int64
	text  string
}

func newReading(p *plan, out sdk.Sink, now time.Time) *reading {
	r := &reading{plan: p, out: out, now: now, copies: make(map[[16]byte]int), alts: make([]int64, len(p.schema.Fields))}
	if p.event < 0 {
		r.ids = make(map[[16]byte]placed)
	}
	return r
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
	for i := range bd.readers {
		bd.readers[i].now = r.now
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
	rec := r.next()
	rec.ID, rec.Place = id, place
	ok, err := r.fill(rec, row, bd)
	if err != nil || !ok {
		r.batch = r.batch[:len(r.batch)-1]
		return err
	}
	if bd.orgUnit != "" {
		if i := r.schema.Index("org_unit"); rec.Values[i].State != record.Set {
			rec.Values[i] = set(bd.orgUnit)
		}
	}
	for _, c := range r.constants {
		if rec.Values[c.field].State != record.Set {
			rec.Values[c.field] = c.v
		}
	}
	if i := r.retired(); struck && r.Struck == "retired" && i >= 0 {
		rec.Values[i] = set("retired")
	}
	if err := r.duplicate(rec); err != nil {
		return err
	}
	if len(r.batch) == batchSize {
		return r.flush()
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
		sum := sha256.New()
		for i := range bd.readers {
			sum.Write([]byte(row.Text(bd.readers[i].col) + "\x1f")) // a hash never fails
		}
		key := [16]byte(sum.Sum(nil))
		r.copies[key]++
		return fmt.Sprintf("%s-%d", hex.EncodeToString(key[:]), r.copies[key]), ""
	}
	var b strings.Builder
	for i, col := range bd.ids {
		t := oneLine(cellText(row.Cell(col), false))
		if r.nulls.Is(t) || row.Cell(col).Kind == sheet.Fault {
			return "", bd.idNames[i]
		}
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(t)
	}
	if r.schema.PersonBearing {
		return r.people.Of(b.String()), ""
	}
	return b.String(), ""
}

// fill sets the record's values; ok is false when the row was refused.
func (r *reading) fill(rec *record.Record, row *sheet.Row, bd *binding) (ok bool, err error) {
	clear(r.alts)
	for i := range bd.readers {
		c := &bd.readers[i]
		if c.col < 0 {
			continue
		}
		cell := row.Cell(c.col)
		if c.f.Name == "category" && r.schema.PersonBearing && pupil(cell.Text) {
			r.seen--
			return false, r.setAside("pupil_row", row, "handlar om en elev och läses inte")
		}
		cellErr := r.cell(rec, c, cell)
		if cellErr == nil {
			continue
		}
		w := sdk.Warning{Place: rec.Place, Column: bd.header.Names[c.col], Code: code(cellErr)}
		if r.blankable(cellErr) {
			w.Reason = sentence(cellErr.Error()) + " Cellen räknas som tom."
			if err := r.out.Warn(w); err != nil {
				return false, err
			}
			continue
		}
		return false, r.refuse(w.Place, w.Column, w.Code, sentence(cellErr.Error())+" Raden används inte.")
	}
	return r.timed(rec)
}

// cell puts one cell where its target says.
func (r *reading) cell(rec *record.Record, c *cellReader, cell sheet.Cell) error {
	switch {
	case c.class:
		return r.classes(rec, c, cell)
	case c.child >= 0 && c.sub < 0:
		rows, err := c.rows(cell)
		if rec.Children[c.child] == nil {
			rec.Children[c.child] = []record.Row{}
		}
		rec.Children[c.child] = append(rec.Children[c.child], rows...)
		return err
	case c.child >= 0:
		v, _, err := c.value(cell)
		if err == nil {
			c.further(rec.Children[c.child], v)
		}
		return err
	}
	v, alt, err := c.value(cell)
	if err != nil {
		v = record.Value{State: record.Blank}
	}
	rec.Values[c.field], r.alts[c.field] = v, alt
	return err
}

// classes reads confidentiality, integrity and availability from one cell.
func (r *reading) classes(rec *record.Record, c *cellReader, cell sheet.Cell) error {
	names := []string{"class_c", "class_i", "class_a", "class_trace"}
	for _, n := range names {
		rec.Values[r.schema.Index(n)] = record.Value{State: record.Blank}
	}
	text := cellText(cell, c.dates.Date1904)
	if to, ok := c.translated(text); ok {
		text = to
	}
	if c.nulls.Is(text) {
		return nil
	}
	m := classParts.FindStringSubmatch(text)
	if m == nil {
		return &refused{value.ErrNumber, quoted(text) + " är inte tre klasser mellan 0 och 4"}
	}
	for i, n := range names {
		if d := m[i+1]; d != "" {
			rec.Values[r.schema.Index(n)] = record.Value{State: record.Set, I: int64(d[0] - '0')}
		}
	}
	return nil
}

// timed settles the hours that come twice: the first, unless something would
// then have ended before it began.
func (r *reading) timed(rec *record.Record) (bool, error) {
	if r.event < 0 {
		return true, nil
	}
	start := rec.Values[r.event]
	if start.State != record.Set {
		name := r.schema.EventTime
		for _, c := range r.columns {
			if c.child < 0 && c.field == r.event {
				name = strings.Join(c.Header, " eller ")
			}
		}
		return false, r.refuse(rec.Place, name, "missing_time", "Raden saknar "+name+" och kan inte placeras i tiden. Raden används inte.")
	}
	for i, alt := range r.alts {
		if alt != 0 && i != r.event && rec.Values[i].I < start.I {
			rec.Values[i].I = alt
		}
	}
	return true, nil
}
