package catalogue

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with a catalogue, and where.
type Fault struct {
	File    string // path in the catalogue's folder
	Line    int    // 0 if not known
	Entry   string // "kpi sso_coverage", "view owner_match", "case …"; empty for a fault of the whole file
	Field   string // "target", "exclude[1].when"; empty for a fault of the whole entry
	Message string
}

// Error gives "identity.yaml:12: kpi sso_coverage: pass: unknown column …".
func (f Fault) Error() string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	parts := make([]string, 0, 4)
	for _, s := range []string{where, f.Entry, f.Field, f.Message} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// Faults are all faults of a catalogue, in the order of files and lines. They
// are returned as an error; use errors.As to get at them.
type Faults []Fault

// Error gives one fault a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single faults.
func (fs Faults) Unwrap() []error {
	out := make([]error, len(fs))
	for i, f := range fs {
		out[i] = f
	}
	return out
}
