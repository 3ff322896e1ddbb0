package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

const (
	ownLists  = 12    // work lists of a förvaltning's report
	ownFailed = 1_000 // rows of each, of which the most important are printed
)

// ownReport is the report of a förvaltning.
func (a *App) ownReport(ctx context.Context, unit string, in compose.Input) (d document.Document, err error) {
	u := compose.Department{ID: unit, Order: nextstep.Tiers(a.Parts().Decisions.Tiers)}
	if u.Name, err = unitName(unit, in.Findings, a.Parts().wholeUnits()); err != nil {
		return d, err
	}
	score := map[string]float64{}
	for _, s := range in.Steps.Of(unit) {
		score[s.KPI] = s.Score
	}
	for _, id := range nextstep.Work(in.Catalogue.KPIs, in.Findings, unit, score) {
		if len(u.Work) == ownLists {
			break
		}
		f, err := a.Explain(ctx, web.Query{KPI: id, At: in.At, OrgUnit: unit, Limit: ownFailed, Failing: true})
		if err != nil {
			return d, err
		}
		u.Work = append(u.Work, f)
	}
	if u.Tiers, err = a.tiersOf(ctx, in.At); err != nil {
		return d, err
	}
	return compose.ForDepartment(in, u), nil
}

// wholeUnits are the org units that are the municipality itself: they have rows
// of their own in breakdowns and are no förvaltning.
func (p *Parts) wholeUnits() (out []string) {
	for _, d := range p.Decisions.Identities {
		if d.Scheme == "org_unit" && d.Kind == "kommun" && !slices.Contains(out, d.ID) {
			out = append(out, d.ID)
		}
	}
	return out
}

// unitNames are the förvaltningar that figures tell of, by id, with what people
// call them.
func unitNames(fs []finding.Finding, whole []string) map[string]string {
	names := map[string]string{}
	for _, f := range fs {
		for _, c := range f.Breakdown {
			if c.Dimension == "org_unit" && c.Key != "" && !slices.Contains(whole, c.Key) {
				names[c.Key] = cmp.Or(c.Label, c.Key)
			}
		}
	}
	return names
}

// unitName is what an org unit is called; the error names the closest förvaltning.
func unitName(unit string, fs []finding.Finding, whole []string) (string, error) {
	if name := unitNames(fs, nil)[unit]; name != "" {
		return name, nil
	}
	ids := slices.Sorted(maps.Keys(unitNames(fs, whole)))
	if unit == "" {
		return "", fmt.Errorf("%w: säg vilken förvaltning; de som har siffror är %s", ErrNoReport, strings.Join(ids, ", "))
	}
	if near := closest.Name(unit, ids); near != "" {
		return "", fmt.Errorf("%w: ingen förvaltning har beteckningen %q; menade du %s?", ErrNoReport, unit, near)
	}
	return "", fmt.Errorf("%w: ingen förvaltning har beteckningen %q", ErrNoReport, unit)
}

// tiersOf is how important each system is at a point.
func (a *App) tiersOf(ctx context.Context, at store.Point) (out map[string]string, err error) {
	r, err := a.store.OpenReader(ctx, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	out = map[string]string{}
	err = rows(ctx, r, []string{"system"}, "SELECT id, tier FROM system WHERE tier IS NOT NULL", func(scan func(...any) error) error {
		var id, tier string
		if err := scan(&id, &tier); err != nil {
			return err
		}
		out[id] = tier
		return nil
	})
	return out, err
}
