package source

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/remote"
)

// ErrUnknownPlugin says that no source has that name.
var ErrUnknownPlugin = errors.New("källtypen finns inte")

// ErrNotPinned says that an external executable is not pinned by its SHA-256.
var ErrNotPinned = errors.New("programmet är inte låst med sin SHA-256")

// errClosed says that the host was closed before a child was to be started.
var errClosed = errors.New("tjänsten håller på att avslutas")

// External is an executable in the plugin directory.
type External struct {
	Path   string
	SHA256 string // of its content, 64 hex digits
}

// HostOptions say what a host may start.
type HostOptions struct {
	// Builtin are the sources within this binary.
	Builtin map[string]func() sdk.Source
	// External are executables by the name that the config gives them.
	External map[string]External
	// Env names variables that children get besides the harmless ones.
	Env []string
	// TempDir holds sockets; "" is the system's.
	TempDir string
	// StartTimeout bounds a handshake; 0 is ten seconds.
	StartTimeout time.Duration
	// Self and Args start this binary as a child: Self Args… NAME. Empty are
	// this executable and "source".
	Self string
	Args []string
	// Log gets the children's standard error at debug level; nil is nowhere.
	Log *slog.Logger
}

// Host starts sources as child processes. It is safe for concurrent use.
type Host struct {
	opt     HostOptions
	sockets *sockets
	guard   *guard
	build   string
}

// NewHost sweeps what an earlier daemon left and makes ready to start children.
func NewHost(opt HostOptions) (*Host, error) {
	if os.Getenv(buildVariable) != "" {
		return nil, fmt.Errorf("source: %w", ErrNested)
	}
	if opt.Self == "" {
		self, err := selfPath()
		if err != nil {
			return nil, fmt.Errorf("source: own executable: %w", err)
		}
		opt.Self = self
	}
	if opt.Args == nil {
		opt.Args = []string{"source"}
	}
	build, err := buildID(opt.Self)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	s, err := openSockets(opt.TempDir)
	if err != nil {
		return nil, fmt.Errorf("source: sockets: %w", err)
	}
	h := &Host{opt: opt, sockets: s, build: build}
	h.guard = newGuard(func() *exec.Cmd { return h.self(guardName) })
	return h, nil
}

// Close ends the guard and removes the sockets. Children must be closed before;
// none is started after.
func (h *Host) Close() error {
	return errors.Join(h.guard.close(), h.sockets.close())
}

// Start starts a source as a child. The caller closes it.
func (h *Host) Start(ctx context.Context, plugin string) (*remote.Child, error) {
	cmd, sum, err := h.command(plugin)
	if err != nil {
		return nil, fmt.Errorf("source type %s: %w", plugin, err)
	}
	var stderr io.Writer
	if h.opt.Log != nil {
		stderr = &logWriter{log: h.opt.Log.With("type", plugin)}
	}
	child, err := remote.Start(ctx, remote.Config{
		Cmd: cmd, SHA256: sum, Launcher: h.guard, TempDir: h.sockets.dir, StartTimeout: h.opt.StartTimeout, Stderr: stderr,
	})
	if err != nil {
		return nil, fmt.Errorf("source type %s: %w", plugin, err)
	}
	return child, nil
}

func (h *Host) command(plugin string) (*exec.Cmd, []byte, error) {
	if h.opt.Builtin[plugin] != nil {
		return h.self(plugin), nil, nil
	}
	ext, ok := h.opt.External[plugin]
	if !ok {
		return nil, nil, ErrUnknownPlugin
	}
	if ext.SHA256 == "" {
		return nil, nil, fmt.Errorf("%s: %w", ext.Path, ErrNotPinned)
	}
	sum, err := hex.DecodeString(ext.SHA256)
	if err != nil || len(sum) != 32 {
		return nil, nil, fmt.Errorf("%s: %w: want 64 hex digits", ext.Path, ErrNotPinned)
	}
	path, err := filepath.Abs(ext.Path)
	if err != nil {
		return nil, nil, err
	}
	if err := onlyOwnerWrites(path); err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(path)
	cmd.Env = childEnv(os.Environ(), h.opt.Env)
	return cmd, sum, nil
}

// self is this binary as a child.
func (h *Host) self(name string) *exec.Cmd {
	cmd := exec.Command(h.opt.Self, append(append([]string{}, h.opt.Args...), name)...)
	cmd.Env = append(childEnv(os.Environ(), h.opt.Env), buildVariable+"="+h.build)
	return cmd
}

// Describe tells what a source type is, built-in ones without a child.
func (h *Host) Describe(ctx context.Context, plugin string) (sdk.Description, error) {
	if make := h.opt.Builtin[plugin]; make != nil {
		return make().Describe(), nil
	}
	child, err := h.Start(ctx, plugin)
	if err != nil {
		return sdk.Description{}, err
	}
	defer child.Close()
	return child.Describe(), nil
}

// Validate returns every fault of a source's settings, those of built-in ones
// without a child. Nothing is connected to.
func (h *Host) Validate(ctx context.Context, plugin string, s sdk.Settings) ([]sdk.Problem, error) {
	if make := h.opt.Builtin[plugin]; make != nil {
		return make().Validate(ctx, s), nil
	}
	child, err := h.Start(ctx, plugin)
	if err != nil {
		return nil, err
	}
	defer child.Close()
	problems, err := child.Check(ctx, s)
	return problems, child.Explain(err)
}

func selfPath() (string, error) {
	// The link leads to the running program even after an upgrade replaced the file.
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// logWriter passes a child's standard error on, line by line as it comes.
type logWriter struct{ log *slog.Logger }

func (w *logWriter) Write(p []byte) (int, error) {
	if len(p) > 1 {
		w.log.Debug("source says", "text", string(p))
	}
	return len(p), nil
}
