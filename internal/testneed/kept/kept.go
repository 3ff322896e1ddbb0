// Package kept collects from a source into the real store and evaluates the
// shipped catalogue over it, for tests that hold a whole chain against an
// independent count.
package kept

import (
	"bytes"
	"context"
	"encoding/json"
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
)

// patience bounds one collection, on a machine that does much else.
const patience = 9 * time.Minute

// Kept is a store of its own.
type Kept struct {
	t      testing.TB
	store  *sqlite.Store
	engine *kpi.Engine
}

// Open opens a store that goes away with the test.
func Open(t testing.TB) *Kept {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kommunpuls.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return &Kept{t: t, store: s, engine: kpi.New(c, decision.Set{}, s)}
}

// Collection is what one collection gave.
type Collection struct {
	store.Counts
	Header sdk.Header
}

// TryCollect collects from where the collection before ended; what fails leaves
// the store as it was.
func (k *Kept) TryCollect(src sdk.Source, name string, settings map[string]any, now time.Time) (Collection, error) {
	k.t.Helper()
	b, err := json.Marshal(settings)
	if err != nil {
		k.t.Fatal(err)
	}
	s := sdk.Settings{Instance: name, JSON: b, BaseDir: k.t.TempDir(), PseudonymKey: bytes.Repeat([]byte("k"), 32), KeyID: "k1"}
	if problems := src.Validate(k.t.Context(), s); len(problems) > 0 {
		k.t.Fatalf("settings: %v", problems)
	}
	cursor, err := k.store.Cursor(k.t.Context(), name)
	if err != nil {
		cursor = nil // the first collection
	}
	st, err := k.store.Stage(k.t.Context(), store.SourceInfo{Name: name, Plugin: "http", Interval: time.Hour}, now)
	if err != nil {
		k.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(k.t.Context(), patience)
	defer cancel()
	in := &sink{Sink: st}
	end, err := src.Collect(ctx, sdk.CollectRequest{Settings: s, Cursor: cursor, Now: now}, in)
	if err != nil {
		if err := st.Discard(); err != nil {
			k.t.Error(err)
		}
		return Collection{}, err
	}
	counts, err := st.Apply(k.t.Context(), end, store.ApplyOptions{})
	return Collection{Counts: counts, Header: in.header}, err
}

// sink remembers the header.
type sink struct {
	sdk.Sink
	header sdk.Header
}

// Begin remembers the header.
func (s *sink) Begin(h sdk.Header) error {
	s.header = h
	return s.Sink.Begin(h)
}

// Collect is TryCollect that must succeed.
func (k *Kept) Collect(src sdk.Source, name string, settings map[string]any, now time.Time) Collection {
	k.t.Helper()
	c, err := k.TryCollect(src, name, settings, now)
	if err != nil {
		k.t.Fatalf("collect %s: %v", name, err)
	}
	return c
}

// Figure evaluates one KPI of the shipped catalogue, as known at a moment.
func (k *Kept) Figure(id string, now time.Time) finding.Finding {
	k.t.Helper()
	all, err := k.engine.Evaluate(k.t.Context(), store.Point{AsOf: now, KnownAt: now})
	if err != nil {
		k.t.Fatal(err)
	}
	for _, f := range all {
		if f.KPI == id {
			return f
		}
	}
	k.t.Fatalf("no KPI %s", id)
	return finding.Finding{}
}

// Count asks the store's relations for one number.
func (k *Kept) Count(now time.Time, query string) int64 {
	k.t.Helper()
	r, err := k.store.OpenReader(k.t.Context(), store.Point{AsOf: now, KnownAt: now})
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	rows, err := r.Query(k.t.Context(), query)
	if err != nil {
		k.t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var n int64
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			k.t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		k.t.Fatal(err)
	}
	return n
}
