package klocka_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/kommunpuls-source-klocka/klocka"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	watched := filepath.Join(t.TempDir(), "levande.json")
	sdktest.Run(t, sdktest.Case{
		New:        func() sdk.Source { return klocka.Source{} },
		Settings:   json.RawMessage(`{"file": "testdata/fakta.json"}`),
		Broken:     json.RawMessage(`{"file": "testdata/avkortad.json"}`),
		BrokenIs:   sdk.ErrBadInput,
		MinRecords: 3,
		Clear:      []string{"Anna Svensson", "annsve01", "anna.svensson@kommun.example"},
		Opening:    func(path string) json.RawMessage { return json.RawMessage(fmt.Sprintf(`{"file": %q}`, path)) },
		Watch: &sdktest.Watching{
			Settings: json.RawMessage(fmt.Sprintf(`{"file": %q, "every_ms": 10}`, watched)),
			Feed:     func(t testing.TB, n int) { write(t, watched, n) },
		},
	})
}

// write puts a file with n facts in place at once, as a careful clock does.
func write(t testing.TB, path string, n int) {
	t.Helper()
	var facts []string
	for i := range n {
		facts = append(facts, fmt.Sprintf(`{"id": "w%d", "metric": "m", "value": %d, "at": "2026-11-21T08:00:00Z"}`, i+1, i))
	}
	part := path + ".part"
	if err := os.WriteFile(part, []byte(`{"facts": [`+strings.Join(facts, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(part, path); err != nil {
		t.Fatal(err)
	}
}

func TestZeroIsAValueAndNullIsNone(t *testing.T) {
	var got []record.Record
	sink := kept{Recorder: conform.NewRecorder(klocka.Source{}.Describe(), "k", conform.NewClear(nil)), into: &got}
	end, err := klocka.Source{}.Collect(context.Background(), sdk.CollectRequest{Settings: sdk.Settings{JSON: json.RawMessage(`{"file": "testdata/fakta.json"}`)}}, sink)
	if err != nil {
		t.Fatal(err)
	}
	if end.Seen != 4 || len(got) != 3 || sink.Refused != 1 || sink.Warnings[0].Place.Row != 4 {
		t.Fatalf("%d seen, %d records, warnings %+v", end.Seen, len(got), sink.Warnings)
	}
	if v := got[1].Get("value"); v.State != record.Set || v.F != 0 {
		t.Errorf("zero became %+v", v)
	}
	if v := got[2].Get("value"); v.State != record.Blank {
		t.Errorf("null became %+v", v)
	}
}

type kept struct {
	*conform.Recorder
	into *[]record.Record
}

func (k kept) Write(recs []record.Record) error {
	*k.into = append(*k.into, recs...)
	return k.Recorder.Write(recs)
}
