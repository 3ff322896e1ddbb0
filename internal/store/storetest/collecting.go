package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func collecting() []test {
	return []test{
		{"A collection is not seen before it is applied", unseenBeforeApply},
		{"A discarded collection leaves nothing", discarded},
		{"A full collection ends the systems it no longer holds", stateVanishes},
		{"A ticket that is missing from an export stays", eventStays},
		{"A ticket that is missing from a collection that covers all is removed", eventRemoved},
		{"An export overwritten by a shorter one is held", shorterExport},
		{"A held collection is applied when its losses are accepted", acceptVanished},
		{"The guard lets nineteen rows of twenty go", underGuard},
		{"The last of several rows with one id wins", lastWins},
		{"A row that returns to what is stored wins over one that differed", lastWinsBack},
		{"Counts add up: seen is refused, distinct and repeated", countsAddUp},
		{"Counts that do not add up are warned of", countsDiffer},
		{"An unchanged collection changes nothing", unchangedAgain},
		{"An increment keeps what it does not mention", increment},
		{"The cursor moves only when a collection is applied", cursorMoves},
		{"A failure leaves the data and is remembered", failureNoted},
		{"A purged account is gone with its history", purged},
		{"Only the first twenty warnings of a code are kept", manyWarnings},
		{"A batch of a watch is committed with its cursor", watchBatch},
		{"A retired source keeps its data and says when it was retired", retired},
	}
}

func systems(t *testing.T, n int) []record.Record {
	var out []record.Record
	for i := range n {
		out = append(out, system(t, fmt.Sprintf("s%03d", i), fmt.Sprintf("System %d", i)))
	}
	return out
}

func unseenBeforeApply(t *testing.T, s store.Store) {
	c := full("lista", monday, record.System, systems(t, 3)...)
	st, err := s.Stage(t.Context(), c.src, c.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.stage(st); err != nil {
		t.Fatal(err)
	}
	want(t, s, now(), "system", "SELECT count(*) FROM system", "0")
	if _, err := st.Apply(t.Context(), c.end, c.opt); err != nil {
		t.Fatal(err)
	}
	want(t, s, now(), "system", "SELECT count(*) FROM system", "3")
}

func discarded(t *testing.T, s store.Store) {
	c := full("lista", monday, record.System, systems(t, 3)...)
	st, err := s.Stage(t.Context(), c.src, c.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.stage(st); err != nil {
		t.Fatal(err)
	}
	if err := st.Discard(); err != nil {
		t.Fatal(err)
	}
	want(t, s, now(), "system", "SELECT count(*) FROM system", "0")
	if _, err := s.Cursor(t.Context(), "lista"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("cursor: %v", err)
	}
	if _, err := st.Apply(t.Context(), c.end, c.opt); err == nil {
		t.Error("a discarded staging was applied")
	}
}

func stateVanishes(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 3)...).must(t, s)
	c := full("lista", tuesday, record.System, systems(t, 2)...).must(t, s)
	if c.Vanished != 1 || c.Unchanged != 2 {
		t.Errorf("vanished %d, unchanged %d", c.Vanished, c.Unchanged)
	}
	want(t, s, now(), "system", "SELECT source_id FROM system ORDER BY 1", "s000 s001")
	want(t, s, store.Point{AsOf: monday.Add(time.Hour)}, "system", "SELECT count(*) FROM system", "3")
}

func eventStays(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday), ticket(t, "2", monday)).must(t, s)
	c := full("kö", tuesday, record.Ticket, ticket(t, "2", monday)).must(t, s)
	if c.Vanished != 0 {
		t.Errorf("vanished %d", c.Vanished)
	}
	want(t, s, now(), "ticket", "SELECT id FROM ticket ORDER BY 1", "kö:1 kö:2")
}

func eventRemoved(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday), ticket(t, "2", monday)).must(t, s)
	c := full("kö", tuesday, record.Ticket, ticket(t, "2", monday))
	c.header.CoversAll = true
	if got := c.must(t, s); got.Vanished != 1 {
		t.Errorf("vanished %d", got.Vanished)
	}
	want(t, s, now(), "ticket", "SELECT id FROM ticket", "kö:2")
	want(t, s, store.Point{AsOf: monday.Add(time.Hour)}, "ticket", "SELECT id FROM ticket", "kö:2")
	want(t, s, store.Point{AsOf: monday.Add(time.Hour), KnownAt: monday.Add(time.Hour)}, "ticket", "SELECT id FROM ticket ORDER BY 1", "kö:1 kö:2")
}

func shorterExport(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 200)...).must(t, s)
	c, err := full("lista", tuesday, record.System, systems(t, 170)...).apply(t.Context(), s)
	if !errors.Is(err, store.ErrHeld) {
		t.Fatalf("got %v, want ErrHeld", err)
	}
	if c.Vanished != 30 || c.Unchanged != 170 {
		t.Errorf("vanished %d, unchanged %d", c.Vanished, c.Unchanged)
	}
	want(t, s, now(), "system", "SELECT count(*) FROM system", "200")
	if got := sourceState(t, s, "lista"); !got.Held || !got.LastSuccess.Equal(monday) {
		t.Errorf("held %v, last success %v", got.Held, got.LastSuccess)
	}
	if cur, err := s.Cursor(t.Context(), "lista"); err != nil || string(cur) != monday.Format(time.RFC3339) {
		t.Errorf("cursor %s, %v", cur, err)
	}
}

func acceptVanished(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 200)...).must(t, s)
	c := full("lista", tuesday, record.System, systems(t, 170)...)
	st, err := s.Stage(t.Context(), c.src, c.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.stage(st); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Apply(t.Context(), c.end, c.opt); !errors.Is(err, store.ErrHeld) {
		t.Fatalf("got %v, want ErrHeld", err)
	}
	counts, err := st.Apply(t.Context(), c.end, store.ApplyOptions{AcceptVanished: true})
	if err != nil {
		t.Fatal(err)
	}
	if counts.Vanished != 30 {
		t.Errorf("vanished %d", counts.Vanished)
	}
	want(t, s, now(), "system", "SELECT count(*) FROM system", "170")
	if sourceState(t, s, "lista").Held {
		t.Error("still held")
	}
}

func underGuard(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 20)...).must(t, s)
	full("lista", tuesday, record.System, systems(t, 1)...).must(t, s)
	want(t, s, now(), "system", "SELECT count(*) FROM system", "1")
}

func lastWins(t *testing.T, s store.Store) {
	c := full("lista", monday, record.System, system(t, "a", "Först"), system(t, "b", "Annat"), system(t, "a", "Sist")).must(t, s)
	if c.Repeated != 1 || c.Inserted != 2 {
		t.Errorf("repeated %d, inserted %d", c.Repeated, c.Inserted)
	}
	want(t, s, now(), "system", "SELECT name FROM system ORDER BY name", "Annat Sist")
}

func lastWinsBack(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "a", "Namn")).must(t, s)
	c := full("lista", tuesday, record.System, system(t, "a", "Tillfälligt"), system(t, "a", "Namn")).must(t, s)
	if c.Repeated != 1 || c.Updated != 0 || c.Unchanged != 1 {
		t.Errorf("%+v", c)
	}
	want(t, s, now(), "system", "SELECT name FROM system", "Namn")
}

func countsAddUp(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 3)...).must(t, s)
	recs := append(systems(t, 4), system(t, "s000", "Nytt namn"), system(t, "s000", "Nyare namn"))
	c := full("lista", tuesday, record.System, recs...)
	c.refused, c.end.Seen = 2, 8
	got := c.must(t, s)
	if got.Seen != got.Refused+got.Inserted+got.Updated+got.Unchanged+got.Repeated {
		t.Errorf("%+v", got)
	}
	if got.Refused != 2 || got.Repeated != 2 || got.Inserted != 1 || got.Updated != 1 || got.Unchanged != 2 {
		t.Errorf("%+v", got)
	}
	if got.WarningCounts["counts_differ"] != 0 {
		t.Error("counts that add up were warned of")
	}
}

func countsDiffer(t *testing.T, s store.Store) {
	c := full("lista", monday, record.System, systems(t, 3)...)
	c.end.Seen = 5
	if got := c.must(t, s); got.WarningCounts["counts_differ"] != 1 {
		t.Errorf("warnings: %v", got.WarningCounts)
	}
}

func unchangedAgain(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 3)...).must(t, s)
	before, err := s.Changed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := full("lista", tuesday, record.System, systems(t, 3)...).must(t, s)
	if c.Unchanged != 3 || c.Inserted+c.Updated+c.Vanished != 0 {
		t.Errorf("%+v", c)
	}
	after, err := s.Changed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before[record.System] == 0 || before[record.System] != after[record.System] {
		t.Errorf("changed: %v, then %v", before, after)
	}
	if got := sourceState(t, s, "lista"); !got.LastSuccess.Equal(tuesday) {
		t.Errorf("last success %v", got.LastSuccess)
	}
}

func increment(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 40)...).must(t, s)
	c := full("lista", tuesday, record.System, system(t, "s001", "Nytt namn"), system(t, "s999", "Nytt system"), system(t, "s002", "System 2"))
	c.header.Full = false
	got := c.must(t, s)
	if got.Updated != 1 || got.Inserted != 1 || got.Unchanged != 1 || got.Vanished != 0 {
		t.Errorf("%+v", got)
	}
	want(t, s, now(), "system", "SELECT count(*), max(CASE WHEN source_id = 's001' THEN name END) FROM system", "41|Nytt namn")
}

func cursorMoves(t *testing.T, s store.Store) {
	if _, err := s.Cursor(t.Context(), "lista"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("cursor of an unknown source: %v", err)
	}
	full("lista", monday, record.System, systems(t, 1)...).must(t, s)
	if err := s.NoteFailure(t.Context(), "lista", "table", "Filen gick inte att läsa.", tuesday); err != nil {
		t.Fatal(err)
	}
	if cur, err := s.Cursor(t.Context(), "lista"); err != nil || string(cur) != monday.Format(time.RFC3339) {
		t.Errorf("cursor %s, %v", cur, err)
	}
}

func failureNoted(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 2)...).must(t, s)
	if err := s.NoteFailure(t.Context(), "lista", "table", "Filen gick inte att läsa.", tuesday); err != nil {
		t.Fatal(err)
	}
	got := sourceState(t, s, "lista")
	if !got.LastFailure.Equal(tuesday) || !got.LastSuccess.Equal(monday) || got.FailureReason != "Filen gick inte att läsa." || got.Interval != time.Hour {
		t.Errorf("%+v", got)
	}
	want(t, s, now(), "system", "SELECT count(*) FROM system", "2")
}

func account(t *testing.T, id string, pairs ...any) record.Record {
	t.Helper()
	r := set(t, record.New(record.Account, id), pairs...)
	r.Children[0] = []record.Row{{{State: record.Set, S: "key-" + id}, {State: record.Set, S: "login"}}}
	return r
}

func purged(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, account(t, "p1", "enabled", true), account(t, "p2", "enabled", true)).must(t, s)
	full("ad", tuesday, record.Account, account(t, "p1", "enabled", false), account(t, "p2", "enabled", true)).must(t, s)
	c := full("ad", wednesday, record.Account, account(t, "p2", "enabled", true))
	c.header.Full = false
	c.purge = map[record.Kind][]string{record.Account: {"p1", "unknown"}}
	if got := c.must(t, s); got.Purged != 1 {
		t.Errorf("purged %d", got.Purged)
	}
	for _, at := range []store.Point{now(), {AsOf: monday.Add(time.Hour)}, {AsOf: monday.Add(time.Hour), KnownAt: monday.Add(time.Hour)}} {
		want(t, s, at, "account", "SELECT source_id FROM account", "p2")
		want(t, s, at, "account_key", "SELECT parent FROM account_key", "ad:p2")
	}
}

func manyWarnings(t *testing.T, s store.Store) {
	c := full("lista", monday, record.System)
	c.refused, c.end.Seen = 40000, 40000
	got := c.must(t, s)
	if len(got.Warnings) != 20 || got.WarningCounts["bad_date"] != 40000 || got.Refused != 40000 {
		t.Errorf("kept %d, counted %v, refused %d", len(got.Warnings), got.WarningCounts, got.Refused)
	}
	if kept := sourceState(t, s, "lista").Counts; len(kept.Warnings) != 20 || kept.Refused != 40000 {
		t.Errorf("stored: kept %d, refused %d", len(kept.Warnings), kept.Refused)
	}
}

func watchBatch(t *testing.T, s store.Store) {
	counter := func(id string, n int) record.Record {
		return set(t, record.New(record.Observation, id), "kind", "counter", "subject", "skola", "started_at", monday, "value", float64(n))
	}
	mapped := map[record.Kind][]string{record.Observation: everything(record.Observation)}
	for i, b := range []sdk.WatchBatch{
		{Mapped: mapped, Records: []record.Record{counter("1", 1), counter("2", 0)}, Cursor: []byte("c1")},
		{Mapped: mapped, Records: []record.Record{counter("2", 1), counter("3", 1), counter("3", 0)}, Cursor: []byte("c2")},
	} {
		if err := s.Commit(t.Context(), src("sond"), b, monday.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, now(), "observation", "SELECT count(*), sum(value) FROM observation", "3|2")
	if cur, err := s.Cursor(t.Context(), "sond"); err != nil || string(cur) != "c2" {
		t.Errorf("cursor %s, %v", cur, err)
	}
}

func retired(t *testing.T, s store.Store) {
	c := full("gamla kön", monday, record.Ticket, ticket(t, "1", monday))
	c.src.RetiredOn = tuesday
	c.must(t, s)
	if got := sourceState(t, s, "gamla kön"); !got.RetiredOn.Equal(tuesday) {
		t.Errorf("retired on %v", got.RetiredOn)
	}
	want(t, s, now(), "ticket", "SELECT source FROM ticket", "gamla kön")
}

func sourceState(t *testing.T, s store.Store, name string) store.SourceState {
	t.Helper()
	all, err := s.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range all {
		if st.Name == name {
			return st
		}
	}
	t.Fatalf("no source %s", name)
	return store.SourceState{}
}
