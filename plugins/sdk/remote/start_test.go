package remote_test

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/remote"
)

var errNoProcess = errors.New("resource temporarily unavailable")

// full is a machine that starts no process.
type full struct{}

func (full) Start(*exec.Cmd) error { return errNoProcess }
func (full) Kill(*exec.Cmd) error  { return nil }
func (full) Ended(*exec.Cmd)       {}

func TestAMachineThatStartsNoProcessIsNotTheSourcesFault(t *testing.T) {
	_, err := remote.Start(t.Context(), remote.Config{Cmd: exec.Command(os.Args[0]), Launcher: full{}, TempDir: os.TempDir()})
	if !errors.Is(err, errNoProcess) || errors.Is(err, sdk.ErrContract) {
		t.Errorf("got %v", err)
	}
}
