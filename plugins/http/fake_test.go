package http_test

import (
	"context"
	"encoding/json"
	"errors"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// got is what a collection said.
type got struct {
	*conform.Recorder
	records []record.Record
	end     sdk.End
	err     error
}

// Write keeps the records too.
func (g *got) Write(recs []record.Record) error {
	for _, r := range recs {
		kept := r
		kept.Values = append([]record.Value(nil), r.Values...)
		kept.Children = append([][]record.Row(nil), r.Children...)
		g.records = append(g.records, kept)
	}
	return g.Recorder.Write(recs)
}

func (g *got) record(t *testing.T, id string) *record.Record {
	t.Helper()
	for i := range g.records {
		if g.records[i].ID == id {
			return &g.records[i]
		}
	}
	t.Fatalf("no record %q among %d", id, len(g.records))
	return nil
}

func (g *got) warned(code string) (sdk.Warning, bool) {
	for _, w := range g.Warnings {
		if w.Code == code {
			return w, true
		}
	}
	return sdk.Warning{}, false
}

type ask struct {
	settings map[string]any
	cursor   []byte
	full     bool
	now      time.Time
	dir      string
}

// collect collects once and holds what came against the contract.
func collect(t *testing.T, a ask) *got {
	t.Helper()
	raw, err := json.Marshal(a.settings)
	if err != nil {
		t.Fatal(err)
	}
	if a.now.IsZero() {
		a.now = now
	}
	src := http.Source{}
	g := &got{Recorder: conform.NewRecorder(src.Describe(), "test", conform.NewClear(nil))}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	g.end, g.err = src.Collect(ctx, sdk.CollectRequest{
		Settings: sdk.Settings{Instance: "prov", JSON: raw, BaseDir: a.dir, PseudonymKey: []byte("0123456789abcdef"), KeyID: "test"},
		Cursor:   a.cursor, Full: a.full, Now: a.now,
	}, g)
	g.End(g.end, g.err)
	for _, f := range g.Faults() {
		t.Error(f)
	}
	if g.err != nil && !errors.Is(g.err, sdk.ErrBadInput) && !errors.Is(g.err, sdk.ErrUnreachable) {
		t.Errorf("%v is neither sdk.ErrBadInput nor sdk.ErrUnreachable", g.err)
	}
	return g
}

// serve starts a server for one test.
func serve(t *testing.T, h nethttp.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func write(w nethttp.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the test sees what did not come
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
