package sheet

// Limits of what a Tail holds back.
const (
	maxHeld   = 500 // more rows than this are a table, however sparse
	maxSparse = 3   // filled cells of a row that may be a remark
)

// Tail tells the remarks below a table from its rows. "Guld = kritiskt" or
// "Frågor? Ring 1234" fills a cell or two somewhere below an empty row or a sum.
// Whether such a row belongs to the table shows only further down: if rows
// of the table follow, it does; if the sheet ends, it does not.
type Tail struct {
	columns       int
	dense, sparse int
	gap           bool // an empty row or a sum came after the last row of the table
	last          int64
	held          []Row
}

// NewTail begins below a header.
func NewTail(h Header) *Tail { return &Tail{columns: len(h.Names), last: h.First() - 1} }

// Pass notes every row and what it is: an empty row, which a workbook may leave
// out, and a sum are gaps.
func (t *Tail) Pass(r *Row, c Class) {
	if c == Blank || c == Total || r.Number > t.last+1 {
		t.gap = true
	}
	t.last = r.Number
}

// Data takes a row that looks like data and hands on, in order, every row that
// is now known to belong to the table.
func (t *Tail) Data(r *Row, row func(*Row) error) error {
	if few := r.Filled() <= max(1, min(maxSparse, (t.columns+1)/3)); few {
		if t.gap && t.dense > t.sparse && len(t.held) < maxHeld {
			t.held = append(t.held, r.Clone())
			return nil
		}
		t.sparse++
	} else {
		t.dense++
		t.gap = false
	}
	held := t.held
	t.held = nil
	for i := range held {
		if err := row(&held[i]); err != nil {
			return err
		}
	}
	return row(r)
}

// End returns the rows that turned out to stand below the table.
func (t *Tail) End() []Row { return t.held }
