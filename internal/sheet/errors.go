package sheet

import (
	"errors"
	"fmt"
)

// Limits of what is read. They bound memory, whatever the file says.
const (
	MaxCell    = 1 << 20  // bytes of one cell
	MaxLine    = 4 << 20  // bytes of one row of a CSV
	MaxColumns = 16384    // Excel's own limit
	maxSmall   = 64 << 20 // bytes of a workbook's styles, names and remarks together
)

// Reasons that can be told apart with errors.Is.
var (
	ErrFormat    = errors.New("not a table that can be read") // .xls, .ods, a web page, a locked workbook
	ErrTruncated = errors.New("the file is cut off or damaged")
	ErrTooLong   = errors.New("a row or cell is too long")
	ErrEncoding  = errors.New("the text encoding does not hold")
	ErrBusy      = errors.New("the file is locked by another program")
	ErrNoSheet   = errors.New("no such sheet")
)

// Error is a fault with its place. Its text is Swedish and holds no cell's content.
type Error struct {
	File   string // base name
	Sheet  string
	Row    int64 // 0: the whole sheet or file
	Reason error // one of the errors above
	Text   string
	Cause  error // what lay behind, if anything
}

// Error gives the place and the sentence.
func (e *Error) Error() string { return Place(e.File, e.Sheet, e.Row) + ": " + e.Text }

// Unwrap gives the reason and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Cause}
}

// Place writes a place as people say it: "Systemlista.xlsx, blad System, rad 47".
func Place(file, sheet string, row int64) string {
	if sheet != "" {
		file += ", blad " + sheet
	}
	if row > 0 {
		file += fmt.Sprintf(", rad %d", row)
	}
	return file
}
