package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func removing() []test {
	return []test{
		{"After a removal of states every point from its day on reads the same", statesRemoved},
		{"After a removal of events every point from its day on reads the same, and what is open stays", eventsRemoved},
		{"What was removed does not come back with the next collection, nor with an older list", removedStays},
		{"An older list whose state ended before the day is removed too", reconstructedRemoved},
		{"A removal is noted for readers before anything is gone, and may be asked for again", removalNoted},
	}
}

func remove(t *testing.T, s store.Store, kind record.Kind, before time.Time) store.Removed {
	t.Helper()
	counted, err := s.CountOlder(t.Context(), kind, before)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.RemoveOlder(t.Context(), store.Removal{Kind: kind, Before: before, At: thursday.AddDate(0, 0, 7), Decision: "KS 2026/12 § 34"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Records != counted.Records || got.Lists != counted.Lists || !got.First.Equal(counted.First) || !got.Last.Equal(counted.Last) {
		t.Errorf("removed %+v, counted %+v", got, counted)
	}
	if left, err := s.CountOlder(t.Context(), kind, before); err != nil || left.Records+left.Lists != 0 {
		t.Errorf("left: %+v %v", left, err)
	}
	return got
}

// from are all points whose two instants lie at or after one, day by day.
func from(first time.Time) []store.Point {
	var instants []time.Time
	for at := first; at.Before(thursday.AddDate(0, 0, 9)); at = at.AddDate(0, 0, 1) {
		instants = append(instants, at)
	}
	var out []store.Point
	for _, a := range instants {
		for _, k := range instants {
			out = append(out, store.Point{AsOf: a, KnownAt: k})
		}
		out = append(out, store.Point{AsOf: a})
	}
	return out
}

func everywhere(t *testing.T, s store.Store, points []store.Point, relations []string, query string) []string {
	t.Helper()
	var out []string
	for _, p := range points {
		out = append(out, fmt.Sprintf("%s known %s: %s", p.AsOf.Format(time.DateTime), p.KnownAt.Format(time.DateTime), ask(t, s, p, relations, query)))
	}
	return out
}

func same(t *testing.T, before, after []string) {
	t.Helper()
	for i := range before {
		if before[i] != after[i] {
			t.Errorf("before: %s\n after: %s", before[i], after[i])
		}
	}
}

func statesRemoved(t *testing.T, s store.Store) {
	friday := thursday.AddDate(0, 0, 1)
	effective := func(r record.Record, at time.Time) record.Record { r.EffectiveFrom = at.Unix(); return r }
	full("lista", monday, record.System, holding(t, "a", "A1", "owner:x"), holding(t, "b", "B1", "owner:y"), holding(t, "c", "C1", "owner:z")).must(t, s)
	full("lista", tuesday, record.System, holding(t, "a", "A2", "owner:y"), holding(t, "b", "B1", "owner:y")).must(t, s)
	full("lista", wednesday, record.System, holding(t, "a", "A3", "owner:y"), effective(holding(t, "b", "B2", "owner:x"), monday.Add(time.Hour))).must(t, s)
	full("lista", friday, record.System, holding(t, "a", "A4"), effective(holding(t, "b", "B3", "owner:x"), wednesday.Add(time.Hour))).must(t, s)
	const q = "SELECT s.id, s.name, r.person_ref FROM system s LEFT JOIN system_role r ON r.parent = s.id ORDER BY 1, 2, 3"
	points, relations := from(thursday), []string{"system", "system_role"}
	before := everywhere(t, s, points, relations, q)
	got := remove(t, s, record.System, thursday)
	if got.Records < 4 || got.Lists < 2 || got.First.IsZero() {
		t.Errorf("removed %+v", got)
	}
	same(t, before, everywhere(t, s, points, relations, q))
	if early := ask(t, s, knownThen(monday, monday), relations, q); early != "" {
		t.Errorf("what was removed is still read: %s", early)
	}
}

func eventsRemoved(t *testing.T, s store.Store) {
	hours := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Hour) }
	full("arenden", monday, record.Ticket,
		ticket(t, "old", hours(-200), "resolved_at", hours(-190), "status", "resolved"),
		ticket(t, "open", hours(-200), "status", "open"),
		ticket(t, "late", hours(-100), "resolved_at", hours(-90), "closed_at", hours(60), "status", "resolved"),
		ticket(t, "reopened", hours(-80), "resolved_at", hours(-70), "status", "resolved")).must(t, s)
	full("arenden", thursday, record.Ticket,
		ticket(t, "open", hours(-200), "status", "resolved", "resolved_at", hours(-150)), // known to be over only now
		ticket(t, "new", wednesday, "status", "open")).must(t, s)
	cut := wednesday
	q := fmt.Sprintf("SELECT id, status, resolved_at FROM ticket WHERE opened_at >= %[1]d OR status IN ('new', 'open') OR closed_at >= %[1]d ORDER BY 1", cut.Unix())
	points := from(cut)
	before := everywhere(t, s, points, []string{"ticket"}, q)
	got := remove(t, s, record.Ticket, cut)
	if got.Records != 2 {
		t.Errorf("removed %+v, want the two that were over and known to be", got)
	}
	same(t, before, everywhere(t, s, points, []string{"ticket"}, q))
	want(t, s, now(), "ticket", "SELECT id FROM ticket ORDER BY id", "arenden:late arenden:new arenden:open")
	// A week later what became known on Thursday lies before the day as well.
	if got := remove(t, s, record.Ticket, thursday.AddDate(0, 0, 6)); got.Records < 3 {
		t.Errorf("removed %+v", got)
	}
	want(t, s, now(), "ticket", "SELECT id FROM ticket ORDER BY id", "arenden:new")
}

func removedStays(t *testing.T, s store.Store) {
	tickets := []record.Record{ticket(t, "old", monday.AddDate(-3, 0, 0), "closed_at", monday.AddDate(-3, 0, 1)), ticket(t, "new", monday, "closed_at", monday)}
	full("arenden", monday, record.Ticket, tickets...).must(t, s)
	remove(t, s, record.Ticket, monday.AddDate(-2, 0, 0))
	counts := full("arenden", tuesday, record.Ticket, tickets...).must(t, s)
	want(t, s, now(), "ticket", "SELECT id FROM ticket", "arenden:new")
	if counts.Unchanged != 2 || counts.Refused != 0 || counts.WarningCounts["removed"] != 1 || counts.WarningCounts["counts_differ"] != 0 {
		t.Errorf("%+v", counts)
	}
	full("lista", tuesday, record.System, system(t, "a", "A")).must(t, s)
	remove(t, s, record.System, monday)
	old := full("lista", wednesday, record.System, system(t, "a", "Förr"))
	old.opt.Dated = monday.AddDate(-1, 0, 0)
	if _, err := old.apply(t.Context(), s); err == nil {
		t.Error("an older list of a time that is removed is read in")
	}
}

func reconstructedRemoved(t *testing.T, s store.Store) {
	full("lista", tuesday, record.System, system(t, "a", "Nu")).must(t, s)
	old := full("lista", wednesday, record.System, system(t, "a", "Förr"))
	old.opt.Dated = monday.AddDate(-3, 0, 0)
	old.must(t, s)
	newer := full("lista", wednesday, record.System, system(t, "a", "Sedan"))
	newer.opt.Dated = monday.AddDate(-1, 0, 0)
	newer.must(t, s)
	points := from(tuesday)
	points = append(points, at(monday.AddDate(0, -6, 0)))
	const q = "SELECT name FROM system ORDER BY 1"
	before := everywhere(t, s, points, []string{"system"}, q)
	if got := remove(t, s, record.System, monday.AddDate(-1, 0, 1)); got.Records != 1 {
		t.Errorf("removed %+v", got)
	}
	same(t, before, everywhere(t, s, points, []string{"system"}, q))
	want(t, s, at(monday.AddDate(-2, 0, 0)), "system", q, "")
}

func removalNoted(t *testing.T, s store.Store) {
	if rs, err := s.Removals(t.Context()); err != nil || len(rs) != 0 {
		t.Fatalf("%+v %v", rs, err)
	}
	full("arenden", monday, record.Ticket, ticket(t, "old", monday.AddDate(-3, 0, 0), "closed_at", monday.AddDate(-3, 0, 1))).must(t, s)
	cut := monday.AddDate(-2, 0, 0)
	first, err := s.Changed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	remove(t, s, record.Ticket, cut)
	remove(t, s, record.Ticket, cut)
	remove(t, s, record.Ticket, cut.AddDate(-1, 0, 0))
	if err := s.NoteAffected(t.Context(), record.Ticket, cut, []string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	r, err := s.OpenReader(t.Context(), now())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	rs, err := r.Removals(t.Context())
	if err != nil || len(rs) != 2 || !rs[0].Before.Equal(cut) || rs[0].Decision != "KS 2026/12 § 34" || !rs[0].Done || !slices.Equal(rs[0].Affected, []string{"a", "b"}) {
		t.Errorf("%+v %v", rs, err)
	}
	if then, err := s.Changed(t.Context()); err != nil || then[record.Ticket] <= first[record.Ticket] {
		t.Errorf("figures are not computed anew: %v %v %v", first, then, err)
	}
	if _, err := s.RemoveOlder(t.Context(), store.Removal{Kind: "tickets", Before: cut}); err == nil {
		t.Error("an unknown kind is removed")
	}
}
