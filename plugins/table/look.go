package table

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// lookRows is how many rows are looked at before a column is taken to have no
// dates whose order is in doubt.
const lookRows = 500

// look goes through rows before they are read, for what must be known first:
// the order of each column's dates, and the newest change.
type look struct {
	p       *plan
	bd      *binding
	doubt   []order
	changed *cellReader // the column that dates the content, if any
	col     int
	newest  time.Time
	rows    int
	full    int // rows with a cell for every header
}

// order is what a column's dates have allowed so far.
type order struct{ seen, dmy, mdy bool }

func newLook(p *plan, bd *binding) *look {
	l := &look{p: p, bd: bd, doubt: make([]order, len(bd.readers)), col: -1}
	for i := range bd.readers {
		l.doubt[i] = order{dmy: true, mdy: true}
		if r := &bd.readers[i]; r.f.Name == "row_changed_at" && r.col >= 0 && p.ContentDate == "" {
			l.changed, l.col = r, r.col
		}
	}
	if bd.dateCol >= 0 {
		l.changed = &cellReader{plan: p, column: &column{target: target{f: record.Field{Type: record.Date}}}, dates: value.Dates{Order: p.DateOrder}}
		l.col = bd.dateCol
	}
	return l
}

// asks tells whether a reader's dates can be in doubt.
func (l *look) asks(i int) bool {
	r := &l.bd.readers[i]
	return r.col >= 0 && r.dates.Order == "" && r.dates.Layout == "" && (r.f.Type == record.Date || r.f.Type == record.Time)
}

func (l *look) row(row *sheet.Row) {
	if row.Filled() > 1 {
		l.rows++
		if len(row.Cells) >= len(l.bd.header.Names) {
			l.full++
		}
	}
	for i := range l.doubt {
		if !l.asks(i) {
			continue
		}
		cell := row.Cell(l.bd.readers[i].col)
		if cell.Kind != sheet.Text {
			continue
		}
		if dmy, mdy := value.Orders(sheet.Trim(cell.Text)); dmy || mdy {
			d := &l.doubt[i]
			d.seen, d.dmy, d.mdy = true, d.dmy && dmy, d.mdy && mdy
		}
	}
	if l.changed == nil {
		return
	}
	if v, _, err := l.changed.instant(row.Cell(l.col)); err == nil && v.State == record.Set {
		if t := time.Unix(v.I, 0).UTC(); t.After(l.newest) {
			l.newest = t
		}
	}
}

// enough tells that no further row is needed: no column is in doubt, and none
// dates the content.
func (l *look) enough(n int) bool {
	if l.changed != nil {
		return false
	}
	asked := false
	for i := range l.doubt {
		if !l.asks(i) {
			continue
		}
		asked = true
		if d := l.doubt[i]; d.seen && d.dmy && d.mdy {
			return false
		}
	}
	return !asked || n >= lookRows
}

// settle gives each column the one order that all its dates allow, and tells
// whether a row with too few cells is one that was broken in two.
func (l *look) settle() {
	l.bd.even = l.bd.sheet == "" && l.full*10 >= l.rows*9
	for i := range l.doubt {
		d := l.doubt[i]
		switch {
		case !l.asks(i) || !d.seen || d.dmy == d.mdy:
		case d.dmy:
			l.bd.readers[i].dates.Order = "dmy"
		default:
			l.bd.readers[i].dates.Order = "mdy"
		}
	}
}
