package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// ErrNoReport is wrapped where a report cannot be made of what is asked for: an
// unknown kind, förvaltning or month.
var ErrNoReport = errors.New("rapporten finns inte")

// ReportRequest says which report is wanted.
type ReportRequest struct {
	Kind    string      // one of compose.Kinds
	OrgUnit string      // id, of the report of a förvaltning
	Month   string      // "2026-10", of a month's report; "" is the last whole month
	At      store.Point // zero is now
}

// Report makes a report of what is known at a point.
func (a *App) Report(ctx context.Context, req ReportRequest) (document.Document, error) {
	if !slices.Contains(compose.Kinds(), req.Kind) {
		return document.Document{}, fmt.Errorf("%w: %q", ErrNoReport, req.Kind)
	}
	if req.Kind == compose.Monthly {
		in, m, err := a.monthInput(ctx, req)
		in.Made = a.now()
		return compose.ForMonth(in, m), err
	}
	in, err := a.reportInput(ctx, req.At)
	if err != nil {
		return document.Document{}, err
	}
	in.Made = a.now()
	return a.compose(ctx, req, in)
}

func (a *App) compose(ctx context.Context, req ReportRequest, in compose.Input) (d document.Document, err error) {
	switch req.Kind {
	case compose.Audit:
		goals, recommendations, err := a.FollowUp(ctx, in.At, in.Findings)
		if err != nil {
			return d, err
		}
		return compose.ForAuditors(in, goals, recommendations), nil
	case compose.Own:
		return a.ownReport(ctx, req.OrgUnit, in)
	default:
		return compose.ForLeadership(in), nil
	}
}

// reportInput is what every report is made of. In the daemon the figures of now
// are at hand and it looks back by itself; beside it they are measured once, and
// judged again when the months before are known.
func (a *App) reportInput(ctx context.Context, at store.Point) (in compose.Input, err error) {
	if last := a.last.Load(); last != nil && at == (store.Point{}) {
		return a.inputOf(ctx, at, last.findings)
	}
	if err := a.freshPast(ctx); err != nil {
		return in, err
	}
	fs, since, ok := a.past.day(at)
	point, figures := a.complete(at), kpi.NewEvaluator(a.Engine(), a.store)
	if !ok {
		if fs, err = a.evaluatePast(ctx, figures, pastPoint{at, point, since}); err != nil {
			return in, err
		}
	}
	news, err := a.lookBackFrom(ctx, point, fs)
	if err == nil && news {
		fs, err = a.evaluatePast(ctx, figures, pastPoint{at, point, since})
	}
	if err != nil {
		return in, err
	}
	return a.inputOf(ctx, at, fs)
}

// pastPoint is a point that was asked for, and what it stands for.
type pastPoint struct {
	asked, at store.Point
	since     int // see past.day
}

// evaluatePast evaluates a point in its turn and keeps the figures under the
// point that was asked for.
func (a *App) evaluatePast(ctx context.Context, figures *kpi.Evaluator, p pastPoint) ([]finding.Finding, error) {
	if err := a.past.take(ctx); err != nil {
		return nil, err
	}
	defer a.past.leave()
	fs, err := figures.Evaluate(ctx, p.at)
	if err == nil {
		a.past.keepDay(p.since, p.asked, fs)
	}
	return fs, err
}

// inputOf is what reports are made of where the figures are at hand.
func (a *App) inputOf(ctx context.Context, at store.Point, fs []finding.Finding) (in compose.Input, err error) {
	parts := a.Parts()
	if len(fs) > 0 && at == (store.Point{}) {
		at = store.Point{AsOf: fs[0].AsOf, KnownAt: fs[0].KnownAt}
	}
	in = compose.Input{
		Municipality: parts.Config.Municipality, Version: a.version, Demo: parts.Config.Demo,
		At: a.complete(at), Catalogue: parts.Catalogue, Findings: fs,
	}
	names := map[string]string{}
	for _, id := range parts.Decisions.Identities {
		if id.Scheme == "org_unit" {
			names[id.ID] = id.Name
		}
	}
	in.Steps = nextstep.Rank(nextstep.Input{Definitions: parts.Catalogue.KPIs, Findings: fs, Tiers: parts.Decisions.Tiers, OrgUnits: names})
	if in.Sources, err = a.sources(ctx); err != nil {
		return in, err
	}
	if in.Began, err = a.beganAt(ctx); err != nil {
		return in, err
	}
	in.Before, err = a.compared(ctx, fs)
	return in, err
}

// aimed lists the figures with a decided target for the whole municipality.
func (a *App) aimed() []string {
	var out []string
	for _, t := range a.Parts().Decisions.Targets {
		if t.OrgUnit == "" && !slices.Contains(out, t.KPI) {
			out = append(out, t.KPI)
		}
	}
	return out
}

// lookBackFrom computes the months that the figures of a point are compared
// with and forecast from, as far as nobody has: a year ago for those that
// reports say in a sentence, the last month for those with a target, and the
// eleven before it for those that are to reach theirs. It tells whether it
// computed any.
func (a *App) lookBackFrom(ctx context.Context, at store.Point, fs []finding.Finding) (news bool, err error) {
	parts, now, aimed := a.Parts(), a.now(), a.aimed()
	var told, ahead []string
	for i := range parts.Catalogue.KPIs {
		if d := &parts.Catalogue.KPIs[i]; d.Sentence.SV != "" || slices.Contains(aimed, d.ID) {
			told = append(told, d.ID)
		}
	}
	for i := range fs {
		if fs[i].Forecast != nil && slices.Contains(aimed, fs[i].KPI) {
			ahead = append(ahead, fs[i].KPI)
		}
	}
	for i, end := range kpi.MonthEnds(at.AsOf, lookBackMonths+1, calendar.Location()) {
		ids := ahead
		switch i {
		case 0:
			ids = aimed
		case lookBackMonths:
			ids = told
		}
		lack, err := a.lacking(ctx, ids, end, now)
		if err != nil {
			return news, err
		}
		if len(lack) > 0 {
			if _, err := a.computeMonth(ctx, end, now, lack); err != nil {
				return news, err
			}
			news = true
		}
	}
	return news, nil
}

// lacking lists the figures of a month that are neither stored nor remembered.
func (a *App) lacking(ctx context.Context, ids []string, end, now time.Time) (lack []string, err error) {
	for _, id := range ids {
		known, _, err := a.knownMonth(ctx, id, end, now)
		if err != nil {
			return nil, err
		}
		if !known {
			lack = append(lack, id)
		}
	}
	return lack, nil
}

// compared are the earlier figures that the figures are held against, with what
// they were counted from.
func (a *App) compared(ctx context.Context, fs []finding.Finding) ([]finding.Finding, error) {
	var out []finding.Finding
	for _, f := range fs {
		if f.Previous == nil || f.Previous.Value == nil {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, f.Previous.AsOf, calendar.Location())
		if err != nil {
			return nil, err
		}
		old, err := a.store.Newest(ctx, f.KPI, day, day.AddDate(0, 0, 1))
		if errors.Is(err, store.ErrNotFound) {
			old, err = monthly{app: a}.Month(ctx, f.KPI, day.AddDate(0, 0, 1).Add(-time.Second))
		}
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, old)
	}
	return out, nil
}

// snapshotReports are the reports that lie in a snapshot. They say nothing of
// when they are made, and stand on the figures of the snapshot alone.
func (a *App) snapshotReports(ctx context.Context, at store.Point, fs []finding.Finding) ([]snapshot.Attachment, error) {
	in, err := a.inputOf(ctx, at, fs)
	if err != nil {
		return nil, err
	}
	var out []snapshot.Attachment
	for _, kind := range []string{compose.Leadership, compose.Audit} {
		d, err := a.compose(ctx, ReportRequest{Kind: kind, At: at}, in)
		if err != nil {
			return nil, fmt.Errorf("report %s: %w", kind, err)
		}
		for _, format := range []string{FormatHTML, FormatPDF} {
			out = append(out, snapshot.Attachment{Name: kind + "." + format, Write: func(w io.Writer) error { return RenderReport(w, d, format) }})
		}
	}
	return out, nil
}
