package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/expose/terminal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type runCmd struct{}

// Run runs the daemon until it is told to end. SIGHUP reloads where there is one.
func (runCmd) Run(e *env) error {
	a, err := e.open(false)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	go reloadOnSignal(ctx, e, a)
	return errors.Join(a.Serve(ctx, func(string) {
		fmt.Fprintf(e.out, "kommunpuls svarar på %s/\n", a.Root())
	}), a.Close())
}

func reloadOnSignal(ctx context.Context, e *env, a *app.App) {
	ch := make(chan os.Signal, 1)
	signals := reloadSignals()
	if len(signals) == 0 {
		return
	}
	signal.Notify(ch, signals...)
	defer signal.Stop(ch)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ch:
			if err := a.Reload(ctx); err != nil {
				e.log.Error("the new configuration is not used", "err", err)
			}
		}
	}
}

type demoCmd struct {
	Dir   string `default:"demo" help:"Mapp för den påhittade kommunen. (Folder.)"`
	Serve bool   `help:"Fortsätt köra tills Ctrl-C även när utskriften inte går till en terminal."`
	Once  bool   `help:"Sluta när siffrorna är utskrivna. (Stop after printing.)"`
}

// Run makes the municipality anew, runs the daemon on it and prints the figures.
func (c demoCmd) Run(e *env) error {
	listen, err := demoAddress()
	if err != nil {
		return err
	}
	if err := c.fresh(); err != nil {
		return err
	}
	start := e.now()
	fmt.Fprintf(e.out, "Gör en påhittad kommun i mappen %s …\n", c.Dir)
	if err := demo.Generate(c.Dir, start, listen); err != nil {
		return err
	}
	e.config = filepath.Join(c.Dir, demo.ConfigFile)
	a, err := e.open(false)
	if err != nil {
		return err
	}
	return errors.Join(c.show(e, a, start), a.Close())
}

func (c demoCmd) show(e *env, a *app.App, start time.Time) error {
	if err := c.older(e, a, start); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "Läser katalogen, systemlistan, ärendena och de andra listorna …")
	results, err := collectShown(e, a, "", source.CollectOptions{})
	for _, r := range results {
		fmt.Fprintf(e.out, "  %-20s %7d rader på %s s\n", r.Source, r.Counts.Seen, finding.Number(r.Took.Seconds(), 1))
	}
	if err != nil {
		return err
	}
	fs, err := a.Findings(e.ctx, store.Point{})
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out)
	if err := write(e, "table", fs, a.Parts()); err != nil {
		return err
	}
	report := filepath.Join(c.Dir, "report.html")
	if err := a.WriteReport(e.ctx, report); err != nil {
		return err
	}
	status, err := c.strategy(e, a)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	return a.Serve(ctx, func(addr string) {
		fmt.Fprintf(e.out, `
Klart på %[1]s sekunder. Allt är DEMODATA.

  Sammanställning att läsa   %[2]s
  Strategi med läget ifyllt  %[7]s
  Raderna bakom en siffra    %[6]s -c %[3]s explain system_owner_coverage
  Tjänstens egen sida        http://%[4]s/
  Siffror för Prometheus     http://%[4]s/metrics
  Siffror som JSON           curl -H "Authorization: Bearer $(cat %[5]s)" http://%[4]s/api/v1/kpis
`, finding.Number(e.now().Sub(start).Seconds(), 1), report, e.config, addr, filepath.Join(c.Dir, "data", "api.token"), os.Args[0], status)
		if c.Once || !c.Serve && !terminal.Is(e.out) {
			fmt.Fprintf(e.out, "\nTjänsten stannar här. Starta den igen med: %s -c %s run\n", os.Args[0], e.config)
			stop()
			return
		}
		fmt.Fprintln(e.out, "\nTjänsten är igång. Avsluta med Ctrl-C.")
	})
}

// older reads what the registry was at the end of earlier months, so that there
// is something to compare with.
func (c demoCmd) older(e *env, a *app.App, now time.Time) error {
	copies := demo.History(now)
	fmt.Fprintf(e.out, "Läser systemlistan som den var vid %d tidigare månadsskiften …\n", len(copies))
	for _, o := range copies {
		if _, err := a.CollectOlder(e.ctx, o.Source, filepath.Join(c.Dir, o.File), source.CollectOptions{Dated: o.On}); err != nil {
			return fmt.Errorf("%s: %w", o.File, err)
		}
	}
	return nil
}

// fresh removes an earlier demo, and refuses a folder that is something else.
func (c demoCmd) fresh() error {
	cfg, err := config.Load(filepath.Join(c.Dir, demo.ConfigFile))
	entries, derr := os.ReadDir(c.Dir)
	switch {
	case os.IsNotExist(derr):
		return nil
	case derr != nil:
		return derr
	case len(entries) == 0:
		return nil
	case err != nil || !cfg.Demo:
		return usage("mappen %s är inte tom och inte en tidigare demo; välj en annan med --dir", c.Dir)
	}
	return os.RemoveAll(c.Dir)
}

// demoAddress is the usual address, or a free one where that is taken.
func demoAddress() (string, error) {
	l, err := net.Listen("tcp", config.DefaultListen)
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", err
		}
	}
	return l.Addr().String(), l.Close()
}
