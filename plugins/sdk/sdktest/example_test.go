package sdktest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

// The example is a module whose path lies outside this one: what it can build
// against, anyone can. It is built here and put through the suite as the
// executable that it is.
func TestTheExampleConformsAsAnExecutable(t *testing.T) {
	dir, err := filepath.Abs("../../example")
	if err != nil {
		t.Fatal(err)
	}
	program := buildExample(t, dir)
	watched := filepath.Join(t.TempDir(), "levande.json")
	sdktest.Run(t, sdktest.Case{
		Executable: []string{program},
		BaseDir:    filepath.Join(dir, "klocka"),
		Settings:   json.RawMessage(`{"file": "testdata/fakta.json"}`),
		Broken:     json.RawMessage(`{"file": "testdata/avkortad.json"}`),
		BrokenIs:   sdk.ErrBadInput,
		MinRecords: 3,
		Clear:      []string{"Anna Svensson", "annsve01", "anna.svensson@kommun.example"},
		Opening:    func(path string) json.RawMessage { return json.RawMessage(fmt.Sprintf(`{"file": %q}`, path)) },
		Watch: &sdktest.Watching{
			Settings: json.RawMessage(fmt.Sprintf(`{"file": %q, "every_ms": 10}`, watched)),
			Feed: func(t testing.TB, n int) {
				var facts []string
				for i := range n {
					facts = append(facts, fmt.Sprintf(`{"id": "w%d", "metric": "m", "value": %d, "at": "2026-11-21T08:00:00Z"}`, i+1, i))
				}
				if err := os.WriteFile(watched+".part", []byte(`{"facts": [`+strings.Join(facts, ",")+`]}`), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(watched+".part", watched); err != nil {
					t.Fatal(err)
				}
			},
		},
	})
}

// buildExample builds with a copy of go.mod and go.sum, so that a build never
// changes the tree.
func buildExample(t *testing.T, dir string) string {
	t.Helper()
	tmp := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tmp, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(tmp, "klocka.exe")
	build := exec.Command("go", "build", "-mod=mod", "-modfile="+filepath.Join(tmp, "go.mod"), "-o", program, ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}
