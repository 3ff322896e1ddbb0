package ldap

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// recorder is a sink that keeps everything.
type recorder struct {
	header   sdk.Header
	begun    bool
	records  map[record.Kind]map[string]record.Record
	warnings []sdk.Warning
	purged   []string
	batches  int
	fail     error
}

func newRecorder() *recorder { return &recorder{records: map[record.Kind]map[string]record.Record{}} }

func (r *recorder) Begin(h sdk.Header) error {
	if r.begun {
		return fmt.Errorf("Begin twice")
	}
	r.begun, r.header = true, h
	return nil
}

func (r *recorder) Write(recs []record.Record) error {
	if !r.begun {
		return fmt.Errorf("Write before Begin")
	}
	r.batches++
	for _, x := range recs {
		if r.records[x.Kind] == nil {
			r.records[x.Kind] = map[string]record.Record{}
		}
		if _, twice := r.records[x.Kind][x.ID]; twice {
			return fmt.Errorf("%s twice in one collection", x.Kind)
		}
		r.records[x.Kind][x.ID] = x
	}
	return r.fail
}

func (r *recorder) Warn(w sdk.Warning) error    { r.warnings = append(r.warnings, w); return nil }
func (r *recorder) Progress(int64, int64) error { return nil }
func (r *recorder) Purge(_ record.Kind, ids []string) error {
	r.purged = append(r.purged, ids...)
	return nil
}

// count counts accounts for which all fields have the values given.
func (r *recorder) count(kind record.Kind, want map[string]string) int {
	n := 0
next:
	for _, x := range r.records[kind] {
		for f, v := range want {
			got := x.Get(f)
			text := got.S
			if got.State == record.Set && text == "" {
				text = fmt.Sprint(got.I)
			}
			if text != v {
				continue next
			}
		}
		n++
	}
	return n
}

var testNow = time.Now().Truncate(time.Second)

// request makes a request of settings written as JSON.
func request(t testing.TB, settings map[string]any) sdk.CollectRequest {
	t.Helper()
	b, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return sdk.CollectRequest{Now: testNow, Settings: sdk.Settings{
		Instance: "ad", JSON: b, BaseDir: t.TempDir(), PseudonymKey: []byte(strings.Repeat("k", 32)), KeyID: "k1",
	}}
}

func collect(t testing.TB, req sdk.CollectRequest) (*recorder, sdk.End) {
	t.Helper()
	r := newRecorder()
	end, err := New().Collect(context.Background(), req, r)
	if err != nil {
		t.Fatal(err)
	}
	return r, end
}

func set(base map[string]any, more map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range base {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}
