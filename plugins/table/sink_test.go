package table_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

// key is the pseudonym key of the tests.
var key = []byte("0123456789abcdef0123456789abcdef")

// gathered is a collection as the daemon would have it: last row of an id wins.
type gathered struct {
	header   sdk.Header
	begun    int
	order    []string
	byID     map[string]record.Record
	warnings []sdk.Warning
	written  int
	fail     error
}

func (g *gathered) Begin(h sdk.Header) error {
	g.header = h
	g.begun++
	return g.fail
}

func (g *gathered) Write(recs []record.Record) error {
	if g.byID == nil {
		g.byID = make(map[string]record.Record)
	}
	for _, r := range recs {
		g.written++
		c := r
		c.Values = append([]record.Value(nil), r.Values...)
		c.Children = append([][]record.Row(nil), r.Children...)
		if _, ok := g.byID[r.ID]; !ok {
			g.order = append(g.order, r.ID)
		}
		g.byID[r.ID] = c
	}
	return g.fail
}

func (g *gathered) Warn(w sdk.Warning) error {
	g.warnings = append(g.warnings, w)
	return g.fail
}
func (g *gathered) Progress(int64, int64) error       { return g.fail }
func (g *gathered) Purge(record.Kind, []string) error { return errors.New("a table never purges") }

// count counts the records that satisfy f.
func (g *gathered) count(f func(r record.Record) bool) int {
	n := 0
	for _, r := range g.byID {
		if f(r) {
			n++
		}
	}
	return n
}

// codes counts warnings by code.
func (g *gathered) codes() map[string]int {
	m := make(map[string]int)
	for _, w := range g.warnings {
		m[w.Code]++
	}
	return m
}

// warning returns the first warning of a code.
func (g *gathered) warning(t *testing.T, code string) sdk.Warning {
	t.Helper()
	for _, w := range g.warnings {
		if w.Code == code {
			return w
		}
	}
	t.Fatalf("no warning %q among %+v", code, g.warnings)
	return sdk.Warning{}
}

// now is the clock of the tests.
var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func request(t testing.TB, dir string, settings any) sdk.CollectRequest {
	t.Helper()
	js, ok := settings.(string)
	if !ok {
		b, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		js = string(b)
	}
	return sdk.CollectRequest{Now: now, Settings: sdk.Settings{Instance: "lista", JSON: []byte(js), BaseDir: dir, PseudonymKey: key, KeyID: "k1"}}
}

// collect reads with settings and fails the test if it cannot.
func collect(t testing.TB, dir string, settings any) (*gathered, sdk.End) {
	t.Helper()
	g := &gathered{}
	end, err := table.Source{}.Collect(context.Background(), request(t, dir, settings), g)
	if err != nil {
		t.Fatal(err)
	}
	return g, end
}

// refused reads with settings and returns the error that it must give.
func refused(t *testing.T, dir string, settings any) string {
	t.Helper()
	g := &gathered{}
	_, err := table.Source{}.Collect(context.Background(), request(t, dir, settings), g)
	if err == nil {
		t.Fatalf("no error; %d records", g.written)
	}
	if !errors.Is(err, sdk.ErrBadInput) {
		t.Errorf("want ErrBadInput, got %v", err)
	}
	return err.Error()
}

// write puts a file in a new folder and returns the folder.
func write(t testing.TB, name, content string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func value(t testing.TB, r record.Record, field string) record.Value {
	t.Helper()
	s, _ := record.Lookup(r.Kind)
	if s.Index(field) < 0 {
		t.Fatalf("no field %s", field)
	}
	return r.Get(field)
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q lacks %q", text, p)
		}
	}
}
