package catalogue_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// Foreign bytes give a catalogue or located faults, never anything else.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("a: &a [*a]\n")
	f.Add("kpis: [&x {id: *x}]\n")
	f.Add("kpis:\n- id: x\n  <<: {id: y}\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := catalogue.ParseWithCases(fstest.MapFS{"x.yaml": {Data: []byte(text)}})
		var faults catalogue.Faults
		if err != nil && !errors.As(err, &faults) {
			t.Fatalf("%v is not faults", err)
		}
		for _, one := range faults {
			if one.Message == "" || one.File != "x.yaml" || strings.Contains(one.Error(), "\n") {
				t.Errorf("%#v says nothing, or not where, or not on one line", one)
			}
		}
	})
}
