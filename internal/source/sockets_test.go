package source

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Each sweeps what the others left, and must never take what one has just made.
func TestDaemonsThatStartAtTheSameTimeLeaveEachOthersSocketsAlone(t *testing.T) {
	parent, err := os.MkdirTemp("", "kp") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Remove(parent); err != nil {
			t.Error(err) // something was left behind
		}
	}()
	var daemons sync.WaitGroup
	for range 8 {
		daemons.Go(func() {
			for range 100 {
				s, err := openSockets(parent)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := os.Stat(filepath.Join(s.dir, lockName)); err != nil {
					t.Error(err)
				}
				if err := s.close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	daemons.Wait()
}

// A collection that somebody asked for may begin while the daemon ends.
func TestAGuardThatIsClosedStartsNothing(t *testing.T) {
	g := newGuard(func() *exec.Cmd { return exec.Command("nosuch") })
	for range 2 {
		if err := g.close(); err != nil {
			t.Error(err)
		}
		if err := g.Start(exec.Command("nosuch")); !errors.Is(err, errClosed) {
			t.Errorf("got %v", err)
		}
	}
}
