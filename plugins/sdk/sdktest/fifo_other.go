//go:build !unix

package sdktest

import (
	"path/filepath"
	"testing"
)

// validateOpens names a file that is not there; a pipe to watch exists on Unix alone.
func (c Case) validateOpens(t *testing.T) {
	if c.Opening != nil {
		c.quick(t, c.connect(t), c.Opening(filepath.Join(t.TempDir(), "a file that is not there.csv")))
	}
}
