package catalogue_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"
	check "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// file is one catalogue file, for the schema alone.
type file struct {
	KPIs    []catalogue.Definition `yaml:"kpis,omitempty"`
	Views   []catalogue.View       `yaml:"views,omitempty"`
	Missing []catalogue.Missing    `yaml:"missing,omitempty"`
	Cases   []catalogue.Case       `yaml:"cases,omitempty"`
}

const schemaPath = "../../docs/schema/catalogue.schema.json"

// editorSchema is what an editor needs to complete and check a catalogue file.
// What a shape needs and what SQL may say is checked by kommunpuls check.
func editorSchema(t *testing.T) []byte {
	t.Helper()
	r := jsonschema.Reflector{FieldNameTag: "yaml", Anonymous: true, RequiredFromJSONSchemaTags: true, Namer: func(t reflect.Type) string {
		if t.Name() == "file" {
			return "File"
		}
		return t.Name()
	}}
	s := r.Reflect(file{})
	s.Title = "kommunpuls catalogue"
	closed := []struct {
		def, property string
		words         []string
	}{
		{"Definition", "priority", []string{"core", "extra"}}, {"Definition", "direction", []string{"up", "down", "none"}},
		{"Definition", "unit", catalogue.Units()}, {"Definition", "clock", []string{"calendar", "working"}},
		{"Definition", "small_cells", []string{"none", "person"}}, {"Secrecy", "level", []string{"ingen", "prövas", "sannolik"}},
		{"Interval", "hours", []string{"all", "working"}}, {"Definition", "area", nil}, {"Definition", "shape", nil},
	}
	for _, c := range closed {
		p, ok := s.Definitions[c.def].Properties.Get(c.property)
		if !ok {
			t.Fatalf("%s has no %s", c.def, c.property)
		}
		switch c.property {
		case "area":
			for _, a := range catalogue.Areas() {
				c.words = append(c.words, a.ID)
			}
		case "shape":
			for _, x := range catalogue.Shapes() {
				c.words = append(c.words, string(x.Shape))
			}
		}
		for _, w := range c.words {
			p.Enum = append(p.Enum, w)
		}
	}
	s.Definitions["Definition"].Required = []string{"id", "title", "question", "not_counted", "next_step", "area", "priority", "shape", "unit", "direction", "secrecy", "method", "source"}
	s.Definitions["Text"].Required = []string{"sv", "en"}
	s.Definitions["View"].Required = []string{"name", "doc", "columns", "sql"}
	s.Definitions["Missing"].Required = []string{"id", "title", "when"}
	s.Definitions["Case"].Required = []string{"kpi", "name", "as_of", "want"}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func TestEditorSchemaIsThatOfTheCode(t *testing.T) {
	want := editorSchema(t)
	if *update {
		if err := os.WriteFile(schemaPath, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has drifted from the code; run go test ./internal/catalogue -update", schemaPath)
	}
}

// The catalogue that ships follows the schema, and a misspelt key does not.
func TestTheShippedCatalogueFollowsTheSchema(t *testing.T) {
	c := check.NewCompiler()
	doc, err := check.UnmarshalJSON(bytes.NewReader(editorSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("catalogue.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("catalogue.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../configs/catalogue/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no catalogue", err)
	}
	for _, f := range append(files, "testdata/bad-keys.yaml") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := yaml.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		value, err := check.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		err = schema.Validate(value)
		if bad := strings.Contains(f, "bad-"); bad != (err != nil) {
			t.Errorf("%s: %v", f, err)
		}
	}
}
