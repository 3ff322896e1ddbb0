// Package testneed finds the real programs that tests run against. With CI set
// a missing program fails the test: nothing is skipped there.
package testneed

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// Program returns the path of a program, looking in PATH and the sbin folders.
func Program(t testing.TB, name string) string {
	t.Helper()
	for _, p := range []string{name, "/usr/sbin/" + name, "/usr/lib/postgresql/15/bin/" + name} {
		if path, err := exec.LookPath(p); err == nil {
			return path
		}
	}
	missing(t, name)
	return ""
}

// Root makes sure the test runs as root (ports below 1024, foreign owners).
func Root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "root")
	}
}

// Profile returns a folder for the profile of a browser, whose helpers may write
// to it for a moment after it has ended. It is removed after the test.
func Profile(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "profile")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for end := time.Now().Add(time.Minute); os.RemoveAll(dir) != nil && time.Now().Before(end); {
			time.Sleep(100 * time.Millisecond)
		}
	})
	return dir
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; run: make test-deps", what)
	}
	t.Skipf("%s is missing; add what the tests need with: make test-deps", what)
}
