package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// A decision in the configuration lets the daemon remove by itself, up to the
// beginning of a month and once for each month; a time without a decision removes
// nothing.
func TestTheDaemonRemovesByItselfOnlyWhatADecisionIsNamedFor(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "kommunpuls.yaml")
	for name, text := range map[string]string{
		"key":             "0123456789abcdef0123456789abcdef",
		"kommunpuls.yaml": "municipality: P\npseudonym_key: ${file:key}\nprivacy:\n  retention:\n    ticket: {keep: 2y, decision: KS 2026/12 § 34, by: arkivansvarig}\n    cost: 1y\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	parts, err := Prepare(path, now)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), parts, Options{Version: "prov", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	st, err := a.store.Stage(t.Context(), store.SourceInfo{Name: "s", Plugin: "table"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Begin(sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.Ticket: {"opened_at", "closed_at"}, record.Cost: {"booked_at"}}}); err != nil {
		t.Fatal(err)
	}
	event := func(k record.Kind, id string, at time.Time, fields ...string) record.Record {
		r := record.New(k, id)
		for _, f := range fields {
			if err := r.SetInt(f, at.Unix()); err != nil {
				t.Fatal(err)
			}
		}
		return r
	}
	if err := st.Write([]record.Record{
		event(record.Ticket, "old", now.AddDate(-3, 0, 0), "opened_at", "closed_at"),
		event(record.Ticket, "within the month", now.AddDate(-2, 0, -1), "opened_at", "closed_at"),
		event(record.Cost, "old", now.AddDate(-3, 0, 0), "booked_at"),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Apply(t.Context(), sdk.End{Seen: 3}, store.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a.gallraDue(t.Context(), now)
	}
	lines, err := privacy.ReadLog(parts.gallringLog())
	if err != nil || len(lines) != 2 || lines[1].What != privacy.LogDone || lines[1].Kind != "ticket" || lines[1].Records != 1 || lines[1].Decision != "KS 2026/12 § 34" || lines[1].By != "arkivansvarig" {
		t.Errorf("%+v %v", lines, err)
	}
	rs, err := a.store.Removals(t.Context())
	if err != nil || len(rs) != 1 || rs[0].Before.Format(time.DateTime) != "2024-10-31 23:00:00" {
		t.Errorf("%+v %v", rs, err)
	}
	left, err := a.store.CountOlder(t.Context(), record.Cost, now)
	if err != nil || left.Records != 1 {
		t.Errorf("%+v %v", left, err)
	}
}
