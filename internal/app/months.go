package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// A closed month is evaluated once, when it has closed, and published for ever.
// Months from before the daemon came are computed from what the records say of
// them today, for the figures that are to reach a target and once for a year
// ago. They are not published, only remembered for a while: an older list that
// is read in later changes them.
const (
	lookBackMonths = 12
	lookBackEvery  = time.Hour
	rememberFor    = 24 * time.Hour
)

// months remembers figures that were computed for the ends of months
// afterwards. It is safe for concurrent use.
type months struct {
	mu    sync.Mutex
	parts *Parts
	at    map[pastMonth]afterwards
}

type afterwards struct {
	finding finding.Finding
	made    time.Time
}

func (m *months) get(k pastMonth) (afterwards, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.at[k]
	return f, ok
}

func (m *months) keep(parts *Parts, k pastMonth, f finding.Finding, now time.Time) {
	f.Previous, f.Forecast, f.Failing, f.Breakdown, f.SQL = nil, nil, nil, nil, ""
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at == nil || m.parts != parts {
		m.parts, m.at = parts, map[pastMonth]afterwards{}
	}
	m.at[k] = afterwards{f, now}
}

// monthly is what the engine asks for figures at the ends of months.
type monthly struct {
	app    *App
	stored bool // what is only remembered is left out
}

// Month returns what was published or stored of a month, else what was computed
// for it afterwards.
func (m monthly) Month(ctx context.Context, id string, end time.Time) (finding.Finding, error) {
	stored, err := m.app.store.Newest(ctx, id, monthStart(end), end)
	if err != nil && !errors.Is(err, store.ErrNotFound) || err == nil && stored.Value != nil {
		return stored, err
	}
	if m.stored {
		return stored, err
	}
	if f, ok := m.app.months.get(pastMonth{id, end.Unix()}); ok {
		return f.finding, nil
	}
	return stored, err
}

func monthStart(end time.Time) time.Time {
	t := end.In(calendar.Location())
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

// lookBack publishes the months that have closed, and computes what the
// forecasts and the comparison with a year ago lack. It tells whether anything
// came of it that the next evaluation shows.
func (a *App) lookBack(ctx context.Context) (news bool, err error) {
	last := a.last.Load()
	if last == nil {
		return false, nil
	}
	now := a.now()
	if news, err = a.publishMonths(ctx, now); err != nil {
		return news, err
	}
	ends := kpi.MonthEnds(now, lookBackMonths+1, calendar.Location())
	empty := map[string]bool{} // what has no figure at the end of a month has none before it
	for i, end := range ends {
		var ids []string
		for j := range last.findings {
			f := &last.findings[j]
			if yearAgo := i == lookBackMonths; f.Value == nil || f.Suppressed || empty[f.KPI] || !yearAgo && f.Forecast == nil {
				continue
			}
			known, value, err := a.knownMonth(ctx, f.KPI, end, now)
			if err != nil {
				return news, err
			}
			empty[f.KPI] = known && !value
			if !known {
				ids = append(ids, f.KPI)
			}
		}
		if len(ids) == 0 {
			continue
		}
		fs, err := a.computeMonth(ctx, end, now, ids)
		if err != nil {
			return news, err
		}
		for _, f := range fs {
			empty[f.KPI] = f.Value == nil
			news = news || f.Value != nil
		}
	}
	return news, nil
}

// knownMonth tells whether a figure of a month is stored or remembered, and
// whether there is a value.
func (a *App) knownMonth(ctx context.Context, id string, end, now time.Time) (known, value bool, err error) {
	f, err := a.store.Newest(ctx, id, monthStart(end), end)
	if err == nil && f.Value != nil {
		return true, true, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, false, err
	}
	m, ok := a.months.get(pastMonth{id, end.Unix()})
	if !ok || now.Sub(m.made) > rememberFor {
		return false, false, nil
	}
	return true, m.finding.Value != nil, nil
}

// computeMonth evaluates some figures for the end of a month and remembers them.
func (a *App) computeMonth(ctx context.Context, end, now time.Time, ids []string) ([]finding.Finding, error) {
	if err := a.past.take(ctx); err != nil {
		return nil, err
	}
	defer a.past.leave()
	parts := a.Parts()
	fs, err := a.Engine().EvaluateTotals(ctx, store.Point{AsOf: end, KnownAt: now}, ids...)
	if err != nil {
		return nil, fmt.Errorf("look back to %s: %w", end.Format(time.DateOnly), err)
	}
	for _, f := range fs {
		a.months.keep(parts, pastMonth{f.KPI, end.Unix()}, f, now)
	}
	return fs, nil
}

// rememberMonth remembers figures that were evaluated for the end of a month, as
// known now: an export of many months so forecasts each from those before it.
func (a *App) rememberMonth(at store.Point, fs []finding.Finding) {
	end := kpi.MonthEnds(at.AsOf.Add(time.Second), 1, calendar.Location())[0]
	if !at.KnownAt.IsZero() || !end.Equal(at.AsOf) {
		return
	}
	parts, now := a.Parts(), a.now()
	for _, f := range fs {
		if f.Value != nil && !f.Suppressed {
			a.months.keep(parts, pastMonth{f.KPI, end.Unix()}, f, now)
		}
	}
}

// publishMonths evaluates the months that closed while the store was in use and
// that nobody has published, oldest first. A month that ended before the first
// evaluation is not published.
func (a *App) publishMonths(ctx context.Context, now time.Time) (news bool, err error) {
	parts := a.Parts()
	if len(parts.Catalogue.KPIs) == 0 {
		return false, nil
	}
	ends := kpi.MonthEnds(now, lookBackMonths, calendar.Location())
	slices.Reverse(ends)
	inUse := false
	for _, end := range ends {
		if !inUse {
			_, err := a.store.Findings(ctx, store.Point{AsOf: end})
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return news, err
			}
			inUse = true
		}
		if _, err := a.store.Newest(ctx, parts.Catalogue.KPIs[0].ID, end, end); !errors.Is(err, store.ErrNotFound) {
			if err != nil {
				return news, err
			}
			continue
		}
		if err := a.publishMonth(ctx, store.Point{AsOf: end, KnownAt: now}); err != nil {
			return news, fmt.Errorf("publish %s: %w", end.Format("2006-01"), err)
		}
		a.log.Info("published", "month", end.Format("2006-01"))
		news = true
	}
	return news, nil
}

func (a *App) publishMonth(ctx context.Context, at store.Point) error {
	if err := a.past.take(ctx); err != nil {
		return err
	}
	defer a.past.leave()
	fs, err := a.Engine().Evaluate(ctx, at)
	if err != nil {
		return err
	}
	return a.store.SaveFindings(ctx, at, fs)
}

// lookBackFor computes the months that the forecast of one figure lacks, for
// whoever asks about it beside the daemon.
func (a *App) lookBackFor(ctx context.Context, id string) error {
	if !slices.ContainsFunc(a.Parts().Decisions.Targets, func(t decision.Target) bool { return t.KPI == id }) {
		return nil
	}
	now := a.now()
	for _, end := range kpi.MonthEnds(now, lookBackMonths+1, calendar.Location()) {
		known, value, err := a.knownMonth(ctx, id, end, now)
		if err != nil {
			return err
		}
		if !known {
			fs, err := a.computeMonth(ctx, end, now, []string{id})
			if err != nil {
				return err
			}
			value = len(fs) > 0 && fs[0].Value != nil
		}
		if !value {
			return nil // then there is none before it either
		}
	}
	return nil
}

// LookBack looks back once and evaluates anew if anything came of it.
func (a *App) LookBack(ctx context.Context) error {
	news, err := a.lookBack(ctx)
	if err != nil || !news {
		return err
	}
	return a.Evaluate(ctx)
}

// keepLookingBack looks back after the first evaluation and then now and then.
func (a *App) keepLookingBack(ctx context.Context) {
	for wait(ctx, settleTime) && a.last.Load() == nil { // the first evaluation runs
	}
	var written time.Time
	for ctx.Err() == nil {
		news, err := a.lookBack(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.Error("looking back", "err", err)
		}
		if news {
			a.noteApplied()
		}
		a.publishOpenData(ctx, &written)
		if !wait(ctx, lookBackEvery) {
			return
		}
	}
}
