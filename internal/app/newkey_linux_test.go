// Every figure of a whole municipality, one statement after another, says nothing to the race detector.
//go:build linux && !race

package app

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The key is changed: one collection of each source, and everybody is who they
// were. No owner, account or figure is another, nothing is written as changed,
// and no pseudonym of the old key is left.
func TestTheKeyIsChangedAndNobodySeemsToHaveChanged(t *testing.T) {
	dir, clock := t.TempDir(), time.Now()
	must(t, demo.Generate(dir, clock, "127.0.0.1:0"))
	file := filepath.Join(dir, demo.ConfigFile)
	open := func() *App {
		t.Helper()
		parts, err := Prepare(file, clock)
		must(t, err)
		parts.Config.Sources = slices.DeleteFunc(parts.Config.Sources, func(s config.Source) bool { return s.Name != "katalog" && s.Name != "systemlista" })
		a, err := Open(t.Context(), parts, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return clock }})
		must(t, err)
		return a
	}
	a := open()
	must(t, a.Collect(t.Context(), ""))
	before, err := a.Findings(t.Context(), store.Point{})
	must(t, err)
	former := keyID(a.Parts().Config.PseudonymKey.Value())
	held := a.Parts().StorePath()
	must(t, a.Close())
	if n := pseudonymsOf(t, held, former); n < 1000 {
		t.Fatalf("the store holds %d pseudonyms", n)
	}

	changeKey(t, file, "previous_pseudonym_key: ${file:data/former.key}\n")
	clock = clock.Add(time.Minute)
	changed := clock
	a = open()
	res, err := a.CollectNow(t.Context(), "", source.CollectOptions{}, nil)
	must(t, err)
	for _, r := range res {
		if c := r.Counts; c.Inserted+c.Vanished > 0 || r.Dropped > 0 || len(c.Warnings) > 0 && c.WarningCounts["counts_differ"] > 0 {
			t.Errorf("%s: %+v, %d dropped", r.Source, c, r.Dropped)
		}
	}
	same(t, a, before)
	now := keyID(a.Parts().Config.PseudonymKey.Value())
	must(t, a.Close())
	if n, m := pseudonymsOf(t, held, former), pseudonymsOf(t, held, now); n > 0 || m < 1000 {
		t.Errorf("%d pseudonyms of the former key are left, and %d of the new are there", n, m)
	}

	// The former key is thrown away, and the next collection finds everybody.
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, bytes.ReplaceAll(text, []byte("previous_pseudonym_key: ${file:data/former.key}\n"), nil), 0o600))
	clock = clock.Add(time.Minute)
	a = open()
	must(t, a.Collect(t.Context(), ""))
	same(t, a, before)
	changes, err := a.store.RowChanges(t.Context(), changed.Add(-time.Second), clock)
	must(t, err)
	for _, c := range changes {
		if c.Kind == record.Observation {
			continue // counted at another time
		}
		t.Errorf("what was only renamed counts as changed: %+v", c)
	}
	must(t, a.Close())

	// Another key whose forerunner is not told is refused before anything is read.
	changeKey(t, file, "")
	a = open()
	if err := a.Collect(t.Context(), ""); !errors.Is(err, source.ErrKey) || !strings.Contains(err.Error(), "previous_pseudonym_key") {
		t.Errorf("got %v", err)
	}
	must(t, a.Close())
	if n := pseudonymsOf(t, held, now); n < 1000 {
		t.Errorf("%d pseudonyms are left after a collection that was refused", n)
	}
}

// changeKey puts another key where the first was, and the first in a file of its own.
func changeKey(t *testing.T, file, line string) {
	t.Helper()
	key := filepath.Join(filepath.Dir(file), "data", "pseudonym.key")
	must(t, os.Rename(key, filepath.Join(filepath.Dir(key), "former.key")))
	must(t, os.WriteFile(key, []byte(strings.Repeat(time.Now().Format(time.RFC3339Nano), 2)), 0o600))
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, append([]byte(line), text...), 0o600))
	_, err = config.Load(file)
	must(t, err)
}

// same holds the figures of now against those of before, but for those that go
// with the clock.
func same(t *testing.T, a *App, before []finding.Finding) {
	t.Helper()
	fs, err := a.Findings(t.Context(), store.Point{})
	must(t, err)
	for i, f := range fs {
		b := before[i]
		if f.KPI == "content_age" {
			continue
		}
		if !reflect.DeepEqual([]any{f.Value, f.Numerator, f.Denominator, f.Outcome, f.Breakdown}, []any{b.Value, b.Numerator, b.Denominator, b.Outcome, b.Breakdown}) {
			t.Errorf("%s was %s and is %s", f.KPI, b.Outcome, f.Outcome)
		}
	}
}

// pseudonymsOf counts what a key made in every table of a store.
func pseudonymsOf(t *testing.T, file, key string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	must(t, err)
	defer func() { must(t, db.Close()) }()
	rows, err := db.QueryContext(t.Context(), "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'")
	must(t, err)
	defer rows.Close()
	var columns [][2]string
	for rows.Next() {
		var c [2]string
		must(t, rows.Scan(&c[0], &c[1]))
		columns = append(columns, c)
	}
	must(t, rows.Err())
	for _, c := range columns {
		var some int
		must(t, db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT count(*) FROM %q WHERE instr(CAST(%q AS TEXT), ?) > 0", c[0], c[1]), key+"-").Scan(&some))
		n += some
	}
	return n
}
