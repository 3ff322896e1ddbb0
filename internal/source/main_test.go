package source_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/source"
)

// The test binary is its own daemon and its own children, as kommunpuls is.
func TestMain(m *testing.M) {
	// With -race a process sleeps a second before it ends, unless told not to.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	if len(os.Args) > 2 && os.Args[1] == "source" {
		if run, ok := rogues()[os.Args[2]]; ok {
			run()
			return
		}
		if err := source.RunChild(os.Args[2], builtin()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	if len(os.Args) > 2 && os.Args[1] == "daemon" {
		daemon(os.Args[2])
		return
	}
	os.Exit(m.Run())
}
