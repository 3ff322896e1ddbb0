package sdk

import (
	"errors"
	"fmt"
)

// Errors that cross the wire and can be told apart with errors.Is on the
// daemon's side. A source wraps them with what happened, in Swedish.
var (
	// ErrNotSupported: the source has no Watch.
	ErrNotSupported = errors.New("källan har ingen löpande bevakning")
	// ErrUnreachable: the system cannot be reached or refuses the login; exit code 3.
	ErrUnreachable = errors.New("källan går inte att nå")
	// ErrBadInput: what was read cannot be understood, or a setting does not
	// fit what was found (a mapped header is missing).
	ErrBadInput = errors.New("källans innehåll går inte att använda")
	// ErrCrashed: the source panicked or its process died. No source returns it.
	ErrCrashed = errors.New("källan kraschade")
	// ErrContract: the source broke the contract (a record before Begin, no
	// end, a message over 4 MB): a programming error of the source.
	ErrContract = errors.New("källan bröt mot kontraktet")
)

// Invalid turns faults in the settings into one error that wraps [ErrBadInput]:
// what Collect returns when Validate would have complained.
func Invalid(problems []Problem) error {
	errs := make([]error, 0, len(problems))
	for _, p := range problems {
		if p.Field == "" {
			errs = append(errs, errors.New(p.Message))
			continue
		}
		errs = append(errs, fmt.Errorf("%s: %s", p.Field, p.Message))
	}
	return fmt.Errorf("%w: %w", ErrBadInput, errors.Join(errs...))
}
