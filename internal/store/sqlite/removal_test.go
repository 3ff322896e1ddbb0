package sqlite

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The program was ended in the middle of a removal: readers hear of it all the
// time, and asking again finishes it.
func TestARemovalThatWasInterruptedIsFinishedByAskingAgain(t *testing.T) {
	s := openStore(t, Options{})
	before, at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := s.write.ExecContext(t.Context(), "INSERT INTO removal (kind, before, at, decision) VALUES ('ticket', ?, ?, 'KS 1')", before.Unix(), at.Unix()); err != nil {
		t.Fatal(err)
	}
	rs, err := s.Removals(t.Context())
	if err != nil || len(rs) != 1 || rs[0].Done {
		t.Fatalf("%+v %v", rs, err)
	}
	if _, err := s.RemoveOlder(t.Context(), store.Removal{Kind: record.Ticket, Before: before, At: at.AddDate(0, 0, 1), Decision: "KS 1"}); err != nil {
		t.Fatal(err)
	}
	if rs, err = s.Removals(t.Context()); err != nil || len(rs) != 1 || !rs[0].Done || !rs[0].At.Equal(at) {
		t.Errorf("%+v %v", rs, err)
	}
}

// A command of this program reads beside a daemon of one that had no removals.
func TestAStoreOfAnOlderProgramHasNoRemovals(t *testing.T) {
	s := openStore(t, Options{})
	for _, table := range []string{"removal", "kept_out"} {
		if _, err := s.write.ExecContext(t.Context(), "DROP TABLE "+table); err != nil {
			t.Fatal(err)
		}
	}
	if rs, err := s.Removals(t.Context()); err != nil || len(rs) != 0 {
		t.Errorf("%v %v", rs, err)
	}
	if kept, err := s.KeptOut(t.Context()); err != nil || len(kept) != 0 {
		t.Errorf("%v %v", kept, err)
	}
}
