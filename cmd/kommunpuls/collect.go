package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/terminal"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

type collectCmd struct {
	Source         string `arg:"" name:"källa" optional:"" help:"Källans namn; alla om inget sägs. (The source's name.)"`
	NewKey         bool   `help:"Läs alla som nya: den förra pseudonymnyckeln är förlorad. (The key before is lost: everyone is new.)"`
	AcceptVanished bool   `help:"Godta att många rader försvann. (Accept that many rows vanished.)"`
	Full           bool   `help:"Läs allt, inte bara det som ändrats. (Read everything.)"`
	Dated          string `placeholder:"ÅÅÅÅ-MM-DD" help:"Läs in en äldre lista som historik från den dagen. (Import an older list as history.)"`
	File           string `placeholder:"FIL" help:"Med --dated: filen i stället för källans vanliga. (With --dated: the file.)"`
}

// Run collects here, or asks the running daemon to.
func (c collectCmd) Run(e *env) error {
	opt, err := c.options()
	if err != nil {
		return err
	}
	a, err := e.open(false)
	if errors.Is(err, store.ErrLocked) {
		if c != (collectCmd{Source: c.Source}) {
			return fmt.Errorf("tjänsten är igång: stoppa den för att använda flaggorna: %w", err)
		}
		return ask(e, "/api/v1/collect?source="+c.Source, "Läst av tjänsten som är igång.")
	}
	if err != nil {
		return err
	}
	return errors.Join(c.collect(e, a, opt), a.Close())
}

func (c collectCmd) options() (source.CollectOptions, error) {
	opt := source.CollectOptions{AcceptVanished: c.AcceptVanished, Full: c.Full || c.NewKey, AcceptKey: c.NewKey}
	var err error
	if opt.Dated, err = web.ParseInstant(c.Dated); err != nil {
		return opt, usage("--dated: %w", err)
	}
	if !opt.Dated.IsZero() && c.Source == "" {
		return opt, usage("--dated gäller en källa; säg vilken")
	}
	if c.File != "" {
		if opt.Dated.IsZero() {
			return opt, usage("--file går bara med --dated")
		}
		if _, err := os.Stat(c.File); err != nil {
			return opt, usage("--file: %w", err)
		}
	}
	return opt, nil
}

func (c collectCmd) collect(e *env, a *app.App, opt source.CollectOptions) error {
	results, err := c.read(e, a, opt)
	for _, r := range results {
		printResult(e, r)
	}
	if errors.Is(err, store.ErrHeld) {
		fmt.Fprintln(e.out, "Ovanligt många rader som fanns förut saknas nu. Inget är ändrat. Stämmer det, kör om med --accept-vanished.")
	}
	return err
}

// read collects from the source's own file or from an older one.
func (c collectCmd) read(e *env, a *app.App, opt source.CollectOptions) ([]source.Result, error) {
	if c.File == "" {
		return collectShown(e, a, c.Source, opt)
	}
	res, err := a.CollectOlder(e.ctx, c.Source, c.File, opt)
	return []source.Result{res}, errors.Join(err, a.Evaluate(e.ctx))
}

// collectShown collects and shows how far it has come.
func collectShown(e *env, a *app.App, name string, opt source.CollectOptions) ([]source.Result, error) {
	p := terminal.NewProgress(e.err, e.log, e.now)
	defer p.End()
	return a.CollectNow(e.ctx, name, opt, p.Start)
}

func printResult(e *env, r source.Result) {
	if r.Unchanged {
		fmt.Fprintf(e.out, "%s: oförändrad\n", r.Source)
		return
	}
	n := r.Counts
	fmt.Fprintf(e.out, "%s: %s, %d nya, %d ändrade, %d oförändrade, %d försvunna, %d avvisade, %d upprepade (%s)\n",
		r.Source, readWord(n.Seen), n.Inserted, n.Updated, n.Unchanged, n.Vanished, n.Refused, n.Repeated, r.Took.Round(time.Millisecond))
	for _, w := range n.Warnings {
		printWarning(e, w)
	}
}

func rowsWord(n int64) string {
	if n == 1 {
		return "1 rad"
	}
	return fmt.Sprintf("%d rader", n)
}

func readWord(n int64) string {
	if n == 1 {
		return "1 rad läst"
	}
	return rowsWord(n) + " lästa"
}

// printWarning writes a warning with its place in words.
func printWarning(e *env, w sdk.Warning) {
	place := w.Place.Doc
	if w.Place.Sheet != "" {
		place += ", blad " + w.Place.Sheet
	}
	if w.Place.Row > 0 {
		place += fmt.Sprintf(", rad %d", w.Place.Row)
	}
	if w.Column != "" {
		place += ", kolumn " + w.Column
	}
	if place != "" {
		place += ": "
	}
	fmt.Fprintf(e.out, "  %s%s\n", place, w.Reason)
}

type checkCmd struct{}

// Run looks at everything that can be wrong without reading a source.
func (checkCmd) Run(e *env) error {
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return err
	}
	res, err := app.Check(e.ctx, parts, app.Options{Version: version, Log: e.log, Now: e.now})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Konfigurationen, %d mått och besluten går att läsa.\n", len(parts.Catalogue.KPIs))
	for _, s := range res.Settings {
		fmt.Fprintln(e.out, "Fel i källans inställningar: "+s)
	}
	if len(res.Failed) == 0 {
		fmt.Fprintf(e.out, "%d prov på måtten kördes, och alla stämde.\n", res.Cases)
	} else {
		fmt.Fprintf(e.out, "%d prov på måtten kördes, och %d stämde inte:\n", res.Cases, len(res.Failed))
	}
	for _, f := range res.Failed {
		fmt.Fprintln(e.out, "  "+f)
	}
	for _, f := range res.Failing {
		fmt.Fprintln(e.out, "Källan kunde inte läsas senast; äldre uppgifter står kvar. "+f)
	}
	printUnmapped(e, res.Unmapped)
	for _, s := range res.Sources() {
		fmt.Fprintf(e.out, "%s: %s avvisades senast; se kommunpuls collect %s --full\n", s, rowsWord(res.Refused[s]), s)
	}
	if !res.OK() {
		return errNo
	}
	return nil
}
