package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// chartMonths is how many months the report of a month draws.
const chartMonths = 13

// disruptedKPI is the figure whose rows are the disruptions of the network.
const disruptedKPI = "network_disruption_time"

// monthOf is the end of the month that a request is about, its last second:
// the named one, else the last whole one before the point.
func (a *App) monthOf(req ReportRequest) (time.Time, error) {
	now := a.complete(req.At).AsOf
	if req.Month == "" {
		return kpi.MonthEnds(now, 1, calendar.Location())[0], nil
	}
	first, err := time.ParseInLocation("2006-01", req.Month, calendar.Location())
	if err != nil {
		return first, fmt.Errorf("%w: månaden skrivs som 2026-10, inte %q", ErrNoReport, req.Month)
	}
	end := first.AddDate(0, 1, 0).Add(-time.Second)
	if end.After(now) {
		return end, fmt.Errorf("%w: månaden %s är inte slut än", ErrNoReport, req.Month)
	}
	return end, nil
}

// monthInput is what the report of a month is made of.
func (a *App) monthInput(ctx context.Context, req ReportRequest) (in compose.Input, m compose.Month, err error) {
	end, err := a.monthOf(req)
	if err != nil {
		return in, m, err
	}
	at := store.Point{AsOf: end, KnownAt: a.complete(req.At).KnownAt}
	aimed, err := a.Engine().EvaluateSome(ctx, at, a.aimed()...)
	if err != nil {
		return in, m, err
	}
	m.Start, m.End = monthStart(end), end
	ends := kpi.MonthEnds(end.Add(time.Second), chartMonths, calendar.Location())
	slices.Reverse(ends)
	last := len(ends) - 1
	for i, e := range ends {
		p := compose.MonthPoint{End: e}
		full := i == last || i == last-1 || i == last-12 // what is held against each other
		if p.Findings, err = a.monthFigures(ctx, store.Point{AsOf: e, KnownAt: at.KnownAt}, aimed, full); err != nil {
			return in, m, err
		}
		m.Points = append(m.Points, p)
	}
	fs := aimed
	for _, f := range m.Points[last].Findings {
		if !slices.ContainsFunc(aimed, func(x finding.Finding) bool { return x.KPI == f.KPI }) {
			fs = append(fs, f)
		}
	}
	if in, err = a.inputOf(ctx, at, a.inOrder(fs)); err != nil {
		return in, m, err
	}
	if m.Disruptions, err = a.disruptionsOf(ctx, m.Start, at); err != nil {
		return in, m, err
	}
	log, err := a.store.DecisionLog(ctx, m.Start)
	for _, x := range log {
		if !x.At.After(end) {
			m.Log = append(m.Log, x)
		}
	}
	return in, m, err
}

// monthFigures are the figures of the month that ends at a point: of what
// happens, those of the month alone. Unless all are asked for, they are those
// that are drawn.
func (a *App) monthFigures(ctx context.Context, at store.Point, now []finding.Finding, all bool) ([]finding.Finding, error) {
	parts := a.Parts()
	charted := compose.Charted(now)
	happens := map[time.Duration][]string{} // by what they need to settle
	var stands []string
	for i := range parts.Catalogue.KPIs {
		d := &parts.Catalogue.KPIs[i]
		if !slices.Contains(charted, d.ID) && (!all || d.Sentence.SV == "" && d.Priority != "core") {
			continue
		}
		switch {
		case inMonths(d):
			happens[settles(d)] = append(happens[settles(d)], d.ID)
		case d.Window == nil:
			stands = append(stands, d.ID)
		}
	}
	var out []finding.Finding
	for wait, ids := range happens {
		then := settled(at, wait)
		fs, err := a.monthEngine(monthStart(at.AsOf), then.AsOf).EvaluateSome(ctx, then, ids...)
		if err != nil {
			return nil, fmt.Errorf("figures of the month to %s: %w", at.AsOf.Format(time.DateOnly), err)
		}
		for _, f := range fs {
			f.AsOf = at.AsOf
			out = append(out, f)
		}
	}
	lack, err := a.lacking(ctx, stands, at.AsOf, at.KnownAt)
	if err != nil {
		return nil, err
	}
	if len(lack) > 0 {
		if _, err := a.computeMonth(ctx, at.AsOf, at.KnownAt, lack); err != nil {
			return nil, err
		}
	}
	for _, id := range stands {
		f, err := monthly{app: a}.Month(ctx, id, at.AsOf)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return a.inOrder(out), nil
}

// inOrder sorts findings as the catalogue has them.
func (a *App) inOrder(fs []finding.Finding) []finding.Finding {
	place := map[string]int{}
	for i, d := range a.Parts().Catalogue.KPIs {
		place[d.ID] = i
	}
	slices.SortFunc(fs, func(x, y finding.Finding) int { return place[x.KPI] - place[y.KPI] })
	return fs
}

// inMonths tells whether a figure of what happened within a year can as well be
// one of a month.
func inMonths(d *catalogue.Definition) bool {
	if d.Window == nil || d.Window.Length != "" && d.Window.Length != "12m" {
		return false
	}
	switch d.Shape {
	case catalogue.Share, catalogue.Quantile, catalogue.CountOf, catalogue.Intervals:
		return true
	}
	return false
}

// settles is how long the youngest rows of a figure need to have their chance.
func settles(d *catalogue.Definition) time.Duration {
	s, err := catalogue.ParseSpan(d.Window.Settle)
	if err != nil { // nothing, for the catalogue is valid
		return 0
	}
	return time.Duration(s.Seconds) * time.Second
}

// settled is when a month's rows have had their chance, or what is known today.
func settled(at store.Point, wait time.Duration) store.Point {
	at.AsOf = at.AsOf.Add(wait)
	if at.AsOf.After(at.KnownAt) {
		at.AsOf = at.KnownAt
	}
	return at
}

// monthEngine measures at an instant what has happened since the first second
// of a month, less what needs to settle. Targets are for the year.
func (a *App) monthEngine(start, asOf time.Time) *kpi.Engine {
	parts := a.Parts()
	decided := parts.Decisions
	decided.Targets, decided.Waivers = nil, nil
	length := strconv.FormatInt(asOf.Unix()-start.Unix(), 10) + "s"
	var c catalogue.Catalogue
	c.Views = parts.Catalogue.Views
	for _, d := range parts.Catalogue.KPIs {
		if !inMonths(&d) {
			continue
		}
		w := *d.Window
		w.Length = length
		d.Window, d.Breakdowns, d.Split, d.Buckets = &w, nil, nil, nil
		d.Also = slices.DeleteFunc(slices.Clone(d.Also), func(p catalogue.AlsoPart) bool { return p.Window != nil })
		c.KPIs = append(c.KPIs, d)
	}
	return kpi.New(c, decided, a.store, kpi.WithDeadline(kpiDeadline))
}

// disruptionsOf lists the stretches without the network in a month.
func (a *App) disruptionsOf(ctx context.Context, start time.Time, at store.Point) ([]compose.Disruption, error) {
	if !a.HasKPI(disruptedKPI) {
		return nil, nil
	}
	const most = 10_000
	f, err := a.monthEngine(start, at.AsOf).ExplainWith(ctx, disruptedKPI, at, kpi.ExplainOptions{Limit: most})
	if errors.Is(err, kpi.ErrUnknownKPI) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []compose.Disruption
	for _, r := range f.Evidence {
		d := compose.Disruption{Spot: r.Columns["spot"]}
		if d.Users, err = strconv.ParseInt(r.Columns["users"], 10, 64); err != nil {
			continue // nobody knows how many were there
		}
		if d.From, err = minute(r.Columns["started_at"]); err != nil {
			return nil, err
		}
		if d.To, err = minute(r.Columns["ended_at"]); err != nil {
			return nil, err
		}
		if !d.From.Before(start) {
			out = append(out, d)
		}
	}
	return out, nil
}

// minute reads an instant as rows show it.
func minute(s string) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", s, calendar.Location())
}
