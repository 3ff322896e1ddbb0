package sql_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sql"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// now is the clock of the tests.
var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// gathered is a collection as the daemon would have it: the last row of an id wins.
type gathered struct {
	header   sdk.Header
	byID     map[string]record.Record
	written  int
	warnings []sdk.Warning
	onWrite  func() error
}

func (g *gathered) Begin(h sdk.Header) error {
	g.header, g.byID = h, make(map[string]record.Record)
	return nil
}

func (g *gathered) Write(recs []record.Record) error {
	for _, r := range recs {
		g.written++
		c := r
		c.Values = append([]record.Value(nil), r.Values...)
		c.Children = append([][]record.Row(nil), r.Children...)
		g.byID[r.ID] = c
	}
	if g.onWrite != nil {
		return g.onWrite()
	}
	return nil
}

func (g *gathered) Warn(w sdk.Warning) error {
	g.warnings = append(g.warnings, w)
	return nil
}
func (g *gathered) Progress(int64, int64) error       { return nil }
func (g *gathered) Purge(record.Kind, []string) error { return errors.New("a query never purges") }

// codes counts warnings by code.
func (g *gathered) codes() map[string]int {
	m := make(map[string]int)
	for _, w := range g.warnings {
		m[w.Code]++
	}
	return m
}

// settings are one source's settings, to be changed key by key.
type settings map[string]any

// with returns settings with some keys changed; nil takes a key away.
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

func (s settings) json(t testing.TB) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s settings) request(t testing.TB, dir string) sdk.CollectRequest {
	t.Helper()
	return sdk.CollectRequest{Now: now, Settings: sdk.Settings{
		Instance: "db", JSON: s.json(t), BaseDir: dir, PseudonymKey: []byte("0123456789abcdef0123456789abcdef"), KeyID: "k1",
	}}
}

// server are settings that read as Reader.
func server(driver string, s *sqltest.Server) settings {
	return settings{
		"driver": driver, "host": s.Host, "port": s.Port, "database": s.Database, "user": s.Reader, "password": s.Password, "ca_file": s.CAFile,
		"record": "ticket", "columns": map[string]any{"ticket_no": "nr", "opened_at": "skapad"},
	}
}

// collect reads and fails the test if it cannot.
func collect(t testing.TB, req sdk.CollectRequest) (*gathered, sdk.End) {
	t.Helper()
	g := &gathered{}
	end, err := sql.Source{}.Collect(context.Background(), req, g)
	if err != nil {
		t.Fatal(err)
	}
	return g, end
}

// refused reads and returns the error that it must give; the password and
// what stands in the database are never in it.
func refused(t testing.TB, s settings, want error) string {
	t.Helper()
	_, err := sql.Source{}.Collect(context.Background(), s.request(t, t.TempDir()), &gathered{})
	if !errors.Is(err, want) {
		t.Fatalf("want %v, got %v", want, err)
	}
	for _, secret := range []string{"prov-losenord", "fel-losenord", "Andersson"} {
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

func at(t testing.TB, s string) int64 {
	t.Helper()
	w, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return w.Unix()
}
