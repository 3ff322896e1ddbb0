package testneed

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// NoLeaks runs a package's tests, and fails them when a goroutine is left. Those
// that are about to end are given time to: a connection whose other end is a
// process that was just killed, on a machine with much else to do.
func NoLeaks(m *testing.M) {
	code := m.Run()
	if code == 0 {
		err := goleak.Find()
		for end := time.Now().Add(time.Minute); err != nil && time.Now().Before(end); time.Sleep(time.Second) {
			err = goleak.Find()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "goleak:", err)
			code = 1
		}
	}
	os.Exit(code)
}
