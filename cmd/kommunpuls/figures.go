package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/openmetrics"
	"github.com/kommunpuls/kommunpuls/internal/expose/terminal"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// when are the flags of a point in time.
type when struct {
	AsOf    string `placeholder:"ÅÅÅÅ-MM-DD" help:"Läget den dagen eller tidpunkten, till exempel 2025-12-31. (State as of.)"`
	KnownAt string `placeholder:"ÅÅÅÅ-MM-DD" help:"Med det som var känt då. (As known at.)"`
}

func (w when) point(now time.Time) (p store.Point, err error) {
	if p.AsOf, err = past("--as-of", w.AsOf, now); err != nil {
		return p, err
	}
	p.KnownAt, err = past("--known-at", w.KnownAt, now)
	return p, err
}

// past reads a point in time that has been. A day that is not over is now,
// the zero time: nobody knows its evening.
func past(flag, text string, now time.Time) (time.Time, error) {
	t, err := web.ParseInstant(text)
	if err != nil {
		return t, usage("%s: %w", flag, err)
	}
	if !t.After(now) {
		return t, nil
	}
	if text == now.In(t.Location()).Format(time.DateOnly) {
		return time.Time{}, nil
	}
	return t, usage("%s: %s har inte varit än; ange en dag som har varit", flag, text)
}

// open opens the store for reading, beside a running daemon if there is one.
func (e *env) open(readOnly bool) (*app.App, error) {
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return nil, err
	}
	return app.Open(e.ctx, parts, app.Options{ReadOnly: readOnly, Version: version, Log: e.log, Now: e.now})
}

// read runs do on the store as it was at a point, beside a running daemon.
func (e *env) read(w when, do func(a *app.App, at store.Point) error) error {
	at, err := w.point(e.now())
	if err != nil {
		return err
	}
	a, err := e.open(true)
	if err != nil {
		return err
	}
	return errors.Join(do(a, at), a.Close())
}

type kpiCmd struct {
	when
	ID           string `arg:"" name:"mått" optional:"" help:"Ett enda mått. (One figure.)"`
	Format       string `enum:"table,json,csv" default:"table" help:"table, json eller csv."`
	Organisation string `enum:"then,today" default:"then" help:"then: som det var; today: med dagens organisation. (As it was, or as it is.)"`
}

func (c kpiCmd) Run(e *env) error {
	return e.read(c.when, func(a *app.App, at store.Point) error { return c.show(e, a, at) })
}

func (c kpiCmd) show(e *env, a *app.App, at store.Point) error {
	var d web.Daemon = a
	if c.Organisation == "today" {
		d = a.InTodaysOrganisation()
	}
	fs, err := d.Findings(e.ctx, at)
	if err != nil {
		return err
	}
	if c.ID != "" {
		one := fs[:0:0]
		for _, f := range fs {
			if f.KPI == c.ID {
				one = append(one, f)
			}
		}
		if len(one) == 0 {
			return usageError{errors.New(a.UnknownKPI(c.ID))}
		}
		fs = one
	}
	return write(e, c.Format, fs, a.Parts())
}

func write(e *env, format string, fs []finding.Finding, parts *app.Parts) error {
	switch format {
	case "json":
		return terminal.JSON(e.out, fs)
	case "csv":
		return terminal.CSV(e.out, fs)
	}
	return terminal.Table(e.out, fs, terminal.Context{Catalogue: parts.Catalogue, Municipality: parts.Config.Municipality, Demo: parts.Config.Demo})
}

type explainCmd struct {
	when
	ID      string `arg:"" name:"mått" help:"Måttets id. (The figure's id.)"`
	OrgUnit string `placeholder:"ID" help:"Bara en förvaltning, med dess id. (One org unit.)"`
	Limit   int    `default:"50" help:"Högst så många rader; 0 är alla. (At most so many rows.)"`
	Format  string `enum:"table,json,csv" default:"table" help:"table, json eller csv."`
}

func (c explainCmd) Run(e *env) error {
	return e.read(c.when, func(a *app.App, at store.Point) error { return c.show(e, a, at) })
}

func (c explainCmd) show(e *env, a *app.App, at store.Point) error {
	if !a.HasKPI(c.ID) {
		return usageError{errors.New(a.UnknownKPI(c.ID))}
	}
	f, err := a.Explain(e.ctx, web.Query{KPI: c.ID, At: at, OrgUnit: c.OrgUnit, Limit: c.Limit})
	if err != nil {
		return err
	}
	switch c.Format {
	case "json":
		return terminal.JSONOne(e.out, f)
	case "csv":
		return terminal.EvidenceCSV(e.out, f)
	}
	parts := a.Parts()
	return terminal.Explain(e.out, f, terminal.Context{Catalogue: parts.Catalogue, Municipality: parts.Config.Municipality, Demo: parts.Config.Demo})
}

type exportCmd struct {
	OpenMetrics exportOpenMetricsCmd `cmd:"" name:"openmetrics" help:"Historik som promtool läser in i Prometheus. (History for Prometheus.)"`
	OpenData    exportOpenDataCmd    `cmd:"" name:"opendata" help:"Öppna data: CSV och en katalog i DCAT-AP-SE. (Open data.)"`
	Exchange    exportExchangeCmd    `cmd:"" help:"En fil som andra kommuner kan jämföra sig med. (A file for other municipalities.)"`
}

type exportOpenMetricsCmd struct {
	From   string `required:"" placeholder:"ÅÅÅÅ-MM-DD" help:"Första dagen, till exempel 2024-01-31."`
	To     string `placeholder:"ÅÅÅÅ-MM-DD" help:"Sista dagen; i dag om inget sägs."`
	Step   string `default:"1mo" help:"Hur tätt: 1mo, 7d eller 24h."`
	Output string `short:"o" placeholder:"FIL" help:"Fil att skriva till; annars standard ut."`
}

func (c exportOpenMetricsCmd) Run(e *env) (err error) {
	r, err := c.span(e.now())
	if err != nil {
		return usageError{err}
	}
	out := e.out
	if c.Output != "" {
		f, err := os.Create(c.Output)
		if err != nil {
			return err
		}
		defer func() {
			if cerr := f.Close(); err == nil {
				err = cerr
			}
		}()
		out = f
	}
	return e.read(when{}, func(a *app.App, _ store.Point) error {
		return openmetrics.Write(e.ctx, out, a, r, func(done, total int) { e.log.Info("exporting", "done", done, "of", total) })
	})
}

func (c exportOpenMetricsCmd) span(now time.Time) (r openmetrics.Range, err error) {
	if r.From, err = web.ParseInstant(c.From); err != nil {
		return r, fmt.Errorf("--from: %w", err)
	}
	if r.To, err = web.ParseInstant(c.To); err != nil {
		return r, fmt.Errorf("--to: %w", err)
	}
	// A day stands for its end. Prometheus takes in nothing that is older than
	// the newest point of what was loaded, so none may lie ahead.
	if r.To.IsZero() || r.To.After(now) {
		r.To = now
	}
	if r.Months, r.Step, err = openmetrics.ParseStep(c.Step); err != nil {
		return r, fmt.Errorf("--step: %w", err)
	}
	if r.From.After(r.To) {
		return r, fmt.Errorf("--from ligger efter --to")
	}
	return r, nil
}
