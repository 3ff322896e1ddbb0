package storetest

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func watching() []test {
	return []test{
		{"Probe results of a watch become minutes, hours and days", probesRolledUp},
		{"A probe batch that comes again counts once", probesOnce},
		{"A probed target keeps its place by name until the name is known", probePlaces},
		{"What the daemon adds to a source leaves its cursor alone", amended},
		{"Opening hours stay for what began under them", openings},
	}
}

// midnight is the first second of a Monday in Stockholm.
var midnight = time.Date(2026, 11, 15, 23, 0, 0, 0, time.UTC)

// probed is one result that stands for 15 seconds; ok below zero is unknown.
func probed(t *testing.T, at time.Time, ok int, pairs ...any) record.Record {
	t.Helper()
	samples := 1
	if ok < 0 {
		samples, ok = 0, 0
	}
	all := append([]any{"kind", "probe", "metric", "icmp", "subject", "skola", "site", "centralskolan", "org_unit", "utb", "started_at", at, "ended_at", at.Add(15 * time.Second), "samples", samples, "ok", ok}, pairs...)
	return set(t, record.New(record.Observation, "skola@"+epochs(at)), all...)
}

func watchCommit(t *testing.T, s store.Store, cursor string, recs ...record.Record) {
	t.Helper()
	mapped := map[record.Kind][]string{record.Observation: everything(record.Observation)}
	if err := s.Commit(t.Context(), src("sond"), sdk.WatchBatch{Mapped: mapped, Records: recs, Cursor: []byte(cursor)}, thursday); err != nil {
		t.Fatal(err)
	}
}

func probesRolledUp(t *testing.T, s store.Store) {
	before := midnight.Add(-time.Minute) // still Sunday in Stockholm
	watchCommit(t, s, "1",
		probed(t, before, 1, "latency_ms", 4.0), probed(t, before.Add(15*time.Second), 0),
		probed(t, midnight, 1, "latency_ms", 10.0), probed(t, midnight.Add(15*time.Second), -1),
		probed(t, midnight.Add(30*time.Second), 0, "planned", true))
	watchCommit(t, s, "2", probed(t, midnight.Add(45*time.Second), 1, "latency_ms", 2.5), probed(t, midnight.Add(90*time.Minute), 0))
	want(t, s, now(), "observation", "SELECT count(*) FROM observation", "0")
	want(t, s, now(), "probe_hourly", "SELECT hour, samples, ok, latency_sum_ms, latency_max_ms FROM probe_hourly ORDER BY hour",
		epochs(midnight.Add(-time.Hour))+"|2|1|4|4 "+epochs(midnight)+"|3|2|12.5|10 "+epochs(midnight.Add(time.Hour))+"|1|0|0|-")
	want(t, s, now(), "probe_span", "SELECT started_at, samples, ok, unknown, measured_s, up_s, planned_s FROM probe_span ORDER BY started_at",
		epochs(midnight.AddDate(0, 0, -1))+"|2|1|0|30|15|0 "+epochs(midnight)+"|4|2|1|45|30|15")
}

func probesOnce(t *testing.T, s store.Store) {
	batch := []record.Record{probed(t, midnight, 1, "latency_ms", 10.0), probed(t, midnight.Add(15*time.Second), 0)}
	watchCommit(t, s, "1", batch...)
	watchCommit(t, s, "1", batch...)
	watchCommit(t, s, "2", append(batch, probed(t, midnight.Add(30*time.Second), 1, "latency_ms", 2.0))...)
	want(t, s, now(), "probe_hourly", "SELECT samples, ok, latency_sum_ms FROM probe_hourly", "3|2|12")
	want(t, s, now(), "probe_span", "SELECT samples, ok, measured_s, up_s FROM probe_span", "3|2|45|30")
	want(t, s, now(), "probe_target", "SELECT source, subject, metric, last_at FROM probe_target", "sond|skola|icmp|"+epochs(midnight.Add(30*time.Second)))
}

func probePlaces(t *testing.T, s store.Store) {
	watchCommit(t, s, "1", probed(t, midnight, 1))
	want(t, s, now(), "probe_target", "SELECT site, site_raw, org_unit, org_unit_raw FROM probe_target", "-|centralskolan|-|utb")
	names, err := s.Unmapped(t.Context())
	if err != nil || len(names) != 2 {
		t.Errorf("unmapped: %v, %v", names, err)
	}
	ids := []store.Identity{{Scheme: "site", ID: "cs", Name: "Centralskolan"}, {Scheme: "org_unit", ID: "utbildning", Name: "Utbildningsförvaltningen", Aliases: []store.Alias{{Name: "utb"}}}}
	if err := s.SetIdentities(t.Context(), ids, thursday); err != nil {
		t.Fatal(err)
	}
	want(t, s, now(), "probe_target", "SELECT site, org_unit FROM probe_target", "cs|utbildning")
	watchCommit(t, s, "2", probed(t, midnight.Add(15*time.Second), 1, "site", "nya skolan"))
	want(t, s, now(), "probe_target", "SELECT site_raw, org_unit FROM probe_target", "nya skolan|utbildning")
}

func amended(t *testing.T, s store.Store) {
	watchCommit(t, s, "c7", probed(t, midnight, 1))
	outage := func(pairs ...any) record.Record {
		return set(t, record.New(record.Observation, "skola@1"), append([]any{"kind", "outage", "subject", "skola", "site", "centralskolan", "started_at", midnight}, pairs...)...)
	}
	for i, r := range []record.Record{outage(), outage("ended_at", midnight.Add(time.Hour))} {
		if err := s.Amend(t.Context(), src("sond"), []record.Record{r}, midnight.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, now(), "observation", "SELECT source, kind, ended_at FROM observation", "sond|outage|"+epochs(midnight.Add(time.Hour)))
	if cur, err := s.Cursor(t.Context(), "sond"); err != nil || string(cur) != "c7" {
		t.Errorf("cursor %s, %v", cur, err)
	}
	if got := sourceState(t, s, "sond"); len(got.Mapped[record.Observation]) == 0 || got.Counts.Seen != 1 {
		t.Errorf("%+v", got)
	}
	half := store.Point{AsOf: midnight.Add(30 * time.Minute), KnownAt: midnight.Add(30 * time.Minute)}
	want(t, s, half, "observation", "SELECT kind, ended_at FROM observation", "outage|-")
}

func openings(t *testing.T, s store.Store) {
	day := func(hour int) []store.CalendarDay {
		from := midnight.Add(time.Duration(hour) * time.Hour).Unix()
		return []store.CalendarDay{{OpenFrom: from, OpenTo: from + 3600}, {OpenFrom: from + 86400, OpenTo: from + 86400}}
	}
	for _, h := range []map[string][]store.CalendarDay{{"skola": day(8), "bibliotek": day(10)}, {"skola": day(9)}} {
		if err := s.SetOpening(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, now(), "opening_hours", "SELECT schedule, open_from, open_to - open_from FROM opening_hours ORDER BY schedule",
		"bibliotek|"+epochs(midnight.Add(10*time.Hour))+"|3600 skola|"+epochs(midnight.Add(9*time.Hour))+"|3600")
}
