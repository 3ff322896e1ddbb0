package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// improving opens a daemon whose ticket system tells of two years: each month a
// hundred faults, of which more are solved within a day than the month before.
func improving(t *testing.T) *measured {
	m := &measured{t: t, now: clockOf(12, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1"}}}, map[string]any{"decisions": []string{"beslut.yaml"}})
	need(t, os.WriteFile(filepath.Join(filepath.Dir(m.path), "beslut.yaml"), []byte("targets:\n  - {kpi: ticket_resolution_24h, value: 90 %, decision: \"KS 1\"}\n"), 0o600))
	m.open()
	one := *m.a.Parts() // the one figure that the tests are about
	one.Catalogue.KPIs = slices.DeleteFunc(slices.Clone(one.Catalogue.KPIs), func(d catalogue.Definition) bool { return d.ID != "ticket_resolution_24h" })
	m.a.use(&one)
	var recs []record.Record
	for month := range 25 {
		for n := range 100 {
			opened := time.Date(2024, time.November+time.Month(month), 1+n%12, 8, n, 0, 0, time.UTC)
			solved := opened.Add(time.Hour)
			if n >= 30+2*month { // 30 of the first month, 78 of the last
				solved = opened.Add(50 * time.Hour)
			}
			recs = append(recs, made(record.Ticket, fmt.Sprintf("%d-%d", month, n), map[string]any{
				"kind": "incident", "status": "resolved", "resolution_code": "solved", "opened_at": opened, "resolved_at": solved,
			}))
		}
	}
	m.commit("arenden", map[record.Kind][]string{record.Ticket: {"kind", "status", "resolution_code", "opened_at", "resolved_at", "auto_created", "paused_minutes"}}, recs...)
	return m
}

func (m *measured) last(id string) finding.Finding {
	m.t.Helper()
	fs, err := m.a.Findings(m.t.Context(), store.Point{})
	need(m.t, err)
	for _, f := range fs {
		if f.KPI == id {
			return f
		}
	}
	m.t.Fatalf("no figure %s", id)
	return finding.Finding{}
}

func TestTheFirstDayForecastsFromWhatTheRecordsTellOfThePast(t *testing.T) {
	const id = "ticket_resolution_24h"
	m := improving(t)
	need(t, m.a.Evaluate(t.Context()))
	if f := m.last(id); f.Forecast == nil || f.Forecast.Points != 0 || f.Forecast.Reason == nil || f.Previous != nil {
		t.Fatalf("before anything was computed for the past: %+v", f.Forecast)
	}
	need(t, m.a.LookBack(t.Context()))
	f := m.last(id)
	// A year's window moves by two of a hundred a month.
	if f.Forecast == nil || f.Forecast.Points != 13 || f.Forecast.PacePerMonth == nil || *f.Forecast.PacePerMonth < 0.019 || *f.Forecast.PacePerMonth > 0.021 {
		t.Fatalf("%+v", f.Forecast)
	}
	months := (0.9 - *f.Value) / *f.Forecast.PacePerMonth
	want := m.now.AddDate(0, 0, int(months*365.2425/12))
	if eta, err := time.Parse(time.DateOnly, f.Forecast.ETA); err != nil || eta.Sub(want).Abs() > 48*time.Hour {
		t.Errorf("eta %s, want %s", f.Forecast.ETA, want.Format(time.DateOnly))
	}
	if !strings.HasPrefix(f.Forecast.Say().SV, "I nuvarande takt nås målet i ") || !strings.HasSuffix(f.Forecast.Say().SV, "; bygger på 13 månadsvärden.") {
		t.Error(f.Forecast.Say().SV)
	}
	if f.Previous == nil || f.Previous.Period != "year" || f.Previous.Trend != "better" {
		t.Errorf("against a year ago: %+v", f.Previous)
	}
	if !strings.Contains(m.shown(), `kommunpuls_kpi_target_eta_timestamp_seconds{dimension="",key="",kpi="ticket_resolution_24h",org_unit=""}`) {
		t.Error("no series")
	}
	// It is remembered, so that nothing is computed again until the next day.
	if news, err := m.a.lookBack(t.Context()); err != nil || news {
		t.Errorf("again: %v %v", news, err)
	}
	// Nothing of it was published: an older list may still be read in.
	for _, end := range kpi.MonthEnds(m.now, 13, calendar.Location()) {
		if _, err := m.a.store.Newest(t.Context(), id, end, end); err == nil {
			t.Errorf("%s is published", end.Format("2006-01"))
		}
	}
	m.close()
	// Whoever asks beside the daemon gets the same.
	parts, err := Prepare(m.path, m.now)
	need(t, err)
	beside, err := Open(t.Context(), parts, Options{ReadOnly: true, Version: "test", Log: m.a.log, Now: func() time.Time { return m.now }})
	need(t, err)
	got, err := beside.Explain(t.Context(), webQuery(id))
	need(t, err)
	need(t, beside.Close())
	if got.Forecast == nil || got.Forecast.ETA != f.Forecast.ETA {
		t.Errorf("beside the daemon: %+v, want %s", got.Forecast, f.Forecast.ETA)
	}
}

func TestAMonthIsPublishedWhenItHasClosed(t *testing.T) {
	const id = "ticket_resolution_24h"
	m := improving(t)
	defer m.close()
	// An older list that is read in is no sign that anybody looked then.
	older := made(record.System, "a", map[string]any{"name": "Alfa"})
	st, err := m.a.store.Stage(t.Context(), store.SourceInfo{Name: "lista", Plugin: "table"}, m.now)
	need(t, err)
	need(t, st.Begin(sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.System: {"name"}}}))
	need(t, st.Write([]record.Record{older}))
	_, err = st.Apply(t.Context(), sdk.End{Seen: 1}, store.ApplyOptions{Dated: m.now.AddDate(-1, 0, 0)})
	need(t, err)
	need(t, m.a.Evaluate(t.Context()))
	november := time.Date(2026, 11, 30, 22, 59, 59, 0, time.UTC)
	december := time.Date(2026, 12, 31, 22, 59, 59, 0, time.UTC)
	m.now = november.Add(-time.Minute)
	need(t, m.a.LookBack(t.Context()))
	if _, err := m.a.store.Newest(t.Context(), id, november, november); err == nil {
		t.Fatal("it has not closed")
	}
	// The daemon was not running at either month's end.
	m.now = december.Add(36 * time.Hour)
	need(t, m.a.LookBack(t.Context()))
	for _, end := range []time.Time{november, december} {
		f, err := m.a.store.Newest(t.Context(), id, end, end)
		if err != nil || !f.AsOf.Equal(end) || f.Value == nil {
			t.Errorf("%s: %+v %v", end, f.Value, err)
		}
	}
	for _, end := range kpi.MonthEnds(november, 12, calendar.Location()) {
		if _, err := m.a.store.Newest(t.Context(), id, end, end); err == nil {
			t.Errorf("%s, from before the first evaluation, is published", end.Format("2006-01"))
		}
	}
}

func webQuery(id string) web.Query { return web.Query{KPI: id, Limit: 1} }

func TestAnExportForecastsEachMonthFromThoseBeforeIt(t *testing.T) {
	m := improving(t)
	defer m.close()
	ends := kpi.MonthEnds(m.now, 8, calendar.Location())
	slices.Reverse(ends)
	for i, end := range ends {
		fs, err := m.a.Findings(t.Context(), store.Point{AsOf: end})
		need(t, err)
		for _, f := range fs {
			if f.KPI != "ticket_resolution_24h" {
				continue
			}
			if f.Forecast == nil || f.Forecast.Points != i || (f.Forecast.ETA != "") != (i >= 6) {
				t.Errorf("month %d: %+v", i, f.Forecast)
			}
		}
	}
}
