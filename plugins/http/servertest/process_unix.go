//go:build unix

package servertest

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to become ready on a busy machine.
const patience = 3 * time.Minute

// place is a folder of one server and the user that its programs run as.
type place struct {
	t    testing.TB
	dir  string
	user string
	env  []string
	gone chan string // programs that ended by themselves
}

func newPlace(t testing.TB, account string) *place {
	t.Helper()
	dir, err := os.MkdirTemp("", "kommunpuls-servertest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	p := &place{t: t, dir: dir, user: account, gone: make(chan string, 4)}
	p.give(dir)
	p.env = []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin", "LC_ALL=C.UTF-8", "HOME=" + dir, "TMPDIR=" + dir}
	return p
}

// ids of the user; ok is false where the test is unprivileged, and runs
// everything as whoever it is.
func (p *place) ids() (uid, gid int, ok bool) {
	p.t.Helper()
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup(p.user)
	if err != nil {
		p.t.Fatal(err)
	}
	uid, err = strconv.Atoi(u.Uid)
	if err != nil {
		p.t.Fatal(err)
	}
	if gid, err = strconv.Atoi(u.Gid); err != nil {
		p.t.Fatal(err)
	}
	return uid, gid, true
}

func (p *place) give(path string) {
	p.t.Helper()
	if uid, gid, ok := p.ids(); ok {
		if err := os.Chown(path, uid, gid); err != nil {
			p.t.Fatal(err)
		}
	}
}

// path is that of a file in the folder.
func (p *place) path(name string) string { return filepath.Join(p.dir, name) }

// write makes a file, and mkdir a folder, that belongs to the server's user.
func (p *place) write(name, text string) string {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.give(p.path(name))
	return p.path(name)
}

func (p *place) mkdir(names ...string) {
	p.t.Helper()
	for _, name := range names {
		if err := os.Mkdir(p.path(name), 0o700); err != nil {
			p.t.Fatal(err)
		}
		p.give(p.path(name))
	}
}

func (p *place) command(dir, program string, args ...string) *exec.Cmd {
	p.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = p.path(dir), p.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // workers end with the server
	if uid, gid, ok := p.ids(); ok {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // small numbers
	}
	return cmd
}

// run runs a program to its end and returns what it wrote on stdout.
func (p *place) run(dir, program string, args ...string) string {
	p.t.Helper()
	cmd := p.command(dir, program, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		p.t.Fatalf("%s %s: %v\n%s\n%s", program, strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// start starts a server, with its log in the folder, and ends it and what it
// started with the test.
func (p *place) start(dir, program string, args ...string) {
	p.t.Helper()
	cmd := p.command(dir, program, args...)
	log, err := os.Create(p.path(filepath.Base(program) + ".log"))
	if err != nil {
		p.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
		p.gone <- program
	}()
	p.t.Cleanup(func() {
		defer func() { _ = log.Close() }()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(20 * time.Second):
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what is left of the group
		<-done
	})
}

// logs are the ends of the logs, for the message that a server did not start.
func (p *place) logs() string {
	found, _ := filepath.Glob(p.path("*.log"))
	var b strings.Builder
	for _, f := range found {
		text, _ := os.ReadFile(f) //nolint:gosec // in our own folder
		b.WriteString(f + ":\n" + string(text[max(0, len(text)-4000):]) + "\n")
	}
	return b.String()
}

// until waits for something to hold.
func (p *place) until(what string, holds func() bool) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if holds() {
			return
		}
		select {
		case program := <-p.gone:
			p.t.Fatalf("%s: %s has ended\n%s", what, program, p.logs())
		default:
		}
	}
	p.t.Fatalf("%s\n%s", what, p.logs())
}

// answers waits until an address answers with a status.
func (p *place) answers(client *http.Client, url string, status int) {
	p.t.Helper()
	p.until("no answer of "+url, func() bool {
		res, err := client.Get(url) //nolint:noctx // on the loopback
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == status
	})
}

func hostPort(t testing.TB, addr string) (host, port string) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}
