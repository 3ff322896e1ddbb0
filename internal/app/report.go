package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// reportRows is how many rows of a work list the printed page shows.
const reportRows = 60

// WriteReport writes the printed page of the last evaluation.
func (a *App) WriteReport(ctx context.Context, path string) error {
	fs, err := a.Findings(ctx, store.Point{})
	if err != nil {
		return err
	}
	full := make([]finding.Finding, len(fs))
	for i, f := range fs {
		full[i] = f
		if f.Outcome.HasValue() {
			e, err := a.Explain(ctx, web.Query{KPI: f.KPI, At: store.Point{AsOf: f.AsOf, KnownAt: f.KnownAt}, Limit: reportRows})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil { // the figure stands although its rows could not be had
				a.log.Warn("rows of the report", "kpi", f.KPI, "err", err)
				continue
			}
			full[i] = e
		}
	}
	ss, err := a.sources(ctx)
	if err != nil {
		return err
	}
	parts := a.Parts()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(report.Write(f, report.Report{
		Municipality: parts.Config.Municipality, Version: a.version, Generated: a.now(), Demo: parts.Config.Demo,
		Findings: full, Catalogue: parts.Catalogue, Sources: ss, MaxRows: reportRows,
		Steps: a.NextSteps(), StepRule: a.NextStepRule(),
	}), f.Close())
}

// UnknownKPI is the sentence for an id that is not in the catalogue.
func (a *App) UnknownKPI(id string) string {
	var ids []string
	for _, k := range a.Parts().Catalogue.KPIs {
		ids = append(ids, k.ID)
	}
	if near := closest.Name(id, ids); near != "" {
		return fmt.Sprintf("måttet %q finns inte; menade du %s?", id, near)
	}
	return fmt.Sprintf("måttet %q finns inte", id)
}
