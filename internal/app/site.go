package app

import (
	"context"
	"errors"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Catalogue returns the definitions in force.
func (a *App) Catalogue() catalogue.Catalogue { return a.Parts().Catalogue }

// Facts returns what stood at the last evaluation.
func (a *App) Facts(ctx context.Context) (web.Facts, error) {
	parts, now := a.Parts(), a.now()
	f := web.Facts{Municipality: parts.Config.Municipality, Version: a.version, Demo: parts.Config.Demo, Whole: parts.wholeUnits()}
	last := a.last.Load()
	if last == nil {
		return f, nil
	}
	f.EvaluatedAt = last.at.AsOf
	for _, s := range last.shown.Sources {
		f.Sources = append(f.Sources, web.SourceFacts{SourceState: s, Late: late(s, now), Failing: failure(s)})
	}
	for _, s := range last.shown.NextSteps {
		f.NextSteps = append(f.NextSteps, web.NextStep{KPI: s.KPI, OrgUnit: s.OrgUnit, Rows: s.Rows, Score: s.Score})
	}
	var err error
	f.Began, err = a.beganAt(ctx)
	return f, err
}

// beganAt is when anything was first collected. It does not change once it is known.
func (a *App) beganAt(ctx context.Context) (time.Time, error) {
	if at := a.began.Load(); at != nil {
		return *at, nil
	}
	at, err := a.store.Began(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return at, nil
	}
	if err == nil {
		a.began.Store(&at)
	}
	return at, err
}

// Unmapped lists the names that lead to nothing, with the closest known ones.
func (a *App) Unmapped(ctx context.Context) ([]web.NameGroup, error) {
	unmapped, err := a.store.Unmapped(ctx)
	if err != nil || len(unmapped) == 0 {
		return nil, err
	}
	known, err := a.knownNames(ctx)
	if err != nil {
		return nil, err
	}
	var out []web.NameGroup
	for _, g := range groupNames(unmapped, known) {
		w := web.NameGroup{Title: g.Title(), Names: g.Names, Records: g.Records, Unclear: g.Unclear}
		for _, u := range g.Most {
			w.Most = append(w.Most, web.UnmappedName{Source: u.Source, Name: u.Name, Closest: u.Closest, Records: u.Records, Fits: u.Fits})
		}
		out = append(out, w)
	}
	return out, nil
}

// historyTime is how long a history may take to compute while somebody waits.
// What is not done then is done when it is asked for again.
const historyTime = 2 * time.Second

// History returns a figure at the end of each month, the newest first to be
// computed: the month's published value, else its last evaluation, else what
// the records say of it today.
func (a *App) History(ctx context.Context, q web.HistoryQuery) (h web.History, err error) {
	if !a.HasKPI(q.KPI) {
		return h, store.ErrNotFound
	}
	if err := a.freshPast(ctx); err != nil {
		return h, err
	}
	turn, cancel := context.WithTimeout(ctx, historyTime)
	defer cancel()
	ends := monthEnds(q.From, q.To)
	found := make([]*finding.Finding, len(ends))
	empty := 0 // months without a figure, one after the other
	for i := len(ends) - 1; i >= 0; i-- {
		f, kept, err := a.atMonth(ctx, turn, q, ends[i], empty < emptyMonths)
		switch {
		case errors.Is(err, store.ErrNotFound):
			h.Unfinished = h.Unfinished || empty < emptyMonths
			continue
		case err != nil:
			return h, err
		}
		if empty++; kept || f.Value != nil {
			empty = 0
		}
		if f.Value != nil || empty < emptyMonths {
			found[i] = &f
		}
	}
	for _, f := range found {
		if f != nil {
			h.Findings = append(h.Findings, *f)
		}
	}
	return h, nil
}

// emptyMonths is after how many months without a figure no earlier ones are
// computed: what nothing is known of has no figure before either.
const emptyMonths = 2

// atMonth is a figure at the end of a month, and whether it was kept then;
// store.ErrNotFound where it was not and is not to be computed before turn ends.
func (a *App) atMonth(ctx, turn context.Context, q web.HistoryQuery, end time.Time, compute bool) (f finding.Finding, kept bool, err error) {
	f, err = a.store.Newest(ctx, q.KPI, monthStart(end), end)
	if !errors.Is(err, store.ErrNotFound) {
		return f, err == nil, err
	}
	key := pastMonth{q.KPI, end.Unix()}
	f, since, ok := a.past.month(key)
	if ok {
		return f, false, nil
	}
	if m, ok := a.months.get(key); ok && q.OrgUnit == "" { // computed for a forecast, without its breakdown
		return m.finding, false, nil
	}
	if !compute || a.past.take(turn) != nil {
		return f, false, errors.Join(store.ErrNotFound, ctx.Err())
	}
	defer a.past.leave()
	f, err = a.Engine().ExplainWith(ctx, q.KPI, a.complete(store.Point{AsOf: end}), kpi.ExplainOptions{Limit: -1})
	if err == nil {
		f.SQL, f.Previous, f.Forecast, f.Failing = "", nil, nil, nil
		a.past.keepMonth(since, key, f)
	}
	return f, false, err
}

// monthEnds are the last seconds of the months within a stretch of time, and
// its end, oldest first.
func monthEnds(from, to time.Time) []time.Time {
	loc := calendar.Location()
	from, to = from.In(loc), to.In(loc)
	var out []time.Time
	for m := 1; ; m++ {
		end := time.Date(from.Year(), from.Month()+time.Month(m), 1, 0, 0, 0, 0, loc).Add(-time.Second)
		if !end.Before(to) {
			return append(out, to)
		}
		if !end.Before(from) {
			out = append(out, end)
		}
	}
}
