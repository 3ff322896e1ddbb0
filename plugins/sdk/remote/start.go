package remote

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// ErrNotTrusted says that an executable's content is not what was pinned.
var ErrNotTrusted = errors.New("programmet är inte det som är låst")

// endGrace is how long a child that was asked to end may take before it is killed.
const endGrace = time.Second

// deathGrace is how long it is waited for the end of a child whose connection
// broke, to tell what became of it.
const deathGrace = 10 * time.Second

// Config says how a child is started.
type Config struct {
	// Cmd is the child; its Env is all that it gets of any environment.
	Cmd *exec.Cmd
	// SHA256 is what the executable's content must hash to; nil is not checked.
	SHA256 []byte
	// Launcher starts and kills; nil does it plainly.
	Launcher Launcher
	// TempDir holds the folder of the child's socket; "" is the system's.
	TempDir string
	// StartTimeout is how long the handshake may take; 0 is ten seconds.
	StartTimeout time.Duration
	// Stderr gets what the child writes there; nil is nowhere.
	Stderr io.Writer
	// DialOptions are added to the connection, for tests that listen in.
	DialOptions []grpc.DialOption
}

// Launcher starts and kills processes.
type Launcher interface {
	Start(cmd *exec.Cmd) error
	// Kill ends the child and all that it started; it may be called again.
	Kill(cmd *exec.Cmd) error
	// Ended is called once, when the child is gone.
	Ended(cmd *exec.Cmd)
}

// Child is a running child process.
type Child struct {
	*Client
	plugin *plugin.Client
	proc   *process
}

// Start starts a child and asks what it is. ctx bounds the start alone.
func Start(ctx context.Context, cfg Config) (*Child, error) {
	if cfg.StartTimeout == 0 {
		cfg.StartTimeout = 10 * time.Second
	}
	if cfg.Launcher == nil {
		cfg.Launcher = plain{}
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.StartTimeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	proc := newProcess(cfg)
	child := &Child{proc: proc, plugin: plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: sdk.Handshake(),
		Plugins:         plugin.PluginSet{wire.PluginName: conn{}},
		RunnerFunc: func(_ hclog.Logger, populated *exec.Cmd, dir string) (runner.Runner, error) {
			return proc, proc.prepare(populated.Env, dir)
		},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     cfg.StartTimeout,
		Stderr:           proc.tail,
		SyncStderr:       proc.tail,
		Logger:           hclog.NewNullLogger(),
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: cfg.TempDir},
		GRPCDialOptions:  append(DialOptions(), cfg.DialOptions...),
	})}
	// go-plugin knows no context: whoever is tired of waiting kills.
	stop := context.AfterFunc(ctx, proc.kill)
	err := child.connect(ctx)
	stop()
	if err != nil {
		proc.kill()
		child.plugin.Kill()
		return nil, proc.explain(ctx, err)
	}
	return child, nil
}

// DialOptions are the limits of the contract on the daemon's side.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxMessage), grpc.MaxCallSendMsgSize(wire.MaxMessage)),
		grpc.WithInitialWindowSize(wire.Window), grpc.WithInitialConnWindowSize(wire.Window),
	}
}

func (c *Child) connect(ctx context.Context) error {
	protocol, err := c.plugin.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(wire.PluginName)
	if err != nil {
		return err
	}
	c.Client, err = Connect(ctx, raw.(*grpc.ClientConn))
	return err
}

// Pid returns the child's process id.
func (c *Child) Pid() int { return c.proc.pid() }

// Explain adds to an error of a call what became of the process, if it died.
func (c *Child) Explain(err error) error {
	var told *failed
	if err == nil || !errors.Is(err, sdk.ErrCrashed) || errors.As(err, &told) {
		return err // a child that tells of its panic lives
	}
	return c.proc.died(err)
}

// Close asks the child to end, kills it and all that it started if it does not
// within a second, and returns when it is gone.
func (c *Child) Close() {
	timer := time.AfterFunc(endGrace, c.proc.kill)
	defer timer.Stop()
	c.plugin.Kill()
	c.proc.kill() // what the child itself started
}

// Kill ends the child at once.
func (c *Child) Kill() {
	c.proc.kill()
	c.plugin.Kill()
}

// conn hands the connection out as it is, so that every call keeps its own
// context and deadline.
type conn struct{ plugin.NetRPCUnsupportedPlugin }

func (conn) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("remote: a client serves nothing")
}

func (conn) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return c, nil
}

func checkSum(path string, want []byte) error {
	if want == nil {
		return nil
	}
	ok, err := (&plugin.SecureConfig{Checksum: want, Hash: sha256.New()}).Check(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !ok {
		return fmt.Errorf("%s: %w: its SHA-256 differs", path, ErrNotTrusted)
	}
	return nil
}

type plain struct{}

func (plain) Start(cmd *exec.Cmd) error { return cmd.Start() }
func (plain) Kill(cmd *exec.Cmd) error  { return cmd.Process.Kill() }
func (plain) Ended(*exec.Cmd)           {}
