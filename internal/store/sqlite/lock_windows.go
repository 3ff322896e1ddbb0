package sqlite

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// ownerLock says that this process owns the store. The system drops it when
// the process ends, however it ends.
type ownerLock struct{ f *os.File }

func lockOwner(path string) (*ownerLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY)
	if err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{}); err != nil {
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			err = fmt.Errorf("%s: %w", path, store.ErrLocked)
		}
		return nil, errors.Join(err, f.Close())
	}
	return &ownerLock{f}, nil
}

func (l *ownerLock) release() error { return l.f.Close() }
