package remote

import (
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

func TestAChildThatTellsOfItsPanicIsNotExpectedToEnd(t *testing.T) {
	c := &Child{proc: newProcess(Config{Cmd: exec.Command("nosuch")})}
	panicked := remoteError(&wire.Failure{Reason: wire.Failure_CRASHED, Message: "sdk: panic at source.go:1"})
	explained := make(chan error, 1)
	go func() { explained <- c.Explain(panicked) }()
	select {
	case err := <-explained:
		if !errors.Is(err, sdk.ErrCrashed) || err.Error() != panicked.Error() {
			t.Errorf("got %v", err)
		}
	case <-time.After(deathGrace / 2):
		t.Error("its end is waited for")
	}
}
