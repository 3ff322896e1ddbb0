package probe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// The test program runs itself as nobody, where the kernel lets that group
// ping and where it does not.
func TestPingWithoutTheRightIsUnknownWithAdvice(t *testing.T) {
	testneed.Root(t)
	dir, err := os.MkdirTemp("/tmp", "ping")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "ping.test")
	if err := os.WriteFile(program, self, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// A network of its own has a setting of its own, and this one lets nobody's group ping or not.
	run := func(t *testing.T, groups string) string {
		t.Helper()
		for _, needed := range []string{"ip", "setpriv"} {
			testneed.Program(t, needed)
		}
		script := `ip link set lo up && echo "` + groups + `" >/proc/sys/net/ipv4/ping_group_range && exec setpriv --reuid=65534 --regid=65534 --clear-groups ` + program
		cmd := exec.Command(testneed.Program(t, "unshare"), "--net", "sh", "-c", script)
		cmd.Env = []string{"PROBE_TEST_PING=1", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	const answered = `1 "" <nil> []`
	t.Run("without any right", func(t *testing.T) {
		got := run(t, "1 0")
		if !strings.HasPrefix(got, `0 "no_permission" <nil> [{`) || !strings.Contains(got, "net.ipv4.ping_group_range") {
			t.Errorf("got %s", got)
		}
	})
	t.Run("with the group's right", func(t *testing.T) {
		if got := run(t, "65534 65534"); got != answered {
			t.Errorf("got %s", got)
		}
	})
	t.Run("with cap_net_raw on the file", func(t *testing.T) {
		if out, err := exec.Command(testneed.Program(t, "setcap"), "cap_net_raw+ep", program).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got := run(t, "1 0"); got != answered {
			t.Errorf("got %s", got)
		}
	})
}
