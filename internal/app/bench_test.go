//go:build linux

package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// The sizes that the reaches are stated for; smaller ones are for a first look.
var (
	benchTickets = flag.Int("tickets", 1_000_000, "rows of the ticket benchmark")
	benchEntries = flag.Int("entries", 100_000, "entries of the directory benchmark")

	benchEvidence = flag.Int("evidence", 5_000_000, "rows of evidence of the largest snapshot")
)

// benchChanged is how many tickets differ at the second import.
const benchChanged = 5000

// TestMain lets the test binary be the daemon that a benchmark measures, and
// the children that this daemon starts.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "source" {
		if err := source.RunChild(os.Args[2], Builtin()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		if err := serveDaemon(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "daemon" {
		if err := benchDaemon(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	os.Exit(m.Run())
}

// step is what the daemon did at one order.
type step struct {
	Took   time.Duration
	Counts store.Counts
	KPIs   int
	Path   string // of the snapshot that was made
	Size   int64  // of both its files
}

// benchDaemon opens the arrow as the daemon does and follows the orders on
// standard input: the name of a source to collect, nothing to evaluate,
// "snapshot FOLDER" or "verify FILE".
func benchDaemon(config string) (err error) {
	ctx := context.Background()
	parts, err := Prepare(config, time.Now())
	if err != nil {
		return err
	}
	a, err := Open(ctx, parts, Options{Version: "bench", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	out, in := json.NewEncoder(os.Stdout), bufio.NewScanner(os.Stdin)
	if err := out.Encode(step{}); err != nil { // ready
		return err
	}
	for in.Scan() {
		did, err := benchStep(ctx, a, in.Text())
		if err != nil {
			return err
		}
		if err := out.Encode(did); err != nil {
			return err
		}
	}
	return in.Err()
}

func benchStep(ctx context.Context, a *App, order string) (step, error) {
	if order == "" {
		began := time.Now()
		err := a.Evaluate(ctx)
		return step{Took: time.Since(began), KPIs: len(a.last.Load().findings)}, err
	}
	if to, ok := strings.CutPrefix(order, "snapshot "); ok {
		return benchSnapshot(ctx, a, to)
	}
	if path, ok := strings.CutPrefix(order, "verify "); ok {
		return benchVerify(ctx, path)
	}
	for _, c := range sourceConfigs(a.Parts().Config) {
		if c.Name == order {
			res, err := a.collector.Collect(ctx, c, source.CollectOptions{})
			return step{Took: res.Took, Counts: res.Counts}, err
		}
	}
	return step{}, fmt.Errorf("%s: %w", order, source.ErrUnknownSource)
}

// daemon is a daemon in a process of its own.
type daemon struct {
	b      *testing.B
	cmd    *exec.Cmd
	orders io.WriteCloser
	did    *json.Decoder
}

// startDaemon starts this binary as the daemon of a configuration.
func startDaemon(b *testing.B, config string) *daemon {
	b.Helper()
	d := &daemon{b: b, cmd: exec.Command("/proc/self/exe", "daemon", config)}
	d.cmd.Stderr = os.Stderr
	var err error
	d.orders, err = d.cmd.StdinPipe()
	must(b, err)
	out, err := d.cmd.StdoutPipe()
	must(b, err)
	d.did = json.NewDecoder(out)
	must(b, d.cmd.Start())
	var ready step
	must(b, d.did.Decode(&ready))
	return d
}

// run gives an order and returns what was done and the memory it took.
func (d *daemon) run(order string) (step, memory) {
	d.b.Helper()
	watch := watchMemory(d.b, d.cmd.Process.Pid)
	_, err := io.WriteString(d.orders, order+"\n")
	must(d.b, err)
	var did step
	err = d.did.Decode(&did)
	m := watch.stop()
	must(d.b, err)
	return did, m
}

// end lets the daemon end by itself.
func (d *daemon) end() {
	d.b.Helper()
	must(d.b, errors.Join(d.orders.Close(), d.cmd.Wait()))
}

// benchConfig writes a configuration with one source, its secrets beside it.
func benchConfig(b *testing.B, name, typ string, settings map[string]any) string {
	b.Helper()
	dir := b.TempDir()
	must(b, os.WriteFile(filepath.Join(dir, "key"), []byte(strings.Repeat("0123456789abcdef", 4)), 0o600))
	text, err := json.Marshal(map[string]any{ // JSON is YAML too
		"municipality": "Storby", "pseudonym_key": "${file:key}",
		"sources": []any{map[string]any{"name": name, "type": typ, "timeout": "2h", "settings": settings}},
	})
	must(b, err)
	path := filepath.Join(dir, "kommunpuls.yaml")
	must(b, os.WriteFile(path, text, 0o600))
	return path
}
