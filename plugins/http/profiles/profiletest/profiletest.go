// Package profiletest collects by a profile in tests: through the real source,
// into a sink that keeps what came and holds it against the contract of
// sources and against the persons that must not be seen.
package profiletest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	http "github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Key is the pseudonym key of the tests.
const Key = "0123456789abcdef0123456789abcdef"

// Result is what one collection gave.
type Result struct {
	Header   sdk.Header
	Records  map[record.Kind]map[string]record.Record // by kind and id
	Warnings []sdk.Warning
	Purged   map[record.Kind][]string
	Cursor   []byte
	Seen     int64
}

// Run is how a collection is made.
type Run struct {
	Settings map[string]any
	Now      time.Time
	Cursor   []byte
	Full     bool
	// Persons are clear values that must not leave the source in any form.
	Persons []string
}

// Pseudonymiser is that of the tests.
func Pseudonymiser(t testing.TB) *sdk.Pseudonymiser {
	t.Helper()
	p, err := sdk.NewPseudonymiser([]byte(Key), "k1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Collect makes a collection that must succeed.
func Collect(t testing.TB, run Run) *Result {
	t.Helper()
	res, err := Try(t, run)
	if err != nil {
		t.Fatalf("collect: %v", err)
	}
	return res
}

// Try makes a collection and returns its error, which must name nobody.
func Try(t testing.TB, run Run) (*Result, error) {
	t.Helper()
	b, err := json.Marshal(run.Settings)
	if err != nil {
		t.Fatal(err)
	}
	src := http.Source{}
	settings := sdk.Settings{Instance: "prov", JSON: b, BaseDir: t.TempDir(), PseudonymKey: []byte(Key), KeyID: "k1"}
	if problems := src.Validate(t.Context(), settings); len(problems) > 0 {
		t.Fatalf("settings: %v", problems)
	}
	clear := conform.NewClear(run.Persons)
	s := &sink{
		Recorder: conform.NewRecorder(src.Describe(), "k1", clear),
		res:      &Result{Records: map[record.Kind]map[string]record.Record{}, Purged: map[record.Kind][]string{}},
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	end, err := src.Collect(ctx, sdk.CollectRequest{Settings: settings, Cursor: run.Cursor, Full: run.Full, Now: run.Now}, s)
	s.End(end, err)
	s.res.Cursor, s.res.Seen = end.Cursor, end.Seen
	for _, f := range s.Faults() {
		t.Errorf("contract: %s", f)
	}
	if err != nil {
		if who := clear.In(err.Error()); who != "" {
			t.Errorf("the error names %q", who)
		}
		return nil, err
	}
	return s.res, nil
}

// sink keeps what comes, beside what the recorder checks.
type sink struct {
	*conform.Recorder
	res *Result
}

func (s *sink) Begin(h sdk.Header) error {
	s.res.Header = h
	return s.Recorder.Begin(h)
}

func (s *sink) Write(recs []record.Record) error {
	for _, r := range recs {
		if s.res.Records[r.Kind] == nil {
			s.res.Records[r.Kind] = map[string]record.Record{}
		}
		r.Values = slices.Clone(r.Values)
		r.Children = slices.Clone(r.Children)
		s.res.Records[r.Kind][r.ID] = r
	}
	return s.Recorder.Write(recs)
}

func (s *sink) Warn(w sdk.Warning) error {
	s.res.Warnings = append(s.res.Warnings, w)
	return s.Recorder.Warn(w)
}

func (s *sink) Purge(k record.Kind, ids []string) error {
	s.res.Purged[k] = append(s.res.Purged[k], ids...)
	return s.Recorder.Purge(k, ids)
}

// Mapped tells whether a field or list of a kind is mapped.
func (r *Result) Mapped(k record.Kind, name string) bool {
	return slices.ContainsFunc(r.Header.Mapped[k], func(m string) bool {
		return record.ListOf(strings.TrimPrefix(m, string(k)+".")) == name
	})
}

// Warned tells whether a warning of a code came.
func (r *Result) Warned(code string) bool {
	return slices.ContainsFunc(r.Warnings, func(w sdk.Warning) bool { return w.Code == code })
}

// Get returns a field of a record; unset where there is no such record.
func (r *Result) Get(k record.Kind, id, field string) record.Value {
	rec := r.Records[k][id]
	return rec.Get(field)
}

// Count counts the records of a kind for which a question holds.
func (r *Result) Count(k record.Kind, holds func(record.Record) bool) int {
	n := 0
	for _, rec := range r.Records[k] {
		if holds(rec) {
			n++
		}
	}
	return n
}

// Rows are the rows of a child list, each as texts in the order of its fields;
// flags are "0" and "1".
func Rows(rec record.Record, list string) [][]string {
	schema, _ := record.Lookup(rec.Kind)
	at := schema.Child(list)
	if at < 0 || rec.Children[at] == nil {
		return nil
	}
	out := [][]string{}
	for _, row := range rec.Children[at] {
		var texts []string
		for i, f := range schema.Children[at].Fields {
			switch {
			case row[i].State != record.Set:
				texts = append(texts, "")
			case f.Type == record.Bool:
				texts = append(texts, []string{"0", "1"}[row[i].I])
			default:
				texts = append(texts, row[i].S)
			}
		}
		out = append(out, texts)
	}
	return out
}
