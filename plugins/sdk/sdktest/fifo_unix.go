//go:build unix

package sdktest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// validateOpens names a pipe without a writer: whoever opens it for reading
// waits for ever, and whoever opened it is seen by a writer that does not wait.
func (c Case) validateOpens(t *testing.T) {
	if c.Opening == nil {
		return
	}
	path := filepath.Join(t.TempDir(), "pipe.csv")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	w := c.connect(t)
	c.quick(t, w, c.Opening(path))
	if f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
		t.Error("validate opened the file")
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	c.quick(t, w, c.Opening(filepath.Join(t.TempDir(), "a file that is not there.csv")))
}
