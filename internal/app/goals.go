package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Goals lists the goals of the strategy as they stood at a point, overdue ones
// first; the zero point is the last evaluation.
func (a *App) Goals(ctx context.Context, at store.Point) ([]followup.Row, error) {
	goals, _, err := a.followUp(ctx, at)
	return goals, err
}

// Recommendations lists what auditors have recommended like Goals.
func (a *App) Recommendations(ctx context.Context, at store.Point) ([]followup.Row, error) {
	_, recommendations, err := a.followUp(ctx, at)
	return recommendations, err
}

// Followed lists both for the pages.
func (a *App) Followed(ctx context.Context, at store.Point) (f web.Followed, err error) {
	f.Goals, f.Recommendations, err = a.followUp(ctx, at)
	return f, err
}

func (a *App) followUp(ctx context.Context, at store.Point) (goals, recommendations []followup.Row, err error) {
	fs, err := a.Findings(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	if last := a.last.Load(); last != nil && at == (store.Point{}) {
		at = last.at
	}
	return a.FollowUp(ctx, at, fs)
}

// FollowUp lists the goals and the recommendations at a point with the figures
// that are known of it already.
func (a *App) FollowUp(ctx context.Context, at store.Point, fs []finding.Finding) (goals, recommendations []followup.Row, err error) {
	at = a.complete(at)
	r, err := a.store.OpenReader(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for _, of := range []struct {
		kind, decided string
		into          *[]followup.Row
	}{{"goal", "adopted_at", &goals}, {"audit_recommendation", "issued_at", &recommendations}} {
		if *of.into, err = a.followed(ctx, r, of.kind, of.decided, fs); err != nil {
			return nil, nil, fmt.Errorf("read the %ss to follow up: %w", of.kind, err)
		}
	}
	return goals, recommendations, nil
}

// followed reads the records of one kind; decided names the field of the day
// from which they are open.
func (a *App) followed(ctx context.Context, r store.Reader, kind, decided string, fs []finding.Finding) ([]followup.Row, error) {
	asOf := r.Point().AsOf.In(calendar.Location())
	top, name, err := a.Engine().Units(ctx, r)
	if err != nil {
		return nil, err
	}
	var out []followup.Row
	err = rows(ctx, r, []string{"control"}, `SELECT control.id, coalesce(reference, ''), coalesce(control.name, ''), coalesce(subject, ''),
		coalesce(org_unit, ''), coalesce(org_unit_raw, ''),
		coalesce(auditor, ''), coalesce(responsible_role, ''), coalesce(decision_ref, ''), coalesce(`+decided+`, 0), coalesce(next_due, 0), coalesce(closed_at, 0),
		coalesce(status, ''), coalesce(measured_by, ''), coalesce(control.place, '')
		FROM control WHERE control.kind = ? AND coalesce(`+decided+`, 0) <= ? ORDER BY control.id`, func(scan func(...any) error) error {
		var w followup.Row
		var from, due, done int64
		if err := scan(&w.ID, &w.Reference, &w.Title, &w.Subject, &w.OrgUnit, &w.OrgUnitName, &w.Auditor, &w.Owner, &w.Decision, &from, &due, &done, &w.Status, &w.MeasuredBy, &w.Place); err != nil {
			return err
		}
		w.Decided, w.Due, w.Done = dayOf(from), dayOf(due), dayOf(done)
		w.OrgUnit = cmp.Or(top[w.OrgUnit], w.OrgUnit)
		w.OrgUnitName = cmp.Or(name[w.OrgUnit], w.OrgUnitName)
		w.Judge(asOf)
		w.Measure = a.measureOf(&w, fs, asOf)
		out = append(out, w)
		return nil
	}, kind, followup.EndOfDay(asOf).Unix())
	followup.Sort(out)
	return out, err
}

// measureOf is the figure that a row is measured by, of its förvaltning where
// that is known.
func (a *App) measureOf(w *followup.Row, fs []finding.Finding, asOf time.Time) *finding.Finding {
	i := slices.IndexFunc(fs, func(f finding.Finding) bool { return f.KPI == w.MeasuredBy })
	if i < 0 || w.MeasuredBy == "" {
		return nil
	}
	f := fs[i]
	if own, ok := followup.OfUnit(f, w.OrgUnit, a.Engine().UnitTarget(f.KPI, w.OrgUnit, asOf)); ok {
		f, w.MeasuredOwn = own, true
	}
	return &f
}

func dayOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).In(calendar.Location())
}
