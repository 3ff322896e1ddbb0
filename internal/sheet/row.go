package sheet

import "strings"

// Kind is what a cell holds.
type Kind uint8

// The kinds of cell. A CSV has only Empty and Text.
const (
	Empty Kind = iota
	Text
	Number // Num holds it, Text its plain decimal form
	Date   // a number formatted as a date; Num is the serial in the workbook's date system
	Bool   // Num is 0 or 1
	Fault  // #N/A, #REF!, or a formula without a stored value; Text says which
)

// Cell is one cell.
type Cell struct {
	Kind   Kind
	Text   string // trimmed of nothing; use Row.Text for the trimmed text
	Num    float64
	Struck bool // all of it is struck through
}

// Row is one row. It and its cells are valid until the next call of Next.
type Row struct {
	Number int64 // as Excel counts, from 1
	Cells  []Cell
	Hidden bool
	// Cut: the file ended in this row without a line end.
	Cut bool
}

// Cell returns a cell, or an empty one beyond the end of the row.
func (r *Row) Cell(i int) Cell {
	if i < 0 || i >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[i]
}

// Text returns a cell's text without surrounding space, no-break and
// zero-width ones included.
func (r *Row) Text(i int) string { return Trim(r.Cell(i).Text) }

// Filled counts the cells that hold more than space.
func (r *Row) Filled() int {
	n := 0
	for i := range r.Cells {
		if r.Text(i) != "" {
			n++
		}
	}
	return n
}

// Struck tells whether more than half of the filled cells are struck through.
func (r *Row) Struck() bool {
	filled, struck := 0, 0
	for i := range r.Cells {
		if r.Text(i) == "" {
			continue
		}
		filled++
		if r.Cells[i].Struck {
			struck++
		}
	}
	return struck*2 > filled
}

// Clone returns a copy that stays valid.
func (r *Row) Clone() Row {
	c := *r
	c.Cells = append([]Cell(nil), r.Cells...)
	return c
}

// Trim removes space around s, also no-break, zero-width and byte order marks.
func Trim(s string) string {
	if len(s) > 0 && s[0] > ' ' && s[0] < 0x7f && s[len(s)-1] > ' ' && s[len(s)-1] < 0x7f {
		return s
	}
	return strings.Trim(s, " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff")
}

// Letter returns a column's letter: 0 is A, 26 is AA.
func Letter(col int) string {
	if col < 0 {
		return ""
	}
	var b [8]byte
	i := len(b)
	for col >= 0 {
		i--
		b[i] = byte('A' + col%26)
		col = col/26 - 1
	}
	return string(b[i:])
}

// parseRef splits "C14" into column 2 and row 14; ok is false for anything else.
func parseRef(ref string) (col int, row int64, ok bool) {
	i := 0
	for i < len(ref) && (ref[i] >= 'A' && ref[i] <= 'Z' || ref[i] >= 'a' && ref[i] <= 'z') {
		col = col*26 + int(ref[i]&^0x20-'A') + 1
		if i++; i > 3 {
			return 0, 0, false
		}
	}
	if i == 0 || i == len(ref) || len(ref)-i > 7 {
		return 0, 0, false
	}
	for ; i < len(ref); i++ {
		if ref[i] < '0' || ref[i] > '9' {
			return 0, 0, false
		}
		row = row*10 + int64(ref[i]-'0')
	}
	if col > MaxColumns || row == 0 {
		return 0, 0, false
	}
	return col - 1, row, true
}

// IsRef tells whether a text is a cell's address, such as B2.
func IsRef(ref string) bool {
	_, _, ok := parseRef(ref)
	return ok
}

// Ref splits a cell's address: B2 is column 1 and row 2.
func Ref(ref string) (col int, row int64, ok bool) { return parseRef(ref) }
