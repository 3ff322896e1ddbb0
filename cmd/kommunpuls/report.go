package main

import (
	"errors"
	"io"
	"os"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type reportCmd struct {
	Kind   string `arg:"" enum:"ledning,revision" help:"ledning eller revision. (Which report.)"`
	AsOf   string `help:"Läget den dagen, till exempel 2025-12-31; nu om inget sägs. (State as of.)"`
	Out    string `short:"o" help:"Fil att skriva till; annars standard ut. (File.)" placeholder:"FIL"`
	Format string `enum:"html" default:"html" help:"html."`
}

// Run writes a report beside a running daemon.
func (c reportCmd) Run(e *env) error {
	return e.read(when{AsOf: c.AsOf}, func(a *app.App, at store.Point) error {
		d, err := a.Report(e.ctx, app.ReportRequest{Kind: c.Kind, At: at})
		if errors.Is(err, app.ErrNoReport) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		return c.write(e, d)
	})
}

func (c reportCmd) write(e *env, d document.Document) (err error) {
	var out io.Writer = e.out
	if c.Out != "" {
		f, err := os.Create(c.Out)
		if err != nil {
			return usageError{err}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	return report.HTML(out, d)
}
