package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

// desks are two ticket systems, the second of which took over from the first.
type desks struct {
	t   *testing.T
	dir string
	s   *sqlite.Store
	e   *kpi.Engine
}

func at(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 12, 0, 0, 0, time.UTC)
}

// collect reads one export as the daemon does.
func (d desks) collect(src store.SourceInfo, settings map[string]any, now time.Time, export string) store.Counts {
	d.t.Helper()
	file := src.Name + ".csv"
	if err := os.WriteFile(filepath.Join(d.dir, file), []byte(export), 0o600); err != nil {
		d.t.Fatal(err)
	}
	settings["file"], settings["record"], settings["content_date"] = file, "ticket", "file"
	b, err := json.Marshal(settings)
	if err != nil {
		d.t.Fatal(err)
	}
	src.Plugin, src.Interval = "table", time.Hour
	st, err := d.s.Stage(d.t.Context(), src, now)
	if err != nil {
		d.t.Fatal(err)
	}
	end, err := table.Source{}.Collect(d.t.Context(), sdk.CollectRequest{Settings: sdk.Settings{
		Instance: src.Name, JSON: b, BaseDir: d.dir, PseudonymKey: bytes.Repeat([]byte("k"), 32), KeyID: "k1"}, Now: now, Full: true}, st)
	if err != nil {
		d.t.Fatal(err)
	}
	counts, err := st.Apply(d.t.Context(), end, store.ApplyOptions{})
	if err != nil {
		d.t.Fatal(err)
	}
	return counts
}

// figures evaluates and keeps what came out, as the daemon does.
func (d desks) figures(now time.Time) map[string]finding.Finding {
	d.t.Helper()
	p := store.Point{AsOf: now, KnownAt: now}
	fs, err := d.e.Evaluate(d.t.Context(), p)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.s.SaveFindings(d.t.Context(), p, fs); err != nil {
		d.t.Fatal(err)
	}
	out := map[string]finding.Finding{}
	for _, f := range fs {
		out[f.KPI] = f
	}
	return out
}

func (d desks) tickets() string {
	d.t.Helper()
	r, err := d.s.OpenReader(d.t.Context(), store.Point{AsOf: at(12, 1), KnownAt: at(12, 1)})
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Close()
	rows, err := r.Query(d.t.Context(), "SELECT source, count(*), count(DISTINCT ticket_no) FROM ticket GROUP BY source ORDER BY source")
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	out := ""
	for rows.Next() {
		var source string
		var n, distinct int
		if err := rows.Scan(&source, &n, &distinct); err != nil {
			d.t.Fatal(err)
		}
		out += fmt.Sprintf("%s %d/%d ", source, n, distinct)
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	return out
}

const queueKPI, solvedKPI = "service_desk_queue_length", "ticket_resolution_24h"

// Tickets 1–40 stand in the old export, 31–40 in the new one as well under new
// numbers; 41–60 are new. The break is the first of June.
func TestAChangeOfTicketSystemCountsEachTicketOnce(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "kommunpuls.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	set := decision.Set{Breaks: []decision.Break{{Source: "nya", On: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Reason: "Nytt ärendesystem"}}}
	d := desks{t: t, dir: dir, s: s, e: kpi.New(c, set, s, kpi.WithHistory(s))}

	old := store.SourceInfo{Name: "gamla"}
	oldColumns := func() map[string]any {
		return map[string]any{"columns": map[string]string{"ticket_no": "Nr", "opened_at": "Inkom", "resolved_at": "Löst", "queue": "Kö"}, "constants": map[string]string{"kind": "incident"}}
	}
	before := "Nr;Inkom;Löst;Kö\n"
	for i := 1; i <= 40; i++ {
		solved := fmt.Sprintf("2026-03-%02d 09:00", i%28+1)
		if i > 30 {
			solved = "" // goes on in the new system
		}
		before += fmt.Sprintf("%d;2026-03-%02d 08:00;%s;Nät\n", i, i%28+1, solved)
	}
	if n := d.collect(old, oldColumns(), at(5, 12), before); n.Inserted != 40 {
		t.Errorf("the old export: %+v", n)
	}
	may := d.figures(at(5, 12))
	if q := may[queueKPI]; q.Value == nil || *q.Value != 10 {
		t.Errorf("the queue in May: %v (%v)", q.Value, q.Reason)
	}

	old.RetiredOn = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	d.collect(old, oldColumns(), at(6, 1), before)
	after := "Nummer;Tidigare;Inkom;Löst;Kö\n"
	for i := 31; i <= 60; i++ {
		previous, opened := "", "2026-06-02 08:00"
		if i <= 40 {
			previous, opened = fmt.Sprint(i), "2026-06-01 00:00" // the import's own time
		}
		solved := "2026-06-02 10:00"
		if i%10 == 0 {
			solved = ""
		}
		after += fmt.Sprintf("N%d;%s;%s;%s;Nät\n", i, previous, opened, solved)
	}
	newColumns := func() map[string]any {
		return map[string]any{"columns": map[string]string{"ticket_no": "Nummer", "previous_id": "Tidigare", "opened_at": "Inkom", "resolved_at": "Löst", "queue": "Kö"}, "constants": map[string]string{"kind": "incident"}}
	}
	d.collect(store.SourceInfo{Name: "nya"}, newColumns(), at(6, 12), after)
	const once = "gamla 30/30 nya 30/30 "
	if got := d.tickets(); got != once {
		t.Errorf("tickets: %s", got)
	}
	june := d.figures(at(6, 12))
	if q := june[queueKPI]; q.Value == nil || *q.Value != 3 {
		t.Errorf("the queue in June: %v", q.Value)
	}
	for _, id := range []string{queueKPI, solvedKPI} {
		f := june[id]
		if f.Outcome == finding.Stale {
			t.Errorf("%s is stale: %v", id, f.Reason)
		}
		if f.Previous == nil || f.Previous.Trend != "not_comparable" {
			t.Errorf("%s: across the break: %+v", id, f.Previous)
		}
		if len(f.Breaks) != 1 || f.Breaks[0].Source != "nya" || f.Breaks[0].On != "2026-06-01" {
			t.Errorf("%s: breaks %+v", id, f.Breaks)
		}
		if len(may[id].Breaks) != 0 {
			t.Errorf("%s: in May there is no break yet: %+v", id, may[id].Breaks)
		}
	}
	// A month on, both sides are in the new series: words are allowed again.
	d.collect(store.SourceInfo{Name: "nya"}, newColumns(), at(7, 12), after)
	if f := d.figures(at(7, 12))[queueKPI]; f.Previous == nil || f.Previous.Trend == "not_comparable" {
		t.Errorf("after the break: %+v", f.Previous)
	}
	// The old export is read once more, whole: still once each.
	d.collect(old, oldColumns(), at(7, 13), before+"\n")
	if got := d.tickets(); got != once {
		t.Errorf("after the old export came again: %s", got)
	}
	// What was published stands, and what is computed anew of May is the same.
	stored, err := s.Findings(t.Context(), store.Point{AsOf: at(5, 20), KnownAt: at(5, 20)})
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.e.Evaluate(t.Context(), store.Point{AsOf: at(5, 12), KnownAt: at(7, 13)})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]finding.Finding{stored, again} {
		for _, f := range list {
			if f.KPI == queueKPI && (f.Value == nil || *f.Value != 10) {
				t.Errorf("May: %v", f.Value)
			}
		}
	}
}
