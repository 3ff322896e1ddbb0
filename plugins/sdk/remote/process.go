package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// process is a child as go-plugin sees it.
type process struct {
	cfg    Config
	cmd    *exec.Cmd
	tail   *tail
	stdout *handshake
	stderr io.ReadCloser
	ended  chan struct{} // closed when it is gone

	mu      sync.Mutex
	started bool
	killed  bool
	state   *os.ProcessState
}

func newProcess(cfg Config) *process {
	return &process{cfg: cfg, cmd: cfg.Cmd, ended: make(chan struct{}), tail: &tail{next: cfg.Stderr}}
}

// prepare adds what go-plugin tells the child, and checks the executable last
// of all before it is started. go-plugin forgets dir when this fails.
func (p *process) prepare(env []string, dir string) error {
	if err := p.open(env); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}

func (p *process) open(env []string) error {
	p.cmd.Env = append(p.cmd.Env, env...)
	if err := checkSum(p.cmd.Path, p.cfg.SHA256); err != nil {
		return err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("remote: %w", err)
	}
	p.stdout = newHandshake(stdout)
	if p.stderr, err = p.cmd.StderrPipe(); err != nil {
		return fmt.Errorf("remote: %w", err)
	}
	return nil
}

func (p *process) Start(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return context.Canceled
	}
	p.cmd.Stdin = nil // go-plugin would pass the daemon's on
	if err := p.cfg.Launcher.Start(p.cmd); err != nil {
		return err
	}
	p.started = true
	return nil
}

func (p *process) Wait(context.Context) error {
	err := p.cmd.Wait()
	p.mu.Lock()
	p.state = p.cmd.ProcessState
	p.mu.Unlock()
	p.cfg.Launcher.Ended(p.cmd)
	close(p.ended)
	return err
}

func (p *process) Kill(context.Context) error {
	p.kill()
	return nil
}

// kill ends the child and what it started. The pipes are closed too, for a
// grandchild that slipped away may hold their other ends open for ever.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killed = true
	if !p.started {
		return
	}
	if err := p.cfg.Launcher.Kill(p.cmd); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.tail.note("kill: " + err.Error())
	}
	_, _ = p.stdout.Close(), p.stderr.Close() // twice is no fault here
}

func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.started {
		return 0
	}
	return p.cmd.Process.Pid
}

func (p *process) Stdout() io.ReadCloser           { return p.stdout }
func (p *process) Stderr() io.ReadCloser           { return p.stderr }
func (p *process) Name() string                    { return p.cmd.Path }
func (p *process) ID() string                      { return strconv.Itoa(p.pid()) }
func (p *process) Diagnose(context.Context) string { return "" }

func (p *process) PluginToHost(network, addr string) (string, string, error) {
	return network, addr, nil
}

func (p *process) HostToPlugin(network, addr string) (string, string, error) {
	return network, addr, nil
}

// died adds to err how the process ended, waiting a moment for it to do so.
func (p *process) died(err error) error {
	select {
	case <-p.ended:
	case <-time.After(deathGrace):
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if place := p.tail.panicked(); place != "" {
		return fmt.Errorf("%w: the process ended (%s), %s", err, p.state, place)
	}
	return fmt.Errorf("%w: the process ended (%s)", err, p.state)
}

// explain words a failed start.
func (p *process) explain(ctx context.Context, err error) error {
	p.mu.Lock()
	started := p.started
	p.mu.Unlock()
	switch {
	case errors.Is(err, ErrNotTrusted), errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission), errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("start: %w", err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && p.stdout != nil:
		return fmt.Errorf("start: %w: no handshake in time (%s)", sdk.ErrContract, p.stdout.seen())
	case ctx.Err() != nil:
		return fmt.Errorf("start: %w", ctx.Err())
	case !started: // the fault is not the program's
		return fmt.Errorf("start: %w", err)
	case p.stdout.shaken():
		return fmt.Errorf("start: %w: %w", sdk.ErrContract, err)
	}
	said := p.tail.refusal()
	if said == "" {
		said = p.tail.panicked()
	}
	if said == "" {
		said = p.stdout.seen()
	}
	return p.died(fmt.Errorf("start: %w: no handshake: %s", sdk.ErrContract, said))
}
