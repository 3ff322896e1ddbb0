package decision

import (
	"errors"
	"fmt"
	"strings"
)

// ErrInvalid is wrapped by every error that a person mends by editing a
// decision file.
var ErrInvalid = errors.New("besluten går inte att läsa som de står")

// Fault is one fault in a decision file and where it stands. A workbook has
// sheet, row and column; YAML has a line and a field.
type Fault struct {
	File    string
	Sheet   string // workbook only
	Row     int    // row of the sheet, or line of the YAML file; 0 is the whole file or sheet
	Column  string // workbook only: "D (Nivå)"
	Field   string // YAML only: "targets[1].value"
	Message string // Swedish
}

func (f Fault) Error() string { return f.place() + ": " + f.Message }

func (f Fault) place() string {
	var where []string
	if f.Sheet != "" {
		where = append(where, "blad "+f.Sheet)
	}
	if f.Row > 0 {
		where = append(where, fmt.Sprintf("rad %d", f.Row))
	}
	if f.Column != "" {
		where = append(where, "kolumn "+f.Column)
	}
	if f.Field != "" {
		where = append(where, f.Field)
	}
	if len(where) == 0 {
		return f.File
	}
	return f.File + ": " + strings.Join(where, ", ")
}

// Faults are all faults of the files read. It is the error that Load and the
// readers return, and wraps ErrInvalid.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is find ErrInvalid.
func (f Faults) Unwrap() error { return ErrInvalid }

func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}
