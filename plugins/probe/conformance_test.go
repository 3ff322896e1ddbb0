package probe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kommunpuls/kommunpuls/plugins/probe"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	open := listener(t, silent)
	one := func(module, addr string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"interval": "1s", "targets": [{"id": "a", "module": %q, "address": %q}]}`, module, addr))
	}
	sdktest.Run(t, sdktest.Case{
		New:      func() sdk.Source { return probe.Source{} },
		BaseDir:  "testdata",
		Settings: one("tcp", open),
		Broken:   json.RawMessage(`{"targets_file": "finns-inte.csv"}`),
		BrokenIs: sdk.ErrBadInput,
		Connecting: func(addr string) json.RawMessage {
			return json.RawMessage(fmt.Sprintf(`{"targets": [{"id": "a", "module": "tls", "address": %q}]}`, addr))
		},
		Opening: func(path string) json.RawMessage { return json.RawMessage(fmt.Sprintf(`{"targets_file": %q}`, path)) },
		Watch:   &sdktest.Watching{Feed: func(testing.TB, int) {}}, // time alone makes things happen
	})
}

// The schema and the reader agree on what settings there are.
func TestTheSchemaTakesWhatTheReaderTakes(t *testing.T) {
	c := jsonschema.NewCompiler()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(probe.Source{}.Describe().ConfigSchema)))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../internal/watchlist/testdata/*.json")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			continue
		}
		name := filepath.Base(file)
		valid := true
		if err := schema.Validate(v); err != nil {
			var broken *jsonschema.ValidationError
			valid = !errors.As(err, &broken)
		}
		good := slices.Contains([]string{"good.json", "bad-file.json", "bad-persons.json"}, name) // the file that they name is what is bad
		if good != valid {
			t.Errorf("%s: the schema says %v", name, valid)
		}
	}
}
