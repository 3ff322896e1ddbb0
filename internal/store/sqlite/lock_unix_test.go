//go:build unix

package sqlite

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A process that is just being started holds a copy of every open file.
func TestAClosedStoreCanBeOpenedWhileAProcessIsBeingStarted(t *testing.T) {
	s := openStore(t, Options{})
	copied, err := unix.Dup(int(s.owner.f.Fd()))
	check(t, err)
	held := os.NewFile(uintptr(copied), "held")
	defer func() { check(t, held.Close()) }()
	check(t, s.Close())
	again, err := Open(t.Context(), s.path, Options{})
	check(t, err)
	check(t, again.Close())
}
