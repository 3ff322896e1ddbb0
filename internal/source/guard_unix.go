//go:build unix

package source

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// guard starts children so that none outlives the daemon. Each leads a process
// group of its own, so that what it starts is killed with it. On Linux the
// kernel kills a child whose daemon dies; the guard process, a small child that
// waits for the daemon's end of a pipe to close, then kills the groups.
type guard struct {
	command func() *exec.Cmd
	starts  chan start

	mu     sync.Mutex
	proc   *exec.Cmd
	pipe   io.WriteCloser
	groups map[int]bool
	closed bool
}

type start struct {
	cmd  *exec.Cmd
	done chan error
}

func newGuard(command func() *exec.Cmd) *guard {
	g := &guard{command: command, starts: make(chan start), groups: make(map[int]bool)}
	go g.fork()
	return g
}

// fork starts children from one operating system thread that lives as long as
// the host: Linux signals a child when the thread that started it ends.
func (g *guard) fork() {
	runtime.LockOSThread()
	for s := range g.starts {
		s.cmd.SysProcAttr = attributes()
		s.done <- s.cmd.Start()
	}
}

func (g *guard) spawn(cmd *exec.Cmd) error {
	s := start{cmd: cmd, done: make(chan error, 1)}
	g.starts <- s
	return <-s.done
}

// Start starts a child and tells the guard process of its group.
func (g *guard) Start(cmd *exec.Cmd) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return errClosed
	}
	if err := g.ready(); err != nil {
		return fmt.Errorf("guard: %w", err)
	}
	if err := g.spawn(cmd); err != nil {
		return err
	}
	g.groups[cmd.Process.Pid] = true
	if err := g.tell("+", cmd.Process.Pid); err != nil {
		return errors.Join(fmt.Errorf("guard: %w", err), g.Kill(cmd), cmd.Wait())
	}
	return nil
}

// Kill ends a child's whole group.
func (g *guard) Kill(cmd *exec.Cmd) error {
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// Ended kills what a child left behind.
func (g *guard) Ended(cmd *exec.Cmd) {
	_ = g.Kill(cmd) // it was its own to leave; there is nobody else to tell
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.groups, cmd.Process.Pid)
	if g.pipe != nil && g.tell("-", cmd.Process.Pid) != nil {
		g.reap() // the next start brings a new guard
	}
}

func (g *guard) tell(sign string, pid int) error {
	_, err := fmt.Fprintf(g.pipe, "%s%d\n", sign, pid)
	return err
}

// ready starts the guard process if there is none that listens.
func (g *guard) ready() error {
	if g.pipe != nil && g.tell("?", 0) == nil {
		return nil
	}
	g.reap()
	cmd := g.command()
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := g.spawnGuard(cmd); err != nil {
		return errors.Join(err, pipe.Close())
	}
	g.proc, g.pipe = cmd, pipe
	for pid := range g.groups {
		if err := g.tell("+", pid); err != nil {
			return err
		}
	}
	return nil
}

// spawnGuard starts the guard without a parent-death signal: it has work to do then.
func (g *guard) spawnGuard(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}

func (g *guard) reap() {
	if g.proc == nil {
		return
	}
	_ = g.pipe.Close()
	_ = g.proc.Wait() // it ends when its pipe does, and kills nothing that lives on our list
	g.proc, g.pipe = nil, nil
}

func (g *guard) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.closed = true
		close(g.starts)
		g.reap()
	}
	return nil
}

// runGuard is the guard process: it keeps the list of groups that it reads and
// kills those left when the pipe ends.
func runGuard(r io.Reader) error {
	groups := make(map[int]bool)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text := lines.Text()
		pid, err := strconv.Atoi(strings.TrimLeft(text, "+-?"))
		if err != nil || pid <= 1 {
			continue
		}
		groups[pid] = strings.HasPrefix(text, "+")
	}
	var errs []error
	for pid, live := range groups {
		if live {
			if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(append(errs, lines.Err())...)
}

func lockFile(f *os.File) error {
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
}

// onlyOwnerWrites refuses an executable that others could exchange between the
// check of its sum and its start.
func onlyOwnerWrites(path string) error {
	for _, p := range []string{path, path[:strings.LastIndexByte(path, '/')+1]} {
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0 {
			return fmt.Errorf("%s: %w: others than its owner may write to it", p, ErrNotPinned)
		}
	}
	return nil
}
