package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// made is a record with the given fields: text as a string, everything else as
// an integer, instants as their seconds.
func made(kind record.Kind, id string, fields map[string]any) record.Record {
	r := record.New(kind, id)
	s, _ := record.Lookup(kind)
	for name, v := range fields {
		x := record.Value{State: record.Set}
		switch v := v.(type) {
		case string:
			x.S = v
		case time.Time:
			x.I = v.Unix()
		case int:
			x.I = int64(v)
		}
		r.Values[s.Index(name)] = x
	}
	return r
}

// commit puts records of one source into the store, as a watch does.
func (m *measured) commit(name string, mapped map[record.Kind][]string, recs ...record.Record) {
	m.t.Helper()
	m.n++
	need(m.t, m.a.store.Commit(m.t.Context(), store.SourceInfo{Name: name, Plugin: "table"}, sdk.WatchBatch{Mapped: mapped, Records: recs, Cursor: []byte(name)}, m.now))
}

// shown is what a scrape shows.
func (m *measured) shown() string {
	m.t.Helper()
	h, err := metrics.Handler(m.a.metrics, "test", slog.New(slog.DiscardHandler))
	need(m.t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(w.Body)
	need(m.t, err)
	if w.Code != http.StatusOK {
		m.t.Fatalf("status %d: %s", w.Code, body)
	}
	return string(body)
}

func (m *measured) mustShow(wants ...string) {
	m.t.Helper()
	body := m.shown()
	for _, want := range wants {
		if !strings.Contains(body, want+"\n") {
			m.t.Errorf("missing: %s", want)
		}
	}
	if m.t.Failed() {
		for line := range strings.Lines(body) {
			if strings.HasPrefix(line, "kommunpuls_") && !strings.HasPrefix(line, "kommunpuls_kpi_") {
				m.t.Log(strings.TrimSpace(line))
			}
		}
	}
}

func TestTheQueueIsCountedInAndOut(t *testing.T) {
	m := &measured{t: t, now: clockOf(12, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1"}}}, map[string]any{"public_url": "https://kommunpuls.exempel.se"})
	m.open()
	defer m.close()
	ago := func(d time.Duration) time.Time { return m.now.Add(-d) }
	const day = 24 * time.Hour
	m.commit("arenden", map[record.Kind][]string{record.Ticket: {"queue", "status", "priority", "opened_at", "resolved_at", "closed_at", "system"}},
		// Came: one this hour, two this day, three this week. Left: one this hour, three this week, of which one was closed unsolved.
		made(record.Ticket, "1", map[string]any{"queue": "1:a linjen", "status": "open", "priority": "2", "opened_at": ago(30 * time.Minute), "system": "Procapita"}),
		made(record.Ticket, "2", map[string]any{"queue": "1:a linjen", "status": "open", "priority": "2", "opened_at": ago(3 * time.Hour), "system": "Procapita"}),
		made(record.Ticket, "3", map[string]any{"queue": "1:a linjen", "status": "resolved", "opened_at": ago(3 * day), "resolved_at": ago(2 * time.Minute), "closed_at": ago(time.Minute)}),
		made(record.Ticket, "4", map[string]any{"queue": "1:a linjen", "status": "resolved", "opened_at": ago(20 * day), "resolved_at": ago(2 * day)}),
		made(record.Ticket, "5", map[string]any{"queue": "1:a linjen", "status": "cancelled", "opened_at": ago(30 * day), "closed_at": ago(3 * day)}),
		// A queue that nothing came to for a week, and one that has been empty for long.
		made(record.Ticket, "6", map[string]any{"queue": "nät", "status": "waiting", "opened_at": ago(40 * day)}),
		made(record.Ticket, "7", map[string]any{"queue": "gammal", "status": "closed", "opened_at": ago(40 * day), "closed_at": ago(39 * day)}),
	)
	need(t, m.a.Evaluate(t.Context()))
	m.mustShow(
		`kommunpuls_tickets_opened{queue="1:a linjen",window="1h"} 1`,
		`kommunpuls_tickets_opened{queue="1:a linjen",window="1d"} 2`,
		`kommunpuls_tickets_opened{queue="1:a linjen",window="7d"} 3`,
		`kommunpuls_tickets_resolved{queue="1:a linjen",window="1h"} 1`,
		`kommunpuls_tickets_resolved{queue="1:a linjen",window="1d"} 1`,
		`kommunpuls_tickets_resolved{queue="1:a linjen",window="7d"} 3`,
		`kommunpuls_tickets_opened{queue="nät",window="7d"} 0`,
		`kommunpuls_tickets_resolved{queue="nät",window="7d"} 0`,
		`kommunpuls_tickets_open{priority="2",queue="1:a linjen"} 2`,
		`kommunpuls_unmapped_names{kind="ticket",scheme="system"} 1`,
		`kommunpuls_instance_info{municipality="Storby",public_url="https://kommunpuls.exempel.se"} 1`,
	)
	if strings.Contains(m.shown(), `queue="gammal"`) {
		t.Error("a queue that has been empty for long is shown")
	}
	// A name that is given a system is no longer unmapped, though no record changed.
	need(t, m.a.store.SetIdentities(t.Context(), []store.Identity{{Scheme: "system", ID: "procapita", Name: "Procapita"}}, m.now))
	again := *m.a.Parts() // what a reload does
	m.a.use(&again)
	need(t, m.a.Evaluate(t.Context()))
	if strings.Contains(m.shown(), "kommunpuls_unmapped_names{") {
		t.Error("the name still leads to nothing")
	}
}

func TestPlacesAreToldByWhoeverKnowsThem(t *testing.T) {
	m := &measured{t: t, now: clockOf(9, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{
		"criticality": []any{map[string]any{"name": "raddningstjanst"}, map[string]any{"name": "skola"}},
		"targets": []any{
			map[string]any{"id": "utryckning", "module": "icmp", "address": "10.0.0.1", "site": "Brandstationen", "criticality": "raddningstjanst", "users": 12},
			map[string]any{"id": "lunchrum", "module": "icmp", "address": "10.0.0.2", "site": "Brandstationen", "criticality": "skola", "users": 30},
			map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1", "site": "Centralskolan", "criticality": "skola", "users": 60, "planned": "mån 09:00-17:00"},
		}}, nil)
	m.open()
	defer m.close()
	observation := map[record.Kind][]string{record.Observation: {"kind", "subject", "site", "category", "started_at", "ended_at", "planned", "users"}}
	m.commit("icinga", observation,
		made(record.Observation, "1", map[string]any{"kind": "outage", "subject": "reservkraft", "site": "Vattenverket", "category": "vatten", "started_at": clockOf(8, 0), "users": 900}),
		made(record.Observation, "2", map[string]any{"kind": "outage", "subject": "bibliotek", "site": "Biblioteket", "started_at": clockOf(8, 30), "planned": 1}),
		made(record.Observation, "3", map[string]any{"kind": "outage", "subject": "framtid", "site": "Simhallen", "started_at": clockOf(23, 0), "planned": 1}),
	)
	m.until(clockOf(9, 5))
	m.until(clockOf(9, 20), "utryckning", "lunchrum", "skola")
	need(t, m.a.Evaluate(t.Context()))
	m.mustShow(
		`kommunpuls_site_info{criticality="raddningstjanst",name="Brandstationen",org_unit="",site="Brandstationen"} 1`,
		`kommunpuls_site_info{criticality="skola",name="Centralskolan",org_unit="",site="Centralskolan"} 1`,
		`kommunpuls_site_info{criticality="vatten",name="Vattenverket",org_unit="",site="Vattenverket"} 1`,
		`kommunpuls_disruption_active{org_unit="",site="Brandstationen"} 1`,
		`kommunpuls_disruption_users{org_unit="",site="Brandstationen"} 30`,
		`kommunpuls_disruption_start_timestamp_seconds{org_unit="",site="Brandstationen"} 1.7948163e+09`,
		`kommunpuls_disruption_planned{org_unit="",site="Centralskolan"} 1`,
		`kommunpuls_disruption_active{org_unit="",site="Vattenverket"} 1`,
		`kommunpuls_disruption_users{org_unit="",site="Vattenverket"} 900`,
		`kommunpuls_disruption_planned{org_unit="",site="Biblioteket"} 1`,
	)
	for _, never := range []string{`disruption_active{org_unit="",site="Centralskolan"`, `disruption_active{org_unit="",site="Biblioteket"`, `disruption_planned{org_unit="",site="Simhallen"`} {
		if strings.Contains(m.shown(), never) {
			t.Errorf("must not be published: %s", never)
		}
	}
}

func TestRunsRememberDurationsAndRestarts(t *testing.T) {
	m := &measured{t: t, now: clockOf(9, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1"}}}, nil)
	m.open()
	defer m.close()
	m.a.runs.watching("stadshuset", false)
	m.a.runs.watching("gone", true)
	m.a.runs.collected(source.Result{Source: "stadshuset", Took: 1500 * time.Millisecond})
	m.a.runs.collected(source.Result{})
	need(t, m.a.Evaluate(t.Context()))
	m.mustShow(`kommunpuls_source_restarts_total{source="stadshuset",type="probe"} 0`, `kommunpuls_source_collect_duration_seconds{source="stadshuset",type="probe"} 1.5`)
	m.a.runs.watching("stadshuset", true)
	m.a.runs.watching("stadshuset", true)
	m.a.runs.watching("stadshuset", false) // taken up again after a reload
	m.a.probes.Tick(t.Context(), m.now)
	m.mustShow(`kommunpuls_source_restarts_total{source="stadshuset",type="probe"} 2`)
	if strings.Contains(m.shown(), `source="gone"`) {
		t.Error("a source that is no longer configured is shown")
	}
	if got := m.a.PublicURL(); got != "http://127.0.0.1:9464" {
		t.Errorf("before it listens the address is the configured one, not %s", got)
	}
}
