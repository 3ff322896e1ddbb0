package app

import (
	"context"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/strategy"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// StrategyFacts is what the status texts of a strategy are made of at a point.
func (a *App) StrategyFacts(ctx context.Context, at store.Point) (strategy.Facts, error) {
	at = a.complete(at)
	fs, err := a.Findings(ctx, at)
	if err != nil {
		return strategy.Facts{}, err
	}
	parts := a.Parts()
	f := strategy.Facts{AsOf: at.AsOf.In(calendar.Location()), Findings: fs, Catalogue: parts.Catalogue}
	if f.Goals, f.Recommendations, err = a.FollowUp(ctx, at, fs); err != nil {
		return f, err
	}
	engine := a.Engine()
	f.Target = func(kpi, unit string) *finding.Target { return engine.UnitTarget(kpi, unit, at.AsOf) }
	for _, id := range parts.Decisions.Identities {
		if id.Scheme != "org_unit" {
			continue
		}
		u := strategy.Unit{ID: id.ID, Name: id.Name}
		for _, al := range id.Aliases {
			u.Others = append(u.Others, al.Name)
		}
		f.Units = append(f.Units, u)
	}
	for i := range fs {
		for _, c := range fs[i].Breakdown {
			if c.Dimension == "org_unit" && c.Key != "" && !slices.ContainsFunc(f.Units, func(u strategy.Unit) bool { return u.ID == c.Key }) {
				f.Units = append(f.Units, strategy.Unit{ID: c.Key, Name: c.Label})
			}
		}
	}
	return f, nil
}
