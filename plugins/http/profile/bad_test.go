package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
)

var fieldList = regexp.MustCompile(`Det finns: .*`)

// Every fault is found at once, each with its line. What is said of
// testdata/bad-*.yaml stands beside it.
func TestEveryFaultIsFoundAtItsLine(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "bad-*.yaml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%v %v", files, err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			_, err = profile.Parse(filepath.Base(f), b)
			if !errors.Is(err, profile.ErrInvalid) {
				t.Fatalf("got %v", err)
			}
			// The lists of fields grow with the records.
			said := fieldList.ReplaceAllString(err.Error(), "Det finns: …") + "\n"
			golden := strings.TrimSuffix(f, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(said), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, readErr := os.ReadFile(golden)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if said != strings.ReplaceAll(string(want), "\r\n", "\n") {
				t.Errorf("got\n%s\nwant\n%s", said, want)
			}
		})
	}
}

func TestAFileThatIsNotThereOrTooLarge(t *testing.T) {
	if _, _, err := profile.Load(filepath.Join(t.TempDir(), "profile.yaml")); !errors.Is(err, profile.ErrInvalid) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	path := filepath.Join(t.TempDir(), "profile.yaml")
	if err := os.WriteFile(path, []byte(strings.Repeat("#\n", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := profile.Load(path); !errors.Is(err, profile.ErrInvalid) {
		t.Errorf("%v", err)
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	for _, id := range profiles.Names() {
		b, err := profiles.Read(id)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("streams: [{fields: {a: {b: c}}}]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := profile.Parse("p.yaml", b); (err == nil) != (p != nil && err == nil) {
			t.Errorf("%v %v", p, err)
		}
	})
}
