// Command kommunpuls collects a municipality's own IT facts and turns them
// into figures that can be explained row by row.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // Europe/Stockholm also where the system has no time zones

	"github.com/alecthomas/kong"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/generate/alerts"
	"github.com/kommunpuls/kommunpuls/internal/setup"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// version is set by the linker.
var version = "dev"

// Exit codes, the same for every command.
const (
	exitOK      = 0
	exitNo      = 1 // the thing asked about does not hold
	exitUsage   = 2 // usage or configuration
	exitReached = 3 // a source or the store could not be reached
)

// errReached is wrapped by what could not be reached: exit code 3.
var errReached = errors.New("gick inte att nå")

// errNo is returned when the thing asked about does not hold and what there is
// to say has been said.
var errNo = errors.New("does not hold")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// usageError is what the person at the command line mends: exit code 2.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// cli is the command line; help texts are Swedish first.
type cli struct {
	Config string `short:"c" default:"kommunpuls.yaml" help:"Konfigurationsfil. (Configuration file.)"`

	Init      initCmd      `cmd:"" help:"Första timmen: läs en Excel- eller CSV-fil och visa en första sann siffra. (First hour.)"`
	Run       runCmd       `cmd:"" help:"Kör tjänsten. (Run the daemon.)"`
	Demo      demoCmd      `cmd:"" help:"Kör på en påhittad kommun. (Run on a made-up municipality.)"`
	Check     checkCmd     `cmd:"" help:"Kontrollera konfiguration, mått, beslut och namn. (Check everything.)"`
	Reload    reloadCmd    `cmd:"" help:"Be tjänsten läsa om konfigurationen. (Reload the configuration.)"`
	Collect   collectCmd   `cmd:"" help:"Läs en källa, eller alla, nu. (Collect now.)"`
	KPI       kpiCmd       `cmd:"" name:"kpi" help:"Visa siffrorna. (Show the figures.)"`
	Explain   explainCmd   `cmd:"" help:"Visa raderna bakom en siffra. (Show the rows behind a figure.)"`
	Decisions decisionsCmd `cmd:"" help:"Visa hur besluten har ändrats. (The log of decisions.)"`
	Snapshot  snapshotCmd  `cmd:"" help:"Ögonblicksbilder för revisorn: gör och kontrollera. (Snapshots for the auditor.)"`
	Report    reportCmd    `cmd:"" help:"Rapporter att läsa och skriva ut. (Reports to read and print.)"`
	Strategy  strategyCmd  `cmd:"" help:"Fyll i läget i en strategi, Markdown eller Word. (Fill in the statuses of a strategy.)"`
	Export    exportCmd    `cmd:"" help:"Skriv ut historik, öppna data eller en fil till andra kommuner. (Export.)"`
	Peers     peersCmd     `cmd:"" help:"Visa vilka andra kommuner siffrorna jämförs med. (Other municipalities.)"`
	Grafana   grafanaCmd   `cmd:"" help:"Grafana: skriv eller lägg in vyer. (Dashboards in Grafana.)"`
	Alerts    alertsCmd    `cmd:"" help:"Larmen: visa eller skriv som filer. (The alerts.)"`
	Notify    notifyCmd    `cmd:"" help:"De inbyggda larmen: skicka ett prov. (The built-in notifier.)"`
	Privacy   privacyCmd   `cmd:"" help:"Visa vad varje källa läser och aldrig läser. (What each source reads.)"`
	Pseudonym pseudonymCmd `cmd:"" help:"Visa pseudonymen för det du skriver. (The pseudonym of a value.)"`
	Plugin    pluginCmd    `cmd:"" help:"Visa eller prova källtyper. (List or test source types.)"`
	Version   versionCmd   `cmd:"" help:"Visa versionen. (Show the version.)"`
	Source    sourceCmd    `cmd:"" hidden:""`
}

// env is what every command gets.
type env struct {
	streams
	ctx    context.Context
	config string
	log    *slog.Logger
	now    func() time.Time
}

func run(ctx context.Context, args []string, s streams) int {
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("kommunpuls"),
		kong.Description("Kommunens it-läge i siffror som kan öppnas rad för rad."),
		kong.Writers(s.out, s.err), kong.Exit(func(n int) { code = n }), kong.UsageOnError(), kong.Help(printHelp),
		kong.Vars{"datasource": alerts.DataSourceUID})
	if err != nil {
		fmt.Fprintln(s.err, "kommunpuls:", err)
		return exitUsage
	}
	parser.Model.HelpFlag.Help = helpText
	k, err := parser.Parse(args)
	if code >= 0 { // help was asked for
		return code
	}
	if err != nil {
		fmt.Fprintln(s.err, "kommunpuls:", wrongLine(err))
		return exitUsage
	}
	level := slog.LevelWarn // a command prints what it has to say
	if k.Command() == "run" {
		level = slog.LevelInfo
	}
	e := &env{streams: s, ctx: ctx, config: c.Config, log: slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level})), now: time.Now}
	err = k.Run(e)
	if err != nil && !errors.Is(err, errNo) {
		fmt.Fprintln(s.err, "kommunpuls:", err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var u usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &u), errors.Is(err, config.ErrInvalid), errors.Is(err, sdk.ErrBadInput), errors.Is(err, source.ErrUnknownSource),
		errors.Is(err, app.ErrNothingPublic), errors.Is(err, setup.ErrQuestions), errors.Is(err, setup.ErrInput):
		return exitUsage
	case errors.Is(err, errReached), errors.Is(err, sdk.ErrUnreachable), errors.Is(err, store.ErrLocked), errors.Is(err, store.ErrCorrupt), errors.Is(err, store.ErrNotFound),
		errors.Is(err, store.ErrFull), errors.Is(err, store.ErrNewer):
		return exitReached
	}
	return exitNo
}
