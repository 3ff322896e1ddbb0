package profile_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	check "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
)

var update = flag.Bool("update", false, "rewrite generated files")

func TestSchemaIsThatOfTheCode(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "schema", "http-profile.schema.json")
	want, err := profile.Schema(".")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has drifted from the code; run go test ./plugins/http/profile -update", path)
	}
}

func TestEveryShippedProfileIsSoundAndFollowsTheSchema(t *testing.T) {
	text, err := profile.Schema(".")
	if err != nil {
		t.Fatal(err)
	}
	c := check.NewCompiler()
	doc, err := check.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("profile.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("profile.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(profiles.Names()) == 0 {
		t.Fatal("no profile is shipped")
	}
	for _, id := range profiles.Names() {
		t.Run(id, func(t *testing.T) {
			if _, err := profiles.Get(id); err != nil {
				t.Error(err)
			}
			b, err := profiles.Read(id)
			if err != nil {
				t.Fatal(err)
			}
			var v any
			if err := yaml.Unmarshal(b, &v); err != nil {
				t.Fatal(err)
			}
			j, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			v, err = check.UnmarshalJSON(bytes.NewReader(j))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Error(err)
			}
		})
	}
}
