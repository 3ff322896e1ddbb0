package watchlist

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ErrInvalid is wrapped by every error that a person mends by editing the
// settings or the list of targets.
var ErrInvalid = errors.New("bevakningslistan går inte att läsa som den står")

// Fault is one fault and where it stands: a field of the settings, or a row
// and column of the file.
type Fault struct {
	Place   record.Place // of the file; zero for the settings
	Field   string       // "targets[3].address", or the column's header
	Message string       // Swedish
}

func (f Fault) Error() string { return f.Location() + ": " + f.Message }

// Location is where a fault stands, in one text.
func (f Fault) Location() string {
	var where []string
	if f.Place.Doc != "" {
		where = append(where, f.Place.Doc)
	}
	if f.Place.Sheet != "" {
		where = append(where, "blad "+f.Place.Sheet)
	}
	if f.Place.Row > 0 {
		where = append(where, fmt.Sprintf("rad %d", f.Place.Row))
	}
	if f.Field != "" {
		where = append(where, f.Field)
	}
	return strings.Join(where, ", ")
}

// Faults are all that were found. They wrap ErrInvalid.
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

// meant is a hint about what was probably meant, or which there are.
func meant(got string, known []string) string {
	if near := closest.Name(got, known); near != "" && near != got {
		return "; menas " + near + "?"
	}
	if len(known) == 0 || len(known) > 20 {
		return ""
	}
	return "; det finns " + strings.Join(known, ", ")
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
