//go:build unix

package sqltest

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// account is the user and group ids of a server's user; ok is false when the
// test itself is unprivileged and runs the server as whoever it is.
func account(t testing.TB, name string) (uid, gid int, ok bool) {
	t.Helper()
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err = strconv.Atoi(u.Uid)
	if err != nil {
		t.Fatal(err)
	}
	if gid, err = strconv.Atoi(u.Gid); err != nil {
		t.Fatal(err)
	}
	return uid, gid, true
}

// give hands a file or folder over to a server's user.
func give(t testing.TB, name, path string) {
	t.Helper()
	if uid, gid, ok := account(t, name); ok {
		if err := os.Chown(path, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
}

// command makes a command that runs as the server's user, in its folder.
func command(t testing.TB, name, dir, program string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + dir, "TMPDIR=" + dir}
	if uid, gid, ok := account(t, name); ok {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}} //nolint:gosec // small numbers
	}
	return cmd
}

// run runs a program to its end.
func run(t testing.TB, name, dir, program string, args ...string) {
	t.Helper()
	if out, err := command(t, name, dir, program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// start starts a server, and ends it with the test by stop, or hard after a
// while.
func start(t testing.TB, name, dir string, stop syscall.Signal, program string, args ...string) int {
	t.Helper()
	cmd := command(t, name, dir, program, args...)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		defer func() { _ = log.Close() }()
		_ = cmd.Process.Signal(stop)
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	})
	return cmd.Process.Pid
}

// Kill ends the server at once, as if its machine had lost power.
func (s *Server) Kill() {
	if err := syscall.Kill(s.PID, syscall.SIGKILL); err != nil {
		s.t.Error(err)
	}
}
