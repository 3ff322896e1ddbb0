package source_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
)

// The real store behind real children: what is applied stays, what fails
// leaves it as it was and is noted, and the guard holds.
func TestChildrenFillTheRealStore(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kommunpuls.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	c := source.NewCollector(source.CollectorOptions{
		Store: db, Host: newHost(t, nil), Now: time.Now, PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1", Limits: source.Limits{Records: 50_000},
	})
	cfg := config("good")
	cfg.Settings = list(100)
	res, err := c.Collect(t.Context(), cfg, source.CollectOptions{})
	if err != nil || res.Counts.Inserted != 100 || res.Counts.Seen != 101 || res.Counts.Refused != 1 || res.Counts.WarningCounts["bad_date"] != 1 {
		t.Fatalf("first: %+v, %v", res.Counts, err)
	}
	state := func() store.SourceState {
		t.Helper()
		all, err := db.Sources(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("sources: %+v, %v", all, err)
		}
		return all[0]
	}
	applied := state().LastSuccess
	for _, faulty := range []string{"dies", "exits", "floods", "noend", "sleeps"} {
		bad := cfg
		bad.Plugin, bad.Timeout = faulty, time.Second
		if _, err := c.Collect(t.Context(), bad, source.CollectOptions{}); err == nil {
			t.Errorf("%s succeeded", faulty)
		}
		if s := state(); !s.LastSuccess.Equal(applied) || s.LastFailure.IsZero() || s.FailureReason == "" || s.Counts.Inserted != 100 {
			t.Errorf("%s: the state became %+v", faulty, s)
		}
	}
	if cursor, err := db.Cursor(t.Context(), "s"); err != nil || string(cursor) != "after " {
		t.Errorf("the cursor moved: %q, %v", cursor, err)
	}
	at := time.Now()
	r, err := db.OpenReader(t.Context(), store.Point{AsOf: at, KnownAt: at})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	text := "SELECT count(*) AS n, sum(value) AS total FROM observation WHERE metric = 'm'"
	if with := r.With("observation"); with != "" {
		text = "WITH " + strings.TrimPrefix(with, "WITH ") + " " + text
	}
	rows, err := r.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var n int64
	var total float64
	if !rows.Next() || rows.Scan(&n, &total) != nil || n != 100 || total != 4950 {
		t.Errorf("%d rows with sum %v", n, total)
	}
	if _, err := c.Collect(t.Context(), config("nosuch"), source.CollectOptions{}); !errors.Is(err, source.ErrUnknownPlugin) {
		t.Error(err)
	}
}

// list is settings that make the source "good" emit n values.
func list(n int) json.RawMessage {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	return json.RawMessage(`"` + strings.Join(values, ",") + `"`)
}

func TestAWatchIsCommittedToTheRealStoreBatchByBatch(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kommunpuls.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	c := source.NewCollector(source.CollectorOptions{Store: db, Host: newHost(t, nil), Now: time.Now, PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1"})
	for round := 1; round <= 3; round++ { // the source breaks after each third batch
		if err := c.Watch(t.Context(), config("watches"), func() {}); err == nil {
			t.Fatal("the watch ended without an error")
		}
		if cursor, err := db.Cursor(t.Context(), "s"); err != nil || string(cursor) != fmt.Sprintf("n%d", 3*round) {
			t.Errorf("round %d: cursor %q, %v", round, cursor, err)
		}
	}
}
