// Package storetest is the conformance suite of store.Store. Every backend
// runs it from a test of its own:
//
//	func TestStore(t *testing.T) { storetest.Run(t, open) }
//
// It names no backend and runs only the portable SQL that KPI texts use.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Factory opens an empty store that is closed when the test ends.
type Factory func(t *testing.T) store.Store

// Run runs every test of the suite, each against a store of its own.
func Run(t *testing.T, open Factory) {
	for _, group := range [][]test{collecting(), reading(), naming(), supplementing(), patterns(), twins(), deciding(), increments(), joining(), pasts(), watching(), keeping(), persons(), removing(), erasing(), changing()} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, open(t))
			})
		}
	}
}

type test struct {
	name string
	run  func(t *testing.T, s store.Store)
}

// The instants that the tests use. The store asks no clock, so they are fixed.
var (
	monday    = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)
	tuesday   = monday.AddDate(0, 0, 1)
	wednesday = monday.AddDate(0, 0, 2)
	thursday  = monday.AddDate(0, 0, 3)
)

// src is a source as the tests configure it.
func src(name string) store.SourceInfo {
	return store.SourceInfo{Name: name, Plugin: "table", Precedence: 10, Interval: time.Hour}
}

// collection is one collection as a test writes it down.
type collection struct {
	src     store.SourceInfo
	now     time.Time
	header  sdk.Header
	recs    []record.Record
	purge   map[record.Kind][]string
	end     sdk.End
	opt     store.ApplyOptions
	refused int64
}

// full is a full collection of one kind that maps the fields the records use.
func full(name string, now time.Time, kind record.Kind, recs ...record.Record) collection {
	return collection{src: src(name), now: now, recs: recs, end: sdk.End{Seen: int64(len(recs)), Cursor: []byte(now.Format(time.RFC3339))},
		header: sdk.Header{Full: true, Mapped: map[record.Kind][]string{kind: everything(kind)}}}
}

// everything maps all fields and lists of a kind.
func everything(kind record.Kind) []string {
	s, _ := record.Lookup(kind)
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Name)
	}
	for _, c := range s.Children {
		out = append(out, c.Name)
	}
	return out
}

// apply runs a collection through the store.
func (c collection) apply(ctx context.Context, s store.Store) (store.Counts, error) {
	st, err := s.Stage(ctx, c.src, c.now)
	if err != nil {
		return store.Counts{}, err
	}
	if err := c.stage(st); err != nil {
		return store.Counts{}, err
	}
	return st.Apply(ctx, c.end, c.opt)
}

func (c collection) stage(st store.Staging) error {
	if err := st.Begin(c.header); err != nil {
		return err
	}
	if err := st.Write(c.recs); err != nil {
		return err
	}
	for range c.refused {
		if err := st.Warn(sdk.Warning{Code: "bad_date", Reason: "Datumet finns inte.", Refused: true}); err != nil {
			return err
		}
	}
	for k, ids := range c.purge {
		if err := st.Purge(k, ids); err != nil {
			return err
		}
	}
	return nil
}

// must applies a collection that has to succeed.
func (c collection) must(t *testing.T, s store.Store) store.Counts {
	t.Helper()
	counts, err := c.apply(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// set fills a record from field names and values: string, int, int64, float64,
// bool, time.Time, or nil for a blank.
func set(t *testing.T, r record.Record, pairs ...any) record.Record {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		var err error
		switch v := pairs[i+1].(type) {
		case string:
			err = r.SetText(name, v)
		case int:
			err = r.SetInt(name, int64(v))
		case float64:
			err = r.SetFloat(name, v)
		case bool:
			err = r.SetBool(name, v)
		case time.Time:
			err = r.SetInt(name, v.Unix())
		case nil:
			err = r.SetBlank(name)
		default:
			t.Fatalf("%s: %T is not a value", name, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func system(t *testing.T, id, name string, pairs ...any) record.Record {
	t.Helper()
	r := set(t, record.New(record.System, id), append([]any{"name", name}, pairs...)...)
	r.Place = record.Place{Doc: "Systemlista.xlsx", Sheet: "System", Row: 47}
	return r
}

func ticket(t *testing.T, id string, opened time.Time, pairs ...any) record.Record {
	t.Helper()
	return set(t, record.New(record.Ticket, id), append([]any{"opened_at", opened}, pairs...)...)
}

func unit(t *testing.T, id, name string, pairs ...any) record.Record {
	t.Helper()
	return set(t, record.New(record.OrgUnit, id), append([]any{"name", name}, pairs...)...)
}
