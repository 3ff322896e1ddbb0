package kpi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// periods are the earlier instants that a figure is held against, the first
// that has one wins. A stored figure may be slack older than the instant.
func periods() []struct {
	name  string
	span  catalogue.Span
	slack time.Duration
} {
	return []struct {
		name  string
		span  catalogue.Span
		slack time.Duration
	}{{"year", catalogue.Span{Months: 12}, 31 * 24 * time.Hour}, {"month", catalogue.Span{Months: 1}, 7 * 24 * time.Hour}}
}

// previous adds the same figure a year earlier, else a month, from what was
// stored then.
func (s *session) previous(ctx context.Context, d *catalogue.Definition, out *finding.Finding) error {
	h := s.engine.history
	if h == nil || out.Value == nil || out.Suppressed {
		return nil
	}
	for _, p := range periods() {
		at := p.span.Before(out.AsOf, s.location())
		old, ok, err := s.earlier(ctx, d.ID, at, p.slack)
		if err != nil {
			return fmt.Errorf("kpi %s: history: %w", d.ID, err)
		}
		if !ok {
			continue
		}
		word := finding.Trend(d.Direction, &old, out)
		if broken(s.breaks(d.ID, out.Sources), old.AsOf, out.AsOf) {
			word = "not_comparable"
		}
		out.Previous = &finding.Previous{Period: p.name, Value: old.Value, AsOf: old.AsOf.In(s.location()).Format("2006-01-02"), Trend: word}
		return nil
	}
	return nil
}

// earlier finds the figure of an instant: what was stored then or shortly
// before, else what was computed afterwards for the end of the month before.
func (s *session) earlier(ctx context.Context, id string, at time.Time, slack time.Duration) (finding.Finding, bool, error) {
	shown := func(f *finding.Finding) bool { return f.Value != nil && !f.Suppressed && f.Outcome.HasValue() }
	f, err := s.engine.history.Newest(ctx, id, at.Add(-slack), at.Add(time.Hour))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return f, false, err
	}
	if err == nil && shown(&f) {
		return f, true, nil
	}
	end := MonthEnds(at, 1, s.location())[0]
	if s.engine.months == nil || at.Sub(end) > slack {
		return f, false, nil
	}
	f, err = s.engine.months.Month(ctx, id, end)
	if errors.Is(err, store.ErrNotFound) {
		return f, false, nil
	}
	return f, err == nil && shown(&f), err
}
