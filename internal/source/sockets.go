package source

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

const (
	socketPrefix = "kommunpuls-sock-"
	lockName     = "lock"
	// A socket's path within the folder, and what a Unix address can hold.
	socketTail, maxAddress = 45, 104
)

// sockets is the folder of this daemon's sockets. Its lock file is held as
// long as the daemon lives, whatever ends it.
type sockets struct {
	dir  string
	lock *os.File
}

func openSockets(parent string) (*sockets, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	sweep(parent)
	for try := 1; ; try++ {
		s, err := newSockets(parent)
		if try == tries || !errors.Is(err, errSwept) {
			return s, err
		}
	}
}

// tries is how often a folder is made anew. A daemon that starts at the same
// time may take one whose lock is not held yet for one that is left over.
const tries = 10

var errSwept = errors.New("another daemon removed the folder of the sockets")

func newSockets(parent string) (*sockets, error) {
	dir, err := os.MkdirTemp(parent, socketPrefix)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && len(dir)+socketTail > maxAddress {
		return nil, errors.Join(fmt.Errorf("%s: the path is too long for a socket; set TMPDIR to a shorter one", parent), os.Remove(dir))
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := hold(lock); err != nil {
		return nil, errors.Join(err, lock.Close(), os.RemoveAll(dir))
	}
	return &sockets{dir: dir, lock: lock}, nil
}

// hold takes the lock, and makes sure that the folder was not swept before.
func hold(lock *os.File) error {
	if err := lockFile(lock); err != nil {
		return fmt.Errorf("%w: %w", errSwept, err) // whoever sweeps holds it
	}
	mine, err := lock.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(lock.Name()); err != nil || !os.SameFile(mine, there) {
		return errSwept
	}
	return nil
}

func (s *sockets) close() error {
	return errors.Join(s.lock.Close(), os.RemoveAll(s.dir))
}

// sweep removes the folders of daemons that are gone. What cannot be removed
// belongs to someone else or to a daemon that lives, and is left.
func sweep(parent string) {
	dirs, err := filepath.Glob(filepath.Join(parent, socketPrefix+"*"))
	if err != nil {
		return // only a malformed pattern, which this is not
	}
	for _, dir := range dirs {
		lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0o600)
		if err != nil {
			continue
		}
		stale := lockFile(lock) == nil
		if stale {
			_ = os.RemoveAll(dir) // with its lock held, so that nobody takes it meanwhile
		}
		if err := lock.Close(); err == nil && stale {
			_ = os.RemoveAll(dir) // where an open file cannot be removed; the next start tries again
		}
	}
}
