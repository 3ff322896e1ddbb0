package configs_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// everything maps every field and child list of a kind.
func everything(k record.Kind) []string {
	s, _ := record.Lookup(k)
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Name)
	}
	for _, c := range s.Children {
		out = append(out, string(k)+"."+c.Name)
	}
	return out
}

// collect puts records into a store as a source would.
func collect(ctx context.Context, s store.Store, name string, now time.Time, recs ...record.Record) error {
	stage, err := s.Stage(ctx, store.SourceInfo{Name: name, Plugin: "table", Interval: time.Hour}, now)
	if err != nil {
		return err
	}
	k := recs[0].Kind
	if err := stage.Begin(sdk.Header{Mapped: map[record.Kind][]string{k: everything(k)}, Full: true, ContentAt: now}); err != nil {
		return err
	}
	if err := stage.Write(recs); err != nil {
		return err
	}
	_, err = stage.Apply(ctx, sdk.End{Seen: int64(len(recs))}, store.ApplyOptions{})
	return err
}

// fill makes a municipality of so many systems, accounts and tickets.
func fill(t *testing.T, s store.Store, now time.Time, systems, accounts, tickets int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	set := func(r *record.Record, field, v string) { must(r.SetText(field, v)) }
	var recs []record.Record
	for i := range systems {
		r := record.New(record.System, fmt.Sprint("sys", i))
		set(&r, "name", fmt.Sprint("System ", i))
		set(&r, "lifecycle", "in_use")
		set(&r, "tier", []string{"gold", "silver", "bronze", "copper"}[i%4])
		if i%4 != 3 {
			schema, _ := record.Lookup(record.System)
			role := schema.Children[schema.Child("role")]
			row := make(record.Row, len(role.Fields))
			for j, f := range role.Fields {
				switch f.Name {
				case "role":
					row[j] = record.Value{State: record.Set, S: "owner"}
				case "holder":
					row[j] = record.Value{State: record.Set, S: "person"}
				case "person_ref":
					row[j] = record.Value{State: record.Set, S: fmt.Sprint("ref", i)}
				}
			}
			r.Children[schema.Child("role")] = []record.Row{row}
		}
		recs = append(recs, r)
	}
	must(collect(t.Context(), s, "systemlista", now, recs...))
	recs = nil
	for i := range accounts {
		r := record.New(record.Account, fmt.Sprint("acc", i))
		set(&r, "category", "employee")
		must(r.SetBool("enabled", i%2 == 0))
		schema, _ := record.Lookup(record.Account)
		var keys []record.Row
		for _, of := range []string{"name", "login", "mail"} {
			ref := fmt.Sprint("ref", i)
			if of != "name" {
				ref = fmt.Sprint(of, i)
			}
			keys = append(keys, record.Row{{State: record.Set, S: ref}, {State: record.Set, S: of}})
		}
		r.Children[schema.Child("key")] = keys
		recs = append(recs, r)
	}
	must(collect(t.Context(), s, "katalog", now, recs...))
	recs = nil
	for i := range tickets {
		r := record.New(record.Ticket, fmt.Sprint("inc", i))
		set(&r, "kind", "incident")
		opened := now.Add(-time.Duration(i%300+2) * 24 * time.Hour).Unix()
		must(r.SetInt("opened_at", opened))
		must(r.SetInt("resolved_at", opened+int64(i%2+1)*80_000))
		recs = append(recs, r)
	}
	must(collect(t.Context(), s, "arenden", now, recs...))
	c, err := calendar.New(calendar.Hours{})
	must(err)
	must(s.SetCalendar(t.Context(), c.Days(now.AddDate(-2, 0, 0), now.AddDate(1, 0, 0))))
}

// oneOfEach makes a record of every kind with every field and child row filled
// in, so that every text of the catalogue has something to run on.
func oneOfEach(t *testing.T, s store.Store, now time.Time) {
	t.Helper()
	filled := func(f record.Field) record.Value {
		switch f.Type {
		case record.Text, record.Pseudonym:
			return record.Value{State: record.Set, S: "text"}
		case record.Ref:
			return record.Value{State: record.Set, S: "another"}
		case record.Enum:
			return record.Value{State: record.Set, S: f.Enum[0]}
		case record.Time, record.Date:
			return record.Value{State: record.Set, I: now.Add(-24 * time.Hour).Unix()}
		case record.Float:
			return record.Value{State: record.Set, F: 1}
		}
		return record.Value{State: record.Set, I: 1}
	}
	for _, schema := range record.Schemas() {
		if schema.Kind == record.System || schema.Kind == record.Account || schema.Kind == record.Ticket {
			continue // filled in with numbers that the test knows
		}
		r := record.New(schema.Kind, "x")
		for i, f := range schema.Fields {
			r.Values[i] = filled(f)
		}
		for i, c := range schema.Children {
			row := make(record.Row, len(c.Fields))
			for j, f := range c.Fields {
				row[j] = filled(f)
			}
			r.Children[i] = []record.Row{row}
		}
		if err := collect(t.Context(), s, string(schema.Kind), now, r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheCatalogueRunsOnARealStore(t *testing.T) {
	c := load(t)
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "k.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	fill(t, s, now, 40, 80, 100)
	oneOfEach(t, s, now)
	fs, err := kpi.New(c, decision.Set{}, s).Evaluate(t.Context(), store.Point{AsOf: now, KnownAt: now})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]finding.Finding{}
	for _, f := range fs {
		got[f.KPI] = f
		if f.Outcome == finding.Error {
			t.Errorf("%s: %v", f.KPI, f.Reason)
		}
		if f.Awaits != "" {
			t.Errorf("%s waits for %s, which there is", f.KPI, f.Awaits)
		}
	}
	// 30 of 40 systems have an owner; every second account is enabled.
	for id, want := range map[string][2]float64{
		"system_owner_coverage": {30, 40}, "owner_reconciliation": {20, 40}, "ticket_resolution_24h": {50, 100}, "data_freshness": {11, 11},
	} {
		f := got[id]
		if f.Numerator == nil || f.Denominator == nil || *f.Numerator != want[0] || *f.Denominator != want[1] {
			t.Errorf("%s: want %v, got %v of %v (%s, %v)", id, want, f.Numerator, f.Denominator, f.Outcome, f.Reason)
		}
	}
}
