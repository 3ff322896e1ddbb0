package probe_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/probe"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// found is what a collection or a watch has told.
type found struct {
	mu       sync.Mutex
	codec    watchlist.Codec
	results  map[string][]watchlist.Result
	expires  map[string]time.Time
	slots    []record.Record
	warnings []sdk.Warning
	batches  int
	cursor   []byte
	hour     int64            // the newest of
	counts   map[int64]counts // by hour
	changed  chan struct{}
}

// counts are what a cursor says of an hour's slots.
type counts struct{ Hour, Due, Missed int64 }

func newFound() *found {
	return &found{codec: watchlist.NewCodec(), results: map[string][]watchlist.Result{}, expires: map[string]time.Time{}, counts: map[int64]counts{}, changed: make(chan struct{}, 1)}
}

func (f *found) Begin(sdk.Header) error            { return nil }
func (f *found) Progress(int64, int64) error       { return nil }
func (f *found) Purge(record.Kind, []string) error { return nil }
func (f *found) Warn(w sdk.Warning) error          { f.warnings = append(f.warnings, w); return nil }
func (f *found) Write(recs []record.Record) error  { f.take(recs); return nil }
func (f *found) take(recs []record.Record) {
	for i := range recs {
		if r, ok := f.codec.Result(&recs[i]); ok {
			f.results[r.Target] = append(f.results[r.Target], r)
		} else if id, at, ok := f.codec.Expiry(&recs[i]); ok {
			f.expires[id] = at
		} else {
			f.slots = append(f.slots, recs[i])
		}
	}
}

// Send implements sdk.WatchSink.
func (f *found) Send(_ context.Context, b sdk.WatchBatch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.take(b.Records)
	f.warnings = append(f.warnings, b.Warnings...)
	f.batches++
	f.cursor = b.Cursor
	var c struct{ Slots counts }
	if err := json.Unmarshal(b.Cursor, &c); err != nil {
		return err
	}
	f.hour = c.Slots.Hour
	f.counts[f.hour] = c.Slots
	select {
	case f.changed <- struct{}{}:
	default:
	}
	return nil
}

// all are the results of a target so far.
func (f *found) all(target string) []watchlist.Result {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.results[target])
}

// missed is how many slots are told as missed. It is for when the watch has ended.
func (f *found) missed() (n int64) {
	for _, c := range f.counts {
		n += c.Missed
	}
	return n
}

// warned are the warnings so far.
func (f *found) warned() []sdk.Warning {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.warnings)
}

// wait waits until a condition holds for what has been told.
func (f *found) wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	for {
		f.mu.Lock()
		ok := holds()
		f.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-f.changed:
		case <-deadline:
			t.Fatalf("never came: %s; %+v", what, f.results)
		}
	}
}

func (f *found) last(target string) watchlist.Result {
	all := f.results[target]
	if len(all) == 0 {
		return watchlist.Result{}
	}
	return all[len(all)-1]
}

func asJSON(t testing.TB, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// collect probes every target of the settings once.
func collect(t *testing.T, s watchlist.Settings, dir string) *found {
	t.Helper()
	f := newFound()
	req := sdk.CollectRequest{Settings: sdk.Settings{Instance: "natet", JSON: asJSON(t, s), BaseDir: dir}, Now: time.Now()}
	if _, err := (probe.Source{}).Collect(t.Context(), req, f); err != nil {
		t.Fatal(err)
	}
	return f
}

// watch watches until the test ends.
func watch(t *testing.T, s watchlist.Settings, dir string, cursor []byte) (*found, func() error) {
	t.Helper()
	f := newFound()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	req := sdk.WatchRequest{Settings: sdk.Settings{Instance: "natet", JSON: asJSON(t, s), BaseDir: dir}, Cursor: cursor, Now: time.Now()}
	go func() { ended <- (probe.Source{}).Watch(ctx, req, f) }()
	var once sync.Once
	var err error
	stop := func() error {
		once.Do(func() {
			cancel()
			err = <-ended
		})
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return f, stop
}
