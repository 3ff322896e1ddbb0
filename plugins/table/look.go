package table

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
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
	changed *column.Reader // the column that dates the content, if any
	col     int
	newest  time.Time
	rows    int
	full    int // rows with a cell for every header
}

// order is what a column's dates have allowed so far.
type order struct{ seen, dmy, mdy bool }

func newLook(p *plan, bd *binding) *look {
	l := &look{p: p, bd: bd, doubt: make([]order, len(bd.cols)), col: -1}
	for i, c := range p.Plan.Columns() {
		l.doubt[i] = order{dmy: true, mdy: true}
		if c.Target == "row_changed_at" && bd.cols[i] >= 0 && p.ContentDate == "" {
			l.changed, l.col = bd.fill.Reader(i), bd.cols[i]
		}
	}
	if bd.dateCol >= 0 {
		l.changed = p.DateReader(value.Dates{Order: p.DateOrder})
		l.col = bd.dateCol
	}
	return l
}

// asks tells whether a reader's dates can be in doubt.
func (l *look) asks(i int) bool {
	d := l.bd.fill.Reader(i).Dates
	return l.bd.cols[i] >= 0 && d.Order == "" && l.p.Plan.Columns()[i].Format == "" && l.p.Plan.Columns()[i].IsTime()
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
		cell := row.Cell(l.bd.cols[i])
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
	c := cell(row.Cell(l.col))
	if t, err := l.changed.Instant(&c); err == nil && t.After(l.newest) {
		l.newest = t
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
			l.bd.fill.Reader(i).Dates.Order = "dmy"
		default:
			l.bd.fill.Reader(i).Dates.Order = "mdy"
		}
	}
}
