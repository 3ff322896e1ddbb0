package catalogue_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

var update = flag.Bool("update", false, "rewrite golden and generated files")

// Every fault that a catalogue can have stands in a bad-*.yaml, and its exact
// message in the .want file beside it.
func TestBadCatalogues(t *testing.T) {
	files, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad catalogues", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			_, err = catalogue.ParseWithCases(fstest.MapFS{filepath.Base(f): {Data: text}})
			var faults catalogue.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			golden := strings.TrimSuffix(f, ".yaml") + ".want"
			if *update {
				if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, readErr := os.ReadFile(golden)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if got := err.Error() + "\n"; got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for _, one := range faults {
				if one.Line == 0 || one.File != filepath.Base(f) {
					t.Errorf("no place: %v", one)
				}
			}
		})
	}
}
