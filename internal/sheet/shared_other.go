//go:build !windows

package sheet

import (
	"errors"
	"os"
	"syscall"
)

// openShared needs nothing special where opening never locks.
func openShared(path string) (*os.File, error) { return os.Open(path) }

// locked tells that trying again may help: a network share that is busy.
func locked(err error) bool {
	return errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.ETXTBSY)
}
