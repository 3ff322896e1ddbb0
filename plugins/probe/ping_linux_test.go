package probe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// The test program runs itself as nobody. Where the kernel lets that group
// ping it must ping, elsewhere it must say what to do.
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
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nobody":               {nil, `0 "no_permission" <nil> [{`},
		"with cap_net_raw set": {[]string{"cap_net_raw+ep"}, `1 "" <nil> []`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.args != nil {
				if out, err := exec.Command(testneed.Program(t, "setcap"), append(c.args, program)...).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			cmd := exec.Command(program)
			cmd.Env = []string{"PROBE_TEST_PING=1"}
			cmd.Dir = dir
			const nobody = 65534
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			groups, err := os.ReadFile("/proc/sys/net/ipv4/ping_group_range")
			if err != nil {
				t.Fatal(err)
			}
			want := c.want
			if strings.HasSuffix(strings.TrimSpace(string(groups)), "2147483647") {
				want = `1 "" <nil> []` // everyone may ping here
			}
			if !strings.HasPrefix(string(out), want) {
				t.Errorf("got %s, want %s", out, want)
			}
			if strings.Contains(want, "no_permission") && !strings.Contains(string(out), "net.ipv4.ping_group_range") {
				t.Errorf("no advice: %s", out)
			}
		})
	}
}
