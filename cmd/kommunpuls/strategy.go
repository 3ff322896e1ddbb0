package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/expose/strategy"
	"github.com/kommunpuls/kommunpuls/internal/setup"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type strategyCmd struct {
	File  string `arg:"" name:"fil" help:"Strategin, .md eller .docx, med markörer som {{kpi sso_coverage}} och {{goal 17}}. (The strategy.)"`
	Out   string `help:"Filen som skrivs; annars FIL.status.md eller FIL.status.docx. (Output file.)" placeholder:"FIL"`
	AsOf  string `placeholder:"ÅÅÅÅ-MM-DD" help:"Läget den dagen, till exempel 2025-12-31; nu om inget sägs."`
	Check bool   `help:"Visa markörerna och vad de skulle få för text, utan att skriva något. (Write nothing.)"`
}

// Run fills in the statuses of a strategy, or writes nothing.
func (c strategyCmd) Run(e *env) error {
	in, err := readStrategy(c.File)
	if err != nil {
		return err
	}
	return e.read(when{AsOf: c.AsOf}, func(a *app.App, at store.Point) error {
		facts, err := a.StrategyFacts(e.ctx, at)
		if err != nil {
			return err
		}
		res, err := strategy.Fill(c.File, in, facts)
		if errors.Is(err, strategy.ErrFormat) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		return c.tell(e, res)
	})
}

// readStrategy reads a whole file of a bearable size.
func readStrategy(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("%s finns inte", path)
	}
	if err != nil {
		return nil, usage("%s går inte att läsa: %w", path, err)
	}
	in, err := io.ReadAll(io.LimitReader(f, strategy.MaxSize+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, usage("%s: %w", path, err)
	}
	if len(in) > strategy.MaxSize {
		return nil, usage("%s är större än %d MB", path, strategy.MaxSize>>20)
	}
	return in, nil
}

// tell says what was found, and writes the document if all is well.
func (c strategyCmd) tell(e *env, res strategy.Result) error {
	if c.Check {
		for _, s := range res.Statuses {
			fmt.Fprintf(e.out, "● %s\n  {{%s}}\n  %s\n", s.Where, s.Marker, s.Text)
		}
	}
	for _, f := range res.Faults {
		fmt.Fprintf(e.out, "■ %s: %s\n", f.Where, f.Why)
	}
	switch {
	case len(res.Faults) > 0:
		fmt.Fprintf(e.out, "\n%d fel. Inget är skrivet.\n", len(res.Faults))
		return errNo
	case len(res.Statuses) == 0:
		fmt.Fprintf(e.out, "%s har inga markörer, så det finns inget att fylla i. Skriv till exempel {{kpi system_owner_coverage}} eller {{goal 17}} där läget ska stå.\n", filepath.Base(c.File))
		return errNo
	case c.Check:
		_, err := fmt.Fprintf(e.out, "\n%s, inga fel. Inget är skrivet.\n", howMany(len(res.Statuses), "markör", "markörer"))
		return err
	}
	out := c.Out
	if out == "" {
		out = strategy.Target(c.File)
	}
	if err := setup.WriteFile(out, res.Out, 0o644); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "%s: %s.\n", out, howMany(len(res.Statuses), "status ifylld", "statusar ifyllda"))
	return err
}

func howMany(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// strategy fills in the demo's strategy.
func (c demoCmd) strategy(e *env, a *app.App) (path string, err error) {
	in, err := readStrategy(filepath.Join(c.Dir, demo.StrategyFile))
	if err != nil {
		return "", err
	}
	facts, err := a.StrategyFacts(e.ctx, store.Point{})
	if err != nil {
		return "", err
	}
	res, err := strategy.Fill(demo.StrategyFile, in, facts)
	if err != nil {
		return "", err
	}
	if len(res.Faults) > 0 {
		return "", res.Faults[0]
	}
	path = filepath.Join(c.Dir, demo.StatusFile)
	return path, setup.WriteFile(path, res.Out, 0o644)
}
