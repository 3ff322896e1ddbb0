package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// probeConfig writes a configuration with one probe source.
func probeConfig(t testing.TB, settings map[string]any, more map[string]any) string {
	t.Helper()
	dir := t.TempDir()
	need(t, os.WriteFile(filepath.Join(dir, "key"), []byte(strings.Repeat("0123456789abcdef", 4)), 0o600))
	all := map[string]any{ // JSON is YAML too
		"municipality": "Storby", "pseudonym_key": "${file:key}",
		"sources": []any{map[string]any{"name": "stadshuset", "type": "probe", "settings": settings}},
	}
	for k, v := range more {
		all[k] = v
	}
	text, err := json.Marshal(all)
	need(t, err)
	path := filepath.Join(dir, "kommunpuls.yaml")
	need(t, os.WriteFile(path, text, 0o600))
	return path
}

func need(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// measured is a daemon whose clock and measurements the test decides.
type measured struct {
	t     *testing.T
	path  string
	now   time.Time
	a     *App
	codec watchlist.Codec
	n     int
}

func (m *measured) open() {
	m.t.Helper()
	parts, err := Prepare(m.path, m.now)
	need(m.t, err)
	m.a, err = Open(m.t.Context(), parts, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return m.now }})
	need(m.t, err)
	m.a.probes.Configure(m.t.Context(), sourceConfigs(parts.Config), m.now)
}

func (m *measured) close() { m.t.Helper(); need(m.t, m.a.Close()) }

// send commits one batch as a watch does.
func (m *measured) send(recs ...record.Record) sdk.WatchBatch {
	m.t.Helper()
	cfg := sourceConfigs(m.a.Parts().Config)[0]
	m.n++
	b := sdk.WatchBatch{Mapped: map[record.Kind][]string{record.Observation: watchlist.Fields()}, Records: recs, Cursor: []byte(fmt.Sprint(m.n))}
	out, done, err := m.a.probes.Follow(m.t.Context(), cfg, b, m.now)
	need(m.t, err)
	err = m.a.store.Commit(m.t.Context(), store.SourceInfo{Name: cfg.Name, Plugin: cfg.Plugin}, out, m.now)
	done(err == nil)
	need(m.t, err)
	return out
}

// until lets time pass, with a result of every target every 15 seconds.
func (m *measured) until(to time.Time, down ...string) {
	m.t.Helper()
	list := m.a.probes.points["stadshuset"].list
	for ; m.now.Before(to); m.now = m.now.Add(15 * time.Second) {
		var recs []record.Record
		for i := range list.Targets {
			r := watchlist.ResultFor(&list.Targets[i], m.now)
			r.Verdict, r.Latency = watchlist.Up, 3*time.Millisecond
			if slices.Contains(down, r.Target) {
				r.Verdict, r.Cause, r.Latency = watchlist.Down, watchlist.Timeout, 0
			}
			recs = append(recs, m.codec.Record(r))
		}
		m.send(recs...)
	}
}

func (m *measured) figure(id string) finding.Finding {
	m.t.Helper()
	fs, err := m.a.Findings(m.t.Context(), store.Point{AsOf: m.now, KnownAt: m.now})
	need(m.t, err)
	for _, f := range fs {
		if f.KPI == id {
			return f
		}
	}
	m.t.Fatalf("no figure %s", id)
	return finding.Finding{}
}

func also(f finding.Finding, key string) float64 {
	for _, a := range f.Also {
		if a.Key == key && a.Value != nil {
			return *a.Value
		}
	}
	return -1
}

// clockOf is a time of a Monday in Stockholm.
func clockOf(hour, minute int) time.Time {
	return time.Date(2026, 11, 16, hour-1, minute, 0, 0, time.UTC)
}

func TestADisruptionIsFollowedOverARestartToTheFigures(t *testing.T) {
	m := &measured{t: t, now: clockOf(9, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{
		"closed_periods": map[string]any{"lov": []string{"2026-12-21..2027-01-08"}},
		"targets": []any{
			map[string]any{"id": "karna", "module": "icmp", "address": "10.0.0.1", "site": "stadshuset", "hours": "always", "users": 5, "name": "kärnswitchen"},
			map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1", "site": "Centralskolan", "hours": "mån-fre 07:30-10:00", "closed": "lov", "users": 60, "parent": "karna", "name": "Centralskolan"},
			map[string]any{"id": "bygglov", "module": "http", "address": "https://bygglov.example.test/", "users": 100, "hours": "always"},
		}}, nil)
	m.open()
	m.until(clockOf(9, 38))
	m.until(clockOf(9, 50), "skola")
	ds, err := m.a.Disruptions(t.Context())
	need(t, err)
	if len(ds) != 1 || ds[0].Sentence != "Störning i nätet på Centralskolan sedan 09.38. Felsökning pågår. Nytt besked 10.30." || ds[0].Users != 60 {
		t.Errorf("%+v", ds)
	}
	// The daemon is gone for ten minutes, in the middle of it.
	m.close()
	m.now = clockOf(10, 0)
	m.open()
	if ds, err = m.a.Disruptions(t.Context()); err != nil || len(ds) != 1 || !ds[0].Since.Equal(clockOf(9, 38)) {
		t.Errorf("after the restart, before anything is measured: %+v, %v", ds, err)
	}
	m.until(clockOf(10, 20), "skola")
	f := m.figure("network_disruption_time")
	if got := also(f, "ongoing"); f.Value == nil || *f.Value != got {
		t.Errorf("all of it goes on: %v of %v", got, f.Value)
	}
	m.until(clockOf(10, 30))
	f = m.figure("network_disruption_time")
	// Open until 10: 9.38 to 9.50 was measured, 9.50 to 10 was not; after 10 the school is closed.
	for key, want := range map[string]float64{"count": 1, "places": 12 * 60, "all_hours": 32 * 60, "ongoing": 0} {
		if got := also(f, key); got != want {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
	if f.Value == nil || *f.Value != 60*12*60 {
		t.Errorf("%v of the users' seconds, want %d", *f.Value, 60*12*60)
	}
	// The unknown time is of two places with a network: one open round the clock, one until 10.
	if got := also(f, "unknown"); got != 2*10*60 {
		t.Errorf("unknown: %v", got)
	}
	if ds, err = m.a.Disruptions(t.Context()); err != nil || len(ds) != 0 {
		t.Errorf("it has ended: %+v, %v", ds, err)
	}
	// 80 minutes of each of two targets were measured; 32 of them the school did not answer.
	if f := m.figure("network_availability"); f.Value == nil || *f.Value != 1-32.0/160 {
		t.Errorf("availability %v, want %v (%s)", *f.Value, 1-32.0/160, f.Outcome)
	}
	if f := m.figure("eservice_availability"); f.Value == nil || *f.Value != 1 {
		t.Errorf("the e-service answered all the time: %v", f.Value)
	}
	m.close()
}

func TestABatchThatWasNotCommittedLeavesNoTrace(t *testing.T) {
	m := &measured{t: t, now: clockOf(9, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1", "site": "Centralskolan"}}}, nil)
	m.open()
	defer m.close()
	m.until(clockOf(9, 5))
	cfg := sourceConfigs(m.a.Parts().Config)[0]
	list := m.a.probes.points["stadshuset"].list
	var recs []record.Record
	for i := range 4 {
		r := watchlist.ResultFor(&list.Targets[0], m.now.Add(time.Duration(i)*15*time.Second))
		r.Verdict, r.Cause = watchlist.Down, watchlist.Timeout
		recs = append(recs, m.codec.Record(r))
	}
	out, done, err := m.a.probes.Follow(t.Context(), cfg, sdk.WatchBatch{Records: slices.Clone(recs)}, m.now)
	need(t, err)
	if len(out.Records) != 5 {
		t.Errorf("%d records, want four results and a disruption", len(out.Records))
	}
	done(false)
	if ds, err := m.a.Disruptions(t.Context()); err != nil || len(ds) != 0 {
		t.Errorf("%+v, %v", ds, err)
	}
	// It comes again, and once more after it was committed.
	if out := m.send(recs...); len(out.Records) != 5 {
		t.Errorf("%d records at the second try", len(out.Records))
	}
	if out := m.send(recs...); len(out.Records) != 4 {
		t.Errorf("%d records when it comes again", len(out.Records))
	}
	r, err := m.a.store.OpenReader(t.Context(), store.Point{AsOf: m.now.Add(time.Hour)})
	need(t, err)
	var samples, ok int64
	need(t, rows(context.Background(), r, nil, "SELECT sum(samples), sum(ok) FROM probe_span", func(scan func(...any) error) error { return scan(&samples, &ok) }))
	need(t, r.Close())
	if samples != 24 || ok != 20 {
		t.Errorf("%d samples, %d of them good; want 24 and 20", samples, ok)
	}
}

func TestAListThatChangesIsTakenUpWithoutARestart(t *testing.T) {
	m := &measured{t: t, now: clockOf(9, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets_file": "mal.csv"}, nil)
	file := filepath.Join(filepath.Dir(m.path), "mal.csv")
	const head = "Id;Modul;Adress;Plats;Användare\n"
	need(t, os.WriteFile(file, []byte(head+"skola;icmp;10.1.0.1;Centralskolan;60\n"), 0o600))
	m.open()
	defer m.close()
	m.until(clockOf(9, 5))
	need(t, os.WriteFile(file, []byte(head+"skola;icmp;10.1.0.1;Centralskolan;75\nny;icmp;10.1.0.2;Nya skolan;20\n"), 0o600))
	m.a.probes.Tick(t.Context(), m.now)
	if n := len(m.a.probes.points["stadshuset"].list.Targets); n != 2 {
		t.Fatalf("%d targets", n)
	}
	m.until(clockOf(9, 10), "skola")
	ds, err := m.a.Disruptions(t.Context())
	need(t, err)
	if len(ds) != 1 || ds[0].Users != 75 {
		t.Errorf("%+v", ds)
	}
	// A list that is bad is not taken up.
	need(t, os.WriteFile(file, []byte(head+"skola;fel;10.1.0.1;Centralskolan;60\n"), 0o600))
	m.a.probes.Tick(t.Context(), m.now)
	if n := len(m.a.probes.points["stadshuset"].list.Targets); n != 2 {
		t.Errorf("%d targets after a bad list", n)
	}
}

func TestMissedSlotsAreKeptByTheHourAndShownAtOnce(t *testing.T) {
	m := &measured{t: t, now: clockOf(9, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1"}}}, nil)
	m.open()
	defer m.close()
	stored := 0
	for minute := range 125 { // two whole hours and a bit
		at := clockOf(9, minute)
		out := m.send(m.codec.Slots("stadshuset", at.Truncate(time.Hour), int64(10*(minute%60+1)), int64(minute%60/30)))
		stored += len(out.Records)
		if m.a.probes.news("stadshuset") {
			t.Fatalf("minute %d: a count is no news to the figures", minute)
		}
	}
	if stored != 2 {
		t.Errorf("%d counts were stored, want one an hour", stored)
	}
	if p := m.a.probes.view.Load().points[0]; p.Due != 600+600+50 || p.Missed != 2 {
		t.Errorf("%+v", p)
	}
}

func TestASourceThatWasSwitchedOffLeavesNothingOngoing(t *testing.T) {
	settings := map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1", "site": "Centralskolan"}}}
	m := &measured{t: t, now: clockOf(9, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, settings, nil)
	m.open()
	m.until(clockOf(9, 5))
	m.until(clockOf(9, 20), "skola")
	m.close()
	text, err := os.ReadFile(m.path)
	need(t, err)
	need(t, os.WriteFile(m.path, []byte(strings.Replace(string(text), `"type":"probe"`, `"type":"probe","retired_on":"2026-11-15"`, 1)), 0o600))
	m.now = clockOf(12, 0)
	m.open()
	defer m.close()
	f := m.figure("network_disruption_time")
	if got := also(f, "ongoing"); got != 0 || also(f, "all_hours") != 14*60+45 {
		t.Errorf("ongoing %v, all hours %v", got, also(f, "all_hours"))
	}
}
