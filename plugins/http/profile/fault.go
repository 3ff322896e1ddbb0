package profile

import (
	"errors"
	"fmt"
	"strings"
)

// ErrInvalid is wrapped by every error that whoever wrote the profile can mend.
var ErrInvalid = errors.New("profilen går inte att använda")

// Fault is one fault in a profile and where it is.
type Fault struct {
	File string
	Line int    // 0 is unknown
	Path string // "streams[0].fields.status.from"
	// Message is a Swedish clause or sentence.
	Message string
}

// Error is "profile.yaml:14: streams[0].fields.status: …".
func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	if f.Path != "" {
		b.WriteString(": " + f.Path)
	}
	b.WriteString(": " + f.Message)
	return b.String()
}

// invalid joins faults into one error, nil if there are none.
func invalid(faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	errs := make([]error, 0, len(faults)+1)
	errs = append(errs, ErrInvalid)
	for _, f := range faults {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}
