package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func reading() []test {
	return []test{
		{"The three kinds of nothing stay apart", kindsOfNothing},
		{"A place is ready for people", place},
		{"A reader sees one snapshot until it is closed", snapshot},
		{"A reader tells which fields are mapped", mappedFields},
		{"A reader cannot write", cannotWrite},
		{"A misspelt column in double quotes is an error", doubleQuoted},
		{"An endless query is stopped by its deadline", endless},
		{"A huge value is refused", hugeValue},
		{"Quantiles follow PostgreSQL's definition", quantiles},
		{"The calendar stands beside the records", calendar},
	}
}

func kindsOfNothing(t *testing.T, s store.Store) {
	c := full("lista", monday, record.System, system(t, "a", "A", "user_count", 0), system(t, "b", "B", "user_count", nil))
	c.header.Mapped = map[record.Kind][]string{record.System: {"name", "user_count"}}
	c.must(t, s)
	want(t, s, now(), "system", "SELECT user_count, tier FROM system ORDER BY id", "0|- -|-")
	r := reader(t, s)
	m, err := r.Mapped(t.Context(), record.System)
	if err != nil {
		t.Fatal(err)
	}
	if !m["user_count"] || m["tier"] {
		t.Errorf("mapped: %v", m)
	}
}

func reader(t *testing.T, s store.Store) store.Reader {
	t.Helper()
	r, err := s.OpenReader(t.Context(), now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func place(t *testing.T, s store.Store) {
	csv := ticket(t, "1", monday)
	csv.Place = record.Place{Doc: "ärenden.csv", Row: 12}
	dir := ticket(t, "2", monday)
	dir.Place = record.Place{Doc: "OU=Skola,DC=kommun"}
	full("kö", monday, record.Ticket, csv, dir, ticket(t, "3", monday)).must(t, s)
	full("lista", monday, record.System, system(t, "a", "A")).must(t, s)
	want(t, s, now(), "ticket", "SELECT place FROM ticket ORDER BY source_id", "ärenden.csv, rad 12 OU=Skola,DC=kommun -")
	want(t, s, now(), "system", "SELECT place FROM system", "Systemlista.xlsx, blad System, rad 47")
}

func snapshot(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 1)...).must(t, s)
	r := reader(t, s)
	const q = "SELECT count(*) FROM system"
	before, err := rowsOf(t, r, q)
	if err != nil {
		t.Fatal(err)
	}
	full("lista", tuesday, record.System, systems(t, 2)...).must(t, s)
	if after, err := rowsOf(t, r, q); err != nil || after != before {
		t.Errorf("first %s, then %s, %v", before, after, err)
	}
	want(t, s, now(), "system", q, "2")
}

func mappedFields(t *testing.T, s store.Store) {
	c := full("lista", monday, record.System, system(t, "a", "A"))
	c.header.Mapped = map[record.Kind][]string{record.System: {"name", "system.role"}}
	c.must(t, s)
	m, err := reader(t, s).Mapped(t.Context(), record.System)
	if err != nil {
		t.Fatal(err)
	}
	if !m["name"] || !m["role"] || !m["system.role"] || m["tier"] {
		t.Errorf("mapped: %v", m)
	}
	if m, err := reader(t, s).Mapped(t.Context(), record.Ticket); err != nil || len(m) != 0 {
		t.Errorf("tickets: %v, %v", m, err)
	}
}

func cannotWrite(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 2)...).must(t, s)
	r := reader(t, s)
	for _, q := range []string{
		"DELETE FROM source",
		"WITH x AS (SELECT 1) DELETE FROM source",
		"WITH x AS (SELECT 1) INSERT INTO source (name, plugin, precedence, interval_s, content_max_age_s) SELECT 'x', 'x', 1, 1, 1",
		"CREATE TABLE x (a INTEGER)",
		"DROP TABLE source",
		"PRAGMA query_only = 0",
		"/* SELECT */ PRAGMA query_only = 0",
		"ATTACH DATABASE 'elsewhere.db' AS e",
		"VACUUM INTO 'elsewhere.db'",
		"SELECT 1; DELETE FROM source",
		"SELECT ';'; DELETE FROM source",
		"SELECT 1 /* ; */ ; -- ;\n DELETE FROM source",
		"EXPLAIN SELECT 1",
		"COMMIT",
		"",
		"-- nothing",
	} {
		if got, err := rowsOf(t, r, q); err == nil {
			t.Errorf("%q was run and gave %q", q, got)
		}
	}
	for _, q := range []string{"SELECT 1", " select 1 ; ", "WITH x AS (SELECT 1 AS a) SELECT a FROM x", "VALUES (1)", "SELECT ';' -- ; DELETE\n", "SELECT '; DELETE FROM source'"} {
		if _, err := rowsOf(t, r, q); err != nil {
			t.Errorf("%q: %v", q, err)
		}
	}
	if all, err := s.Sources(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("sources: %v, %v", all, err)
	}
}

func doubleQuoted(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 2)...).must(t, s)
	if got, err := rowsOf(t, reader(t, s), `SELECT count(*) FROM system WHERE "tierr" = 'gold'`); err == nil {
		t.Errorf("got %s", got)
	}
}

func endless(t *testing.T, s store.Store) {
	r := reader(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	rows, err := r.Query(ctx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
	if err == nil {
		for rows.Next() {
		}
		err = errors.Join(rows.Err(), rows.Close())
	}
	if err == nil {
		t.Error("it ended by itself")
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("stopped after %s", d)
	}
	r2 := reader(t, s)
	if got, err := rowsOf(t, r2, "SELECT 1"); err != nil || got != "1" {
		t.Errorf("after it: %s, %v", got, err)
	}
}

func hugeValue(t *testing.T, s store.Store) {
	q := "SELECT length(replace('" + strings.Repeat("x", 100_000) + "', 'x', '" + strings.Repeat("y", 1000) + "'))"
	if got, err := rowsOf(t, reader(t, s), q); err == nil {
		t.Errorf("made a value of %s bytes", got)
	}
}

func quantiles(t *testing.T, s store.Store) {
	var recs []record.Record
	for i := range 10 {
		recs = append(recs, ticket(t, string(rune('a'+i)), monday, "resolved_at", monday.Add(time.Duration(i+1)*time.Second), "csat", float64(i)/2))
	}
	full("kö", monday, record.Ticket, recs...).must(t, s)
	for q, answer := range map[string]string{
		"SELECT percentile_disc(resolved_at - opened_at, 0.5) FROM ticket":  "5",
		"SELECT percentile_disc(resolved_at - opened_at, 0.9) FROM ticket":  "9",
		"SELECT percentile_disc(resolved_at - opened_at, 0.91) FROM ticket": "10",
		"SELECT percentile_disc(resolved_at - opened_at, 0) FROM ticket":    "1",
		"SELECT percentile_disc(resolved_at - opened_at, 1) FROM ticket":    "10",
		"SELECT percentile_disc(csat, 0.5) FROM ticket":                     "2",
		"SELECT percentile_disc(closed_at, 0.5) FROM ticket":                "-",
		"WITH k AS (SELECT resolved_at - opened_at AS d, row_number() OVER (ORDER BY resolved_at - opened_at) AS rn, count(*) OVER () AS n FROM ticket) SELECT min(d) FROM k WHERE rn >= 0.9 * n": "9",
	} {
		want(t, s, now(), "ticket", q, answer)
	}
}

func calendar(t *testing.T, s store.Store) {
	days := []store.CalendarDay{{DayStart: 100, OpenFrom: 110, OpenTo: 120, Cumulative: 0}, {DayStart: 200, OpenFrom: 210, OpenTo: 220, Cumulative: 10}}
	for range 2 {
		if err := s.SetCalendar(t.Context(), days); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, now(), "calendar", "SELECT day_start, open_from, open_to, cumulative FROM calendar ORDER BY 1", "100|110|120|0 200|210|220|10")
}
