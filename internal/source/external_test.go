package source_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The example as an operator runs it: built elsewhere, pinned, collected.
func TestAPinnedExecutableIsCollected(t *testing.T) {
	dir, err := filepath.Abs("../../plugins/example")
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} { // a build never changes the tree
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
	build.Dir, build.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	if err := os.Chmod(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	host := newHost(t, func(o *source.HostOptions) {
		o.External = map[string]source.External{"klocka": {Path: program, SHA256: hex.EncodeToString(sum[:])}}
	})
	m := newMemStore(t)
	c := source.NewCollector(source.CollectorOptions{Store: m, Host: host, Now: time.Now, PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1"})
	cfg := source.Config{Name: "entreer", Plugin: "klocka", BaseDir: filepath.Join(dir, "klocka"), Settings: json.RawMessage(`{"file": "testdata/fakta.json"}`)}
	res, err := c.Collect(t.Context(), cfg, source.CollectOptions{})
	if err != nil || res.Counts.Seen != 4 || m.count("entreer") != 3 || res.Dropped != 0 {
		t.Fatalf("%+v, %v, %d records", res, err, m.count("entreer"))
	}
	if v := m.value("entreer", "2", "value"); v.State != record.Set || v.F != 0 {
		t.Errorf("zero became %+v", v)
	}
	if v := m.value("entreer", "3", "value"); v.State != record.Blank {
		t.Errorf("null became %+v", v)
	}
	if res, err = c.Collect(t.Context(), cfg, source.CollectOptions{}); err != nil || !res.Unchanged || m.count("entreer") != 3 {
		t.Errorf("the second time: %+v, %v", res, err)
	}
}
