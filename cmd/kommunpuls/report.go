package main

import (
	"errors"
	"os"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type reportCmd struct {
	Make reportMakeCmd `cmd:"" default:"withargs" help:"Gör en rapport nu. (Make a report now.)"`
	Send reportSendCmd `cmd:"" help:"Mejla en av de regelbundna rapporterna nu. (Mail a regular report now.)"`
}

type reportMakeCmd struct {
	Kind        string `arg:"" name:"rapport" enum:"ledning,revision,forvaltning,manad" help:"ledning, revision, forvaltning eller manad. (Which report.)"`
	Forvaltning string `help:"Förvaltningens beteckning, till rapporten forvaltning. (Its id.)" placeholder:"ID"`
	Month       string `help:"Månaden som rapporten gäller, till exempel 2026-10; annars den senaste hela. (Which month.)" placeholder:"ÅÅÅÅ-MM"`
	AsOf        string `placeholder:"ÅÅÅÅ-MM-DD" help:"Läget den dagen, till exempel 2025-12-31; nu om inget sägs. (State as of.)"`
	Out         string `short:"o" help:"Fil att skriva till; annars standard ut. (File.)" placeholder:"FIL"`
	Format      string `enum:"html,pdf" default:"html" help:"html eller pdf."`
}

// Run writes a report beside a running daemon.
func (c reportMakeCmd) Run(e *env) error {
	return e.read(when{AsOf: c.AsOf}, func(a *app.App, at store.Point) error {
		d, err := a.Report(e.ctx, app.ReportRequest{Kind: c.Kind, OrgUnit: c.Forvaltning, Month: c.Month, At: at})
		if errors.Is(err, app.ErrNoReport) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		return c.write(e, d)
	})
}

func (c reportMakeCmd) write(e *env, d document.Document) (err error) {
	out := e.out
	if c.Out != "" {
		f, err := os.Create(c.Out)
		if err != nil {
			return usageError{err}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	return app.RenderReport(out, d, c.Format)
}
