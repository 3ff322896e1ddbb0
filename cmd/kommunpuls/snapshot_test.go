package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// anAuditorChecks makes a signed snapshot of the demo and checks it by its files
// alone, whole and with one byte changed.
func anAuditorChecks(t *testing.T, config string) {
	dir := t.TempDir()
	secret := "${file:" + filepath.Join(dir, "snapshot.key") + "}"
	if code, out, errOut := kommunpuls(t, "snapshot", "key", "--dir", dir); code != exitOK || !strings.Contains(out, secret) {
		t.Fatal(code, out, errOut)
	}
	if code, _, errOut := kommunpuls(t, "snapshot", "key", "--dir", dir); code != exitUsage || !strings.Contains(errOut, "skrivs aldrig över") {
		t.Error("a key was written over", code, errOut)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	signed := filepath.Join(filepath.Dir(config), "signed.yaml")
	put(t, signed, string(text)+"snapshot:\n  dir: "+dir+"\n  key: "+secret+"\n")
	code, out, errOut := kommunpuls(t, "-c", signed, "snapshot", "create")
	if code != exitOK || !strings.Contains(out, "Underskriven   ja") {
		t.Fatal(code, out, errOut)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_redovisning.zip"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	verify := []string{"snapshot", "verify", files[0], "--key", filepath.Join(dir, "snapshot.pub")}
	code, out, errOut = kommunpuls(t, verify...)
	var n int
	for line := range strings.Lines(out) {
		_, _ = fmt.Sscanf(line, "● %d siffror är omräknade", &n)
	}
	if code != exitOK || n < 80 || !strings.Contains(out, "Underskriften är gjord med den angivna nyckeln") {
		t.Fatal(code, n, out, errOut)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	put(t, files[0], string(b))
	if code, out, _ = kommunpuls(t, verify...); code == exitOK {
		t.Error("a changed byte was not found", out)
	}
	code, out, errOut = kommunpuls(t, "-c", signed, "snapshot", "create", "--as-of", "2024-12-31")
	if code != exitOK || !strings.Contains(out, "första källan lästes") || !strings.Contains(out, "Följer på") {
		t.Error("a snapshot of a time before the first collection", code, out, errOut)
	}
}
