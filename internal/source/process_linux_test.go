package source_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/remote"
)

// daemon is the parent that the tests kill: it starts a child that starts a
// child, and prints their process ids.
func daemon(plugin string) {
	host, err := source.NewHost(source.HostOptions{Builtin: types(), TempDir: os.Getenv("SOCKETS")})
	must(err)
	child, err := host.Start(context.Background(), plugin)
	must(err)
	_, err = child.Collect(context.Background(), sdk.CollectRequest{Now: time.Now()}, pids{})
	must(err)
}

// pids prints what the source "parent" tells as progress.
type pids struct{}

func (pids) Begin(sdk.Header) error            { return nil }
func (pids) Write([]record.Record) error       { return nil }
func (pids) Warn(sdk.Warning) error            { return nil }
func (pids) Purge(record.Kind, []string) error { return nil }
func (pids) Progress(pid, generation int64) error {
	_, err := fmt.Println(pid)
	return err
}

func TestAParentKilledWithNineLeavesNoChildAndNoGrandchild(t *testing.T) {
	sockets := shortDir(t)
	cmd := exec.Command(os.Args[0], "daemon", "parent")
	cmd.Env = append(os.Environ(), "SOCKETS="+sockets)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var family []int
	lines := bufio.NewScanner(out)
	for len(family) < 2 && lines.Scan() {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("daemon says %q", lines.Text())
		}
		family = append(family, pid)
	}
	if len(family) != 2 {
		t.Fatal("the child did not tell its family")
	}
	family = append(family, childrenOf(t, cmd.Process.Pid)...) // the guard too
	if len(family) < 4 {
		t.Errorf("expected child, grandchild and guard, got %v", family)
	}
	for _, pid := range family {
		if !alive(pid) {
			t.Errorf("%d is not running before the kill", pid)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the daemon ended by itself")
	}
	for _, pid := range family {
		if !gone(pid, time.Minute) {
			t.Errorf("%d outlived its daemon", pid)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(sockets, "*")); len(left) != 1 {
		t.Errorf("expected the dead daemon's sockets, got %v", left)
	}
	newHost(t, func(o *source.HostOptions) { o.TempDir = sockets })
	if left, _ := filepath.Glob(filepath.Join(sockets, "*")); len(left) != 1 {
		t.Errorf("stale sockets were not swept: %v", left)
	}
	newHost(t, func(o *source.HostOptions) { o.TempDir = sockets })
	if left, _ := filepath.Glob(filepath.Join(sockets, "*")); len(left) != 2 {
		t.Errorf("a living daemon's sockets were swept: %v", left)
	}
}

func TestAChildThatEndsLeavesNothingBehind(t *testing.T) {
	host := newHost(t, nil)
	child, err := host.Start(t.Context(), "parent")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_, err = child.Collect(ctx, sdk.CollectRequest{Now: time.Now()}, &told{w: w, cancel: cancel})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	began := time.Now()
	child.Close()
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("closing took %v", took)
	}
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	family := strings.Fields(string(text))
	if len(family) != 2 {
		t.Fatalf("family: %q", text)
	}
	for _, p := range family {
		if pid, _ := strconv.Atoi(p); !gone(pid, time.Minute) {
			t.Errorf("%d is still there", pid)
		}
	}
}

// told writes down the two processes that it is told of, and then cancels.
type told struct {
	w      io.Writer
	cancel func()
	times  int
}

func (*told) Begin(sdk.Header) error            { return nil }
func (*told) Write([]record.Record) error       { return nil }
func (*told) Warn(sdk.Warning) error            { return nil }
func (*told) Purge(record.Kind, []string) error { return nil }
func (s *told) Progress(pid, _ int64) error {
	if s.times++; s.times == 2 {
		defer s.cancel()
	}
	_, err := fmt.Fprintln(s.w, pid)
	return err
}

func TestAChildOfAnotherBuildIsRefused(t *testing.T) {
	// An upgrade put another file where the daemon's was: same program, other build.
	copied := filepath.Join(t.TempDir(), "kommunpuls")
	content, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, content, 0o755); err != nil {
		t.Fatal(err)
	}
	host := newHost(t, func(o *source.HostOptions) { o.Self = copied })
	if child, err := host.Start(t.Context(), "good"); err != nil {
		t.Fatalf("before the upgrade: %v", err)
	} else {
		child.Close()
	}
	newer := copied + ".new"
	if err := os.WriteFile(newer, append(content, 0), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(newer, copied); err != nil {
		t.Fatal(err)
	}
	_, err = host.Start(t.Context(), "good")
	if err == nil || !errors.Is(err, sdk.ErrContract) || !strings.Contains(err.Error(), "byttes ut medan tjänsten körde; starta om den") {
		t.Errorf("after the upgrade: %v", err)
	}
}

func TestAnExternalExecutableMustBePinned(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "klocka")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec "+os.Args[0]+" source good\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	right := hex.EncodeToString(sum[:])
	start := func(pin string) error {
		host := newHost(t, func(o *source.HostOptions) {
			o.External = map[string]source.External{"klocka": {Path: script, SHA256: pin}}
		})
		child, err := host.Start(t.Context(), "klocka")
		if err == nil {
			child.Close()
		}
		return err
	}
	for name, c := range map[string]struct {
		pin string
		is  error
	}{
		"no pin":      {"", source.ErrNotPinned},
		"half a pin":  {right[:32], source.ErrNotPinned},
		"another sum": {strings.Repeat("0", 64), remote.ErrNotTrusted},
	} {
		if err := start(c.pin); !errors.Is(err, c.is) || !strings.Contains(err.Error(), script) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The pinned one is started; as an external it has no build id, and the
	// built-in behind it then refuses, which shows that it ran.
	if err := start(right); err == nil || !strings.Contains(err.Error(), "exit status 2") {
		t.Errorf("pinned: %v", err)
	}
	if err := os.Chmod(script, 0o722); err != nil {
		t.Fatal(err)
	}
	if err := start(right); !errors.Is(err, source.ErrNotPinned) || !strings.Contains(err.Error(), "may write to it") {
		t.Errorf("writable by others: %v", err)
	}
}

func TestAStartCanBeCancelled(t *testing.T) {
	host := newHost(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	began := time.Now()
	if _, err := host.Start(ctx, "silent"); !errors.Is(err, context.Canceled) || time.Since(began) > 30*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestTheHiddenCommandIsNotForPeople(t *testing.T) {
	t.Setenv("KOMMUNPULS_BUILD", "")
	if err := source.RunChild("good", builtin()); !errors.Is(err, source.ErrNotChild) {
		t.Error(err)
	}
}

// A program that forgets to serve the hidden command would otherwise start
// itself for ever.
func TestAChildCannotBeAHost(t *testing.T) {
	t.Setenv("KOMMUNPULS_BUILD", "1")
	if _, err := source.NewHost(source.HostOptions{}); !errors.Is(err, source.ErrNested) {
		t.Error(err)
	}
}

func TestDescribeAndValidateGoThroughTheHost(t *testing.T) {
	host := newHost(t, nil)
	if d, err := host.Describe(t.Context(), "good"); err != nil || d.Name != "scripted" {
		t.Error(d, err)
	}
	problems, err := host.Validate(t.Context(), "good", sdk.Settings{JSON: json.RawMessage(`"wrong"`)})
	if err != nil || len(problems) != 2 || problems[1].Field != "b" {
		t.Error(problems, err)
	}
	if _, err := host.Describe(t.Context(), "nosuch"); !errors.Is(err, source.ErrUnknownPlugin) {
		t.Error(err)
	}
}

// shortDir: a socket's path holds little more than a hundred characters.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// alive tells a running process from none and from a dead one that nobody has
// waited for.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && syscall.Kill(pid, 0) == nil
}

func gone(pid int, within time.Duration) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if !alive(pid) {
			return true
		}
	}
	return false
}

func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == strconv.Itoa(pid) {
			n, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, n)
		}
	}
	return out
}
