package sqlite

import (
	"sync"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// A page that takes long to make may still read when the daemon ends.
func TestWhoeverStillAsksAStoreThatIsClosedGetsAnError(t *testing.T) {
	s := openStore(t, Options{})
	_, err := applyAccounts(t, s, 3, genNow)
	check(t, err)
	at := store.Point{AsOf: time.Unix(genNow, 0)}
	asking, begun := make(chan struct{}), sync.WaitGroup{}
	var askers sync.WaitGroup
	for range 4 {
		begun.Add(1)
		askers.Go(func() {
			for first := true; ; first = false {
				r, err := s.OpenReader(t.Context(), at)
				if err == nil {
					err = r.Close()
				}
				if first {
					begun.Done()
					<-asking
				} else if err != nil {
					return
				}
			}
		})
	}
	begun.Wait()
	close(asking)
	check(t, s.Close())
	askers.Wait()
	if _, err := s.Sources(t.Context()); err == nil {
		t.Error("a closed store lists sources")
	}
	if err := s.NoteFailure(t.Context(), "x", "y", "z", time.Unix(genNow, 0)); err == nil {
		t.Error("a closed store was written to")
	}
	check(t, s.Close())
}
