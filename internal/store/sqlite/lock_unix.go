//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

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
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = fmt.Errorf("%s: %w", path, store.ErrLocked)
		}
		return nil, errors.Join(err, f.Close())
	}
	return &ownerLock{f}, nil
}

// release gives the lock up before it closes the file: a process that is just
// being started holds a copy of the open file until it runs its own program.
func (l *ownerLock) release() error {
	return errors.Join(unix.Flock(int(l.f.Fd()), unix.LOCK_UN), l.f.Close())
}
