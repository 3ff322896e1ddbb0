package setup_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/source"
)

// The test binary is the child that reads a list, as kommunpuls is.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "source" {
		if err := source.RunChild(os.Args[2], app.Builtin()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	os.Exit(m.Run())
}
