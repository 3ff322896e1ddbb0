package sqlite

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestALargeFirstLoadIsUnseenUntilItIsPublished(t *testing.T) {
	for _, shuffled := range []bool{false, true} {
		const n = firstLoadRows + 2*loadStep + 77
		s := openStore(t, Options{})
		st, err := s.Stage(t.Context(), store.SourceInfo{Name: "kö", Plugin: "table"}, time.Unix(genNow, 0))
		check(t, err)
		check(t, st.Begin(ticketHeader()))
		seen, err := readTickets(writeTickets(t, n, 0, shuffled), st)
		check(t, err)
		stop, saw := make(chan struct{}), make(chan map[int64]bool)
		go func() { saw <- watchCount(t, s, stop) }()
		c, err := st.Apply(t.Context(), sdk.End{Seen: seen}, store.ApplyOptions{})
		check(t, err)
		close(stop)
		if c.Inserted != n || c.WarningCounts["counts_differ"] != 0 {
			t.Errorf("%+v", c)
		}
		for count := range <-saw {
			if count != 0 && count != n {
				t.Errorf("a reader saw %d of %d tickets", count, n)
			}
		}
		if got := countTickets(t, s); got != n {
			t.Errorf("%d tickets, want %d", got, n)
		}
	}
}

func watchCount(t *testing.T, s *Store, stop chan struct{}) map[int64]bool {
	saw := map[int64]bool{}
	for {
		select {
		case <-stop:
			return saw
		case <-time.After(5 * time.Millisecond):
			saw[countTickets(t, s)] = true
		}
	}
}

func countTickets(t *testing.T, s *Store) int64 {
	r, err := s.OpenReader(t.Context(), store.Point{AsOf: time.Unix(genNow+1, 0)})
	if err != nil {
		t.Error(err)
		return 0
	}
	defer r.Close()
	var n int64
	if err := scanOne(t, r, "SELECT count(*) FROM ticket", &n); err != nil {
		t.Error(err)
	}
	return n
}

func TestAnUnfinishedFirstLoadIsClearedAway(t *testing.T) {
	s := openStore(t, Options{})
	st, err := s.Stage(t.Context(), store.SourceInfo{Name: "kö", Plugin: "table"}, time.Unix(genNow, 0))
	check(t, err)
	check(t, st.Begin(ticketHeader()))
	_, err = readTickets(writeTickets(t, firstLoadRows+loadStep, 0, false), st)
	check(t, err)
	own := st.(*staging)
	check(t, own.out.Flush())
	// Ends before the last step, as a killed process does.
	w := &writer{s: s, ctx: t.Context(), src: own.src, now: genNow, used: own.used, counts: &own.counts}
	if _, err := own.loadUnseen(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if got := countTickets(t, s); got != 0 {
		t.Errorf("%d tickets are seen", got)
	}
	check(t, s.recover(t.Context()))
	var rows, loading int
	check(t, s.read.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM ticket_now), (SELECT count(*) FROM loading)").Scan(&rows, &loading))
	if rows != 0 || loading != 0 {
		t.Errorf("%d rows and %d marks are left", rows, loading)
	}
	check(t, st.Discard())
}

func TestKnownKeepsWhatIsToldAndFindsNothingElse(t *testing.T) {
	k := &known{}
	const n = 200_000
	d := draws(1)
	keys := make([]uint64, n)
	for i := range keys {
		keys[i] = d.next()
		k.add(keys[i], uint64(i), uint32(i+1))
	}
	for i, key := range keys {
		s, found := k.slot(key)
		if !found || s.row() != uint64(i) || s.no() != uint32(i+1) || s.seq() != unseen {
			t.Fatalf("record %d: %v", i, s)
		}
		if i%2 == 0 {
			s.setSeq(unchanged)
		}
	}
	same, vanished := k.tally()
	if same != n/2 || len(vanished) != n/2 || k.stored != n {
		t.Errorf("same %d, vanished %d, stored %d", same, len(vanished), k.stored)
	}
	if _, found := k.slot(d.next()); found {
		t.Error("a key that was never told is found")
	}
	check(t, k.arena.release())
}
