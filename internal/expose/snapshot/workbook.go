package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/book"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// workbookFile is the workbook of either bag.
const workbookFile = "siffror.xlsx"

const secrecyLine = "Sekretessprövas före utlämnande."

// headRows are the rows above the rows of a population's sheet: the secrecy,
// what it is, and the names of the columns.
const headRows = 3

// workbook gathers the sheets of populations while their rows are written as CSV.
type workbook struct {
	c     *Content
	dir   string // for sheets on their way
	ps    []finding.Population
	pages map[string]*page
}

// page is the sheet of one population.
type page struct {
	p     finding.Population
	file  *os.File
	sheet *book.Sheet
	cells []book.Cell
	full  bool // it has more rows than a sheet: those are in the CSV file alone
	err   error
	done  chan struct{}
}

func newWorkbook(c *Content, ps []finding.Population) (*workbook, error) {
	w := &workbook{c: c, ps: ps, pages: map[string]*page{}}
	var err error
	if w.dir, err = os.MkdirTemp(c.spool, "blad-"); err != nil {
		return nil, err
	}
	for _, p := range ps {
		w.pages[p.Relation] = &page{p: p, done: make(chan struct{})}
	}
	return w, nil
}

// begin starts the sheet of a population.
func (w *workbook) begin(p finding.Population) (*page, error) {
	pg := w.pages[p.Relation]
	var err error
	if pg.file, err = os.CreateTemp(w.dir, ""); err != nil {
		return pg, err
	}
	names := append([]string{"id", "org_unit"}, p.Keys...)
	for _, c := range p.Columns {
		names = append(names, c.Name())
	}
	widths := make([]float64, len(names))
	head := make([]book.Cell, len(names))
	for i, n := range names {
		widths[i], head[i] = min(max(float64(len(n))*0.9, 12), 30), book.Bold(n)
	}
	widths[0] = 28
	if pg.sheet, err = book.NewSheet(pg.file, p.Relation, widths, headRows); err != nil {
		return pg, err
	}
	pg.cells = make([]book.Cell, len(names))
	return pg, errors.Join(pg.sheet.Row(book.Bold(secrecyLine)),
		pg.sheet.Row(book.Text("En rad för varje post. Kolumnerna efter indelningarna är siffrornas: 1 eller 0, eller det som mättes; tom där posten inte ingår.")), pg.sheet.Row(head...))
}

// row adds a row, or notes that there are too many.
func (pg *page) row(w *workbook, r *finding.PopulationRow) error {
	if pg.full {
		return nil
	}
	first := len(pg.p.Fields)
	pg.cells[0], pg.cells[1] = book.Text(r.ID), book.Text(r.OrgUnit)
	for i, cell := range r.Cells[first:] {
		switch {
		case cell == "":
			pg.cells[2+i] = book.Cell{}
		case i >= len(pg.p.Keys) && measured(pg.p.Columns[i-len(pg.p.Keys)].How) || canonical(cell):
			pg.cells[2+i] = book.Cell{Text: cell, Number: true}
		default:
			pg.cells[2+i] = book.Text(w.c.Pseudonyms.Text(cell))
		}
	}
	err := pg.sheet.Row(pg.cells...)
	if errors.Is(err, book.ErrRows) {
		pg.full, err = true, nil
	}
	return err
}

// measured tells whether a column holds numbers alone.
func measured(how string) bool {
	return how != "distinct" && how != "beside" && how != "intervals"
}

// canonical tells whether a text is a number as a sheet would write it, so that
// a search for it finds it.
func canonical(s string) bool {
	if c := s[0]; (c < '0' || c > '9') && c != '-' || len(s) > 15 {
		return false
	}
	v, err := strconv.ParseFloat(s, 64)
	return err == nil && strconv.FormatFloat(v, 'f', -1, 64) == s
}

// end closes a population's sheet, whatever became of it.
func (pg *page) end(err error) {
	if pg.sheet != nil {
		err = errors.Join(err, pg.sheet.Close())
	}
	if pg.full && err == nil {
		err = pg.replace()
	}
	pg.err = err
	close(pg.done)
}

// replace has the sheet say where the rows are, and hold none: a figure over a
// part of them would be another figure.
func (pg *page) replace() error {
	_, err := pg.file.Seek(0, io.SeekStart)
	if err = errors.Join(err, pg.file.Truncate(0)); err != nil {
		return err
	}
	if pg.sheet, err = book.NewSheet(pg.file, pg.p.Relation, []float64{120}, 0); err != nil {
		return err
	}
	return errors.Join(pg.sheet.Row(book.Bold(secrecyLine)), pg.sheet.Row(book.Text(tooManyRows(pg.p.Relation))), pg.sheet.Close())
}

// tooManyRows says why a sheet is empty and where its rows are.
func tooManyRows(relation string) string {
	return "Bladet " + relation + " är tomt, för posterna är fler än ett blad rymmer. Alla finns i " + populationFolder + relation + ".csv."
}

// close removes the sheets on their way.
func (w *workbook) close() error {
	var errs []error
	for _, pg := range w.pages {
		if pg.file != nil {
			errs = append(errs, pg.file.Close())
		}
	}
	return errors.Join(append(errs, os.RemoveAll(w.dir))...)
}

// write puts the workbook together when every population is written.
func (w *workbook) write(ctx context.Context, to io.Writer) error {
	for _, p := range w.ps {
		select {
		case <-w.pages[p.Relation].done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := w.pages[p.Relation].err; err != nil {
			return err
		}
	}
	return w.c.writeBook(to, w.dir, w)
}

// writeBook writes the workbook: with the populations and formulas over them, or
// where live is nil with the figures alone.
func (c *Content) writeBook(to io.Writer, dir string, live *workbook) (err error) {
	var parts []book.Part
	var files []*os.File
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	for _, s := range c.bookSheets(live) {
		f, err := os.CreateTemp(dir, "blad-")
		if err != nil {
			return err
		}
		files = append(files, f)
		sheet, err := s.spool(f)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		parts = append(parts, book.Part{Sheet: sheet, From: f})
	}
	if live != nil {
		for _, p := range live.ps {
			pg := live.pages[p.Relation]
			if _, err := pg.file.Seek(0, io.SeekStart); err != nil {
				return err
			}
			parts = append(parts, book.Part{Sheet: pg.sheet, From: pg.file})
		}
	}
	return book.Write(to, c.At.AsOf, parts)
}

// list is a sheet that is small enough to hold.
type list struct {
	name   string
	widths []float64
	about  string
	head   []string
	rows   [][]book.Cell
}

// spool packs the sheet into a file, ready to be read from its beginning.
func (l list) spool(f *os.File) (*book.Sheet, error) {
	frozen := headRows
	if len(l.head) == 0 {
		frozen = 0
	}
	s, err := book.NewSheet(f, l.name, l.widths, frozen)
	if err != nil {
		return nil, err
	}
	head := make([]book.Cell, len(l.head))
	for i, h := range l.head {
		head[i] = book.Bold(h)
	}
	top := [][]book.Cell{{book.Bold(secrecyLine)}, {book.Text(l.about)}, head}
	for _, r := range slices.Concat(top, l.rows) {
		if err := s.Row(r...); err != nil {
			return nil, err
		}
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	_, err = f.Seek(0, io.SeekStart)
	return s, err
}
