package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// binding is the plan applied to one sheet: which column is which.
type binding struct {
	path     string
	file     string
	sheet    string
	orgUnit  string // from the sheet's name
	header   sheet.Header
	sections map[int64]bool
	merged   []sheet.Range
	fill     *column.Filler
	cols     []int         // of the sheet, by plan's columns; -1 for one that is optional and not there
	cells    []column.Cell // of one row, by plan's columns
	ids      []int
	idNames  []string
	fills    []int
	dateCol  int  // the column of content_date, or -1
	even     bool // delimited text whose rows have a cell for every header
}

// bind finds the header among the first rows and every mapped column in it.
// matched is how many were found; the error names every one that was not.
func (p *plan) bind(b *sheet.Book, path, name string, meta sheet.Meta, top []sheet.Row, now time.Time) (bd *binding, matched int, err error) {
	wanted := p.wanted()
	h, ok := sheet.FindHeader(top, sheet.HeaderOptions{
		Row: p.HeaderRow, Rows: p.HeaderRows, Merged: meta.Merged,
		Known: func(n string) bool { return wanted[sheet.Fold(n)] },
	})
	if !ok {
		return nil, 0, p.faulty(b, name, 0, "ingen rubrikrad hittades. Ange header_row i inställningarna.")
	}
	if p.HeaderRows == 0 && h.Rows == 2 {
		// A row of short texts below the header may be data: two rows only if they find more.
		if one, ok := sheet.FindHeader(top, sheet.HeaderOptions{Row: int(h.Row), Rows: 1}); ok && found(one, wanted) > found(h, wanted) {
			h = one
		}
	}
	bd = &binding{path: path, file: b.File, sheet: name, header: h, sections: meta.Sections(), merged: meta.Merged, dateCol: -1}
	if p.OrgUnitFromSheet {
		bd.orgUnit = strings.TrimSpace(name)
	}
	var errs []error
	look := func(alternatives []string) int {
		at, err := bd.find(alternatives)
		if err != nil {
			errs = append(errs, p.faulty(b, name, h.Row, err.Error()))
		} else {
			matched++
		}
		return at
	}
	bd.fill = p.Filler(now)
	for i, c := range p.Plan.Columns() {
		at := -1
		if !c.Optional || bd.has(c.Header) {
			at = look(c.Header)
		}
		bd.cols = append(bd.cols, at)
		bd.fill.Reader(i).Dates.Date1904 = b.Date1904
	}
	bd.cells = make([]column.Cell, len(bd.cols))
	if bd.orgUnit != "" {
		bd.fill.Default("org_unit", bd.orgUnit)
	}
	for _, alternatives := range p.ids {
		bd.ids = append(bd.ids, look(alternatives))
		bd.idNames = append(bd.idNames, strings.Join(alternatives, " eller "))
	}
	for _, f := range p.FillDown {
		if at := h.Index(f); at >= 0 {
			bd.fills = append(bd.fills, at) // a sheet without the column has nothing to fill
		}
	}
	if col, ok := strings.CutPrefix(p.ContentDate, "column:"); ok {
		bd.dateCol = look([]string{col})
	}
	return bd, matched, errors.Join(errs...)
}

// wanted is every header the settings name, made comparable.
func (p *plan) wanted() map[string]bool {
	w := make(map[string]bool)
	for _, c := range p.Plan.Columns() {
		for _, h := range c.Header {
			w[sheet.Fold(h)] = true
		}
	}
	for _, alternatives := range p.ids {
		for _, h := range alternatives {
			w[sheet.Fold(h)] = true
		}
	}
	return w
}

func found(h sheet.Header, wanted map[string]bool) int {
	n := 0
	for _, name := range h.Names {
		if wanted[sheet.Fold(name)] {
			n++
		}
	}
	return n
}

func (bd *binding) has(alternatives []string) bool {
	for _, a := range alternatives {
		if bd.header.Index(a) >= 0 {
			return true
		}
	}
	return false
}

// find returns the column of the first alternative that the sheet has.
func (bd *binding) find(alternatives []string) (int, error) {
	for _, a := range alternatives {
		if at := bd.header.Index(a); at >= 0 {
			return at, nil
		}
	}
	want := alternatives[0]
	if first := bd.header.Index(want + " (1)"); first >= 0 {
		return -1, fmt.Errorf("rubriken ”%s” finns flera gånger. Skriv ”%s (1)”, ”%s (2)” och så vidare för den som menas.", want, want, want) //nolint:staticcheck // a Swedish sentence
	}
	text := fmt.Sprintf("rubriken ”%s” finns inte.", strings.Join(alternatives, "” eller ”"))
	if near, at := closest(want, bd.header.Names); at >= 0 {
		text += fmt.Sprintf(" Närmast är ”%s” (kolumn %s).", near, sheet.Letter(at))
	}
	return -1, errors.New(text)
}

// faulty makes a located error that the daemon tells from others.
func (p *plan) faulty(b *sheet.Book, name string, row int64, text string) error {
	return fmt.Errorf("%s: %s: %w", sheet.Place(b.File, name, row), text, sdk.ErrBadInput)
}

// mapped lists what the collection can say anything of.
func (p *plan) mapped() map[record.Kind][]string {
	names := p.Mapped()
	add := func(n string) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if p.OrgUnitFromSheet {
		add("org_unit")
	}
	if i := p.retired(); p.Struck == "retired" && i >= 0 {
		add(p.Schema.Fields[i].Name)
	}
	return map[record.Kind][]string{p.Record: names}
}

// cell is a sheet's cell as columns are filled from.
func cell(c sheet.Cell) column.Cell {
	out := column.Cell{Text: c.Text}
	switch c.Kind {
	case sheet.Number:
		out.Type, out.Num = column.Number, c.Num
	case sheet.Date:
		out.Type, out.Num = column.Serial, c.Num
	case sheet.Fault:
		out.Type = column.Fault
	default: // yes and no are kept as 1 and 0; an empty cell is an empty text
		out.Type = column.Text
	}
	return out
}
