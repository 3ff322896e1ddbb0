package sdk

import "errors"

// Errors that cross the wire and can be told apart with errors.Is on the
// daemon's side. A source wraps them with what happened, in Swedish.
var (
	// ErrNotSupported: the source has no Watch.
	ErrNotSupported = errors.New("not supported by this source")
	// ErrUnreachable: the system cannot be reached or refuses the login; exit code 3.
	ErrUnreachable = errors.New("source cannot be reached")
	// ErrBadInput: what was read cannot be understood, or a setting does not
	// fit what was found (a mapped header is missing).
	ErrBadInput = errors.New("source content cannot be used")
	// ErrCrashed: the source panicked or its process died. No source returns it.
	ErrCrashed = errors.New("source crashed")
	// ErrContract: the source broke the contract (a record before Begin, no
	// end, a message over 4 MB): a programming error of the source.
	ErrContract = errors.New("source broke the contract")
)
