package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func keeping() []test {
	return []test{
		{"Findings are not found before they are saved", noFindings},
		{"The newest findings at a point are returned in their order", newestFindings},
		{"Evidence rows are not kept", noEvidenceKept},
		{"The history of a figure is in order of time", history},
		{"The published value of a month is never recomputed", published},
		{"The newest finding of a stretch of time is its published value or its last", newestBetween},
		{"When collecting began is when anything was first read", began},
	}
}

func figure(kpi string, value float64, at time.Time) finding.Finding {
	return finding.Finding{KPI: kpi, Value: &value, Outcome: finding.Measured, AsOf: at, MethodVersion: 1}
}

func save(t *testing.T, s store.Store, p store.Point, fs ...finding.Finding) {
	t.Helper()
	if err := s.SaveFindings(t.Context(), p, fs); err != nil {
		t.Fatal(err)
	}
}

func noFindings(t *testing.T, s store.Store) {
	if _, err := s.Findings(t.Context(), now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	save(t, s, at(tuesday), figure("a", 1, tuesday))
	if _, err := s.Findings(t.Context(), at(monday)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("before the first: %v", err)
	}
}

func newestFindings(t *testing.T, s store.Store) {
	save(t, s, at(monday), figure("b", 1, monday), figure("a", 2, monday))
	save(t, s, at(wednesday), figure("b", 3, wednesday), figure("a", 4, wednesday))
	for p, first := range map[time.Time]float64{monday: 1, tuesday: 1, wednesday: 3, thursday: 3} {
		got, err := s.Findings(t.Context(), at(p))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0].KPI != "b" || *got[0].Value != first || got[1].KPI != "a" {
			t.Errorf("%s: %+v", p, got)
		}
	}
}

func noEvidenceKept(t *testing.T, s store.Store) {
	f := figure("a", 1, monday)
	f.Evidence, f.EvidenceTotal, f.SQL = []finding.Row{{ID: "x"}}, 1, "SELECT 1"
	save(t, s, at(monday), f)
	got, err := s.Findings(t.Context(), at(monday))
	if err != nil {
		t.Fatal(err)
	}
	if len(got[0].Evidence) != 0 || got[0].SQL != "" {
		t.Errorf("%+v", got[0])
	}
}

func values(t *testing.T, s store.Store, kpi string, from, to time.Time) []float64 {
	t.Helper()
	fs, err := s.History(t.Context(), kpi, from, to)
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, f := range fs {
		out = append(out, *f.Value)
	}
	return out
}

func history(t *testing.T, s store.Store) {
	for i, day := range []time.Time{wednesday, monday, tuesday} {
		save(t, s, at(day), figure("a", float64(i), day), figure("b", 9, day))
	}
	if got := values(t, s, "a", monday, tuesday); len(got) != 2 || got[0] != 1 || got[1] != 2 {
		t.Errorf("got %v", got)
	}
}

func published(t *testing.T, s store.Store) {
	// The last second of October 2026 in Stockholm.
	october := time.Date(2026, 10, 31, 22, 59, 59, 0, time.UTC)
	first := store.Point{AsOf: october, KnownAt: october.Add(time.Hour)}
	later := store.Point{AsOf: october, KnownAt: monday}
	save(t, s, first, figure("a", 0.71, october))
	save(t, s, later, figure("a", 0.73, october))
	if got := values(t, s, "a", october.AddDate(0, -1, 0), thursday); len(got) != 1 || got[0] != 0.71 {
		t.Errorf("history: %v, want the published value alone", got)
	}
	again, err := s.Findings(t.Context(), later)
	if err != nil || *again[0].Value != 0.73 {
		t.Errorf("the recomputation does not stand beside it: %v, %v", again, err)
	}
	then, err := s.Findings(t.Context(), first)
	if err != nil || *then[0].Value != 0.71 {
		t.Errorf("as known first: %v, %v", then, err)
	}
}

func newestBetween(t *testing.T, s store.Store) {
	october := time.Date(2026, 10, 31, 22, 59, 59, 0, time.UTC)
	save(t, s, store.Point{AsOf: october, KnownAt: october.Add(time.Hour)}, figure("a", 0.71, october))
	save(t, s, store.Point{AsOf: october, KnownAt: monday}, figure("a", 0.73, october))
	for i, day := range []time.Time{monday, tuesday, wednesday} {
		save(t, s, at(day), figure("a", float64(i), day), figure("b", 9, day))
	}
	for _, c := range []struct {
		from, to time.Time
		want     float64
	}{{october.AddDate(0, 0, -30), october, 0.71}, {monday, tuesday, 1}, {monday, thursday, 2}, {monday, monday, 0}} {
		if got, err := s.Newest(t.Context(), "a", c.from, c.to); err != nil || *got.Value != c.want {
			t.Errorf("%s to %s: %v %v, want %v", c.from, c.to, got.Value, err, c.want)
		}
	}
	if _, err := s.Newest(t.Context(), "a", thursday, thursday.AddDate(0, 0, 1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after the last: %v", err)
	}
}

func began(t *testing.T, s store.Store) {
	if _, err := s.Began(t.Context()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("before anything is read: %v", err)
	}
	full("lista", tuesday, record.System, system(t, "a", "Alfa")).must(t, s)
	full("lista", wednesday, record.System, system(t, "a", "Alfa"), system(t, "b", "Beta")).must(t, s)
	full("annan", thursday, record.Ticket, ticket(t, "1", monday)).must(t, s)
	if got, err := s.Began(t.Context()); err != nil || !got.Equal(tuesday) {
		t.Errorf("began %v %v, want %v", got, err, tuesday)
	}
}
