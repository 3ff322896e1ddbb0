package prometheus_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/prometheus"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// now is the clock of the tests.
var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// gathered is what the daemon would have: the last row of an id wins.
type gathered struct {
	header   sdk.Header
	byID     map[string]record.Record
	written  int
	warnings []sdk.Warning
	onWrite  func() error
}

func (g *gathered) Begin(h sdk.Header) error {
	g.header = h
	if g.byID == nil {
		g.byID = make(map[string]record.Record)
	}
	return nil
}

func (g *gathered) Write(recs []record.Record) error {
	for _, r := range recs {
		g.written++
		c := r
		c.Values = append([]record.Value(nil), r.Values...)
		g.byID[r.ID] = c
	}
	if g.onWrite != nil {
		return g.onWrite()
	}
	return nil
}

// get is a field of a record that was gathered.
func (g *gathered) get(id, field string) record.Value {
	r := g.byID[id]
	return r.Get(field)
}

func (g *gathered) Warn(w sdk.Warning) error {
	g.warnings = append(g.warnings, w)
	return nil
}
func (g *gathered) Progress(int64, int64) error { return nil }
func (g *gathered) Purge(record.Kind, []string) error {
	return errors.New("a measurement is never purged")
}

type settings map[string]any

func (s settings) with(pairs ...any) settings {
	c := maps.Clone(s)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(c, pairs[i].(string))
			continue
		}
		c[pairs[i].(string)] = pairs[i+1]
	}
	return c
}

// asking are settings with one query.
func (s settings) asking(pairs ...any) settings {
	q := settings{"metric": "tillganglighet", "kind": "probe", "query": "up"}
	return s.with("queries", []settings{q.with(pairs...)})
}

func (s settings) json(t testing.TB) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s settings) request(t testing.TB) sdk.CollectRequest {
	t.Helper()
	return sdk.CollectRequest{Now: now, Settings: sdk.Settings{Instance: "prom", JSON: s.json(t), BaseDir: t.TempDir()}}
}

// collect adds to what was gathered before, and fails the test if it cannot.
func (g *gathered) collect(t testing.TB, req sdk.CollectRequest) sdk.End {
	t.Helper()
	g.written, g.warnings = 0, nil
	end, err := prometheus.Source{}.Collect(context.Background(), req, g)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, w := range g.warnings {
		if w.Refused {
			refused++
		}
	}
	if int(end.Seen) != g.written+refused {
		t.Errorf("seen %d, written %d, refused %d", end.Seen, g.written, refused)
	}
	return end
}

// refused reads and returns the error that it must give.
func refused(t testing.TB, s settings, want error) string {
	t.Helper()
	_, err := prometheus.Source{}.Collect(context.Background(), s.request(t), &gathered{})
	if !errors.Is(err, want) {
		t.Fatalf("want %v, got %v", want, err)
	}
	for _, secret := range []string{"hemligt", "Andersson"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error holds %q: %v", secret, err)
		}
	}
	return err.Error()
}

func contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q lacks %q", text, p)
		}
	}
}
