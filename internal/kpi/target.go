package kpi

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// target returns the target in force at as_of for a KPI and an org unit ("" is
// the whole municipality), the one decided last if several are; nil if none.
func (s *session) target(kpi, orgUnit string) *decision.Target {
	return targetAt(s.engine.decisions.Targets, kpi, orgUnit, s.asOf())
}

func targetAt(targets []decision.Target, kpi, orgUnit string, asOf time.Time) *decision.Target {
	var best *decision.Target
	for i := range targets {
		t := &targets[i]
		if t.KPI != kpi || t.OrgUnit != orgUnit || t.State == "superseded" || t.ValidFrom.After(asOf) {
			continue
		}
		if !t.ValidTo.IsZero() && !t.ValidTo.After(asOf) {
			continue
		}
		if best == nil || t.ValidFrom.After(best.ValidFrom) {
			best = t
		}
	}
	return best
}

// cellTarget is the target of a förvaltning: its own, or the municipality's
// where that is a level that applies to every part (a value or a band).
func (s *session) cellTarget(kpi, orgUnit string) *decision.Target {
	return cellTargetAt(s.engine.decisions.Targets, kpi, orgUnit, s.asOf())
}

func cellTargetAt(targets []decision.Target, kpi, orgUnit string, asOf time.Time) *decision.Target {
	if t := targetAt(targets, kpi, orgUnit, asOf); t != nil && orgUnit != "" {
		return t
	}
	if t := targetAt(targets, kpi, "", asOf); t != nil && (t.Kind == "value" || t.Kind == "band") {
		return t
	}
	return nil
}

// UnitTarget is the target that the figure of a förvaltning is held against at
// an instant: its own, or the municipality's where that applies to every part;
// nil where there is none.
func (e *Engine) UnitTarget(kpi, orgUnit string, asOf time.Time) *finding.Target {
	return publicTarget(cellTargetAt(e.decisions.Targets, kpi, orgUnit, asOf))
}

// Units tells the förvaltning of every org unit at a reader's point, and what
// each unit is called.
func (e *Engine) Units(ctx context.Context, r store.Reader) (top, name map[string]string, err error) {
	tree, err := loadOrgTree(ctx, r, e.decisions.Identities, time.Time{})
	return tree.top, tree.name, err
}

// verdict is what a figure means against a target.
type verdict struct {
	outcome finding.Outcome
	pace    string
	level   *int
}

// epsilon keeps 0.1+0.2 from missing a target of 0.3.
const epsilon = 1e-9

// met tells whether a figure reaches a target, and how much of the way it has
// come: 0–1, 1 at the target. ok is false where the target cannot be compared
// with this KPI (a value without a direction).
func met(d *catalogue.Definition, t *decision.Target, a amounts, listed *amounts) (reached bool, way float64, ok bool) {
	v := a.value
	if d.Shape == catalogue.Progress { // the figure is itself the way to the target
		if v == nil {
			return false, 0, false
		}
		return *v >= 1-epsilon, clamp(*v), true
	}
	switch t.Kind {
	case "count":
		if d.Unit == "share" && a.num != nil {
			v = a.num
		}
	case "list":
		if listed == nil || listed.value == nil {
			return false, 0, false
		}
		return *listed.value >= 1-epsilon, *listed.value, true
	case "yes_no":
		if v == nil {
			return false, 0, false
		}
		want := t.Value == nil || *t.Value != 0
		reached = (*v > 0) == want
		return reached, boolWay(reached), true
	case "band":
		if v == nil || t.Low == nil && t.High == nil {
			return false, 0, false
		}
		return band(t, *v)
	}
	if v == nil || t.Value == nil {
		return false, 0, false
	}
	goal := *t.Value
	switch d.Direction {
	case "up":
		reached = *v >= goal-epsilon
	case "down":
		reached = *v <= goal+epsilon
	default:
		return false, 0, false
	}
	return reached, wayTo(d.Direction, t.Base, *v, goal, reached), true
}

func boolWay(reached bool) float64 {
	if reached {
		return 1
	}
	return 0
}

// wayTo is the share of the way to a target: from the base where one is
// decided; without one from nothing upwards, or as target ÷ value downwards.
func wayTo(direction string, base *float64, v, goal float64, reached bool) float64 {
	switch {
	case reached:
		return 1
	case base != nil && *base != goal:
		return clamp((v - *base) / (goal - *base))
	case direction == "up" && goal > 0:
		return clamp(v / goal)
	case direction == "down" && v > 0:
		return clamp(goal / v)
	}
	return 0
}

func clamp(v float64) float64 { return math.Max(0, math.Min(1, v)) }

// band: inside is met; outside, the way is how far the figure is from the
// nearest bound, as a share of that bound.
func band(t *decision.Target, v float64) (bool, float64, bool) {
	nearest := 0.0
	switch {
	case t.Low != nil && v < *t.Low-epsilon:
		nearest = *t.Low
	case t.High != nil && v > *t.High+epsilon:
		nearest = *t.High
	default:
		return true, 1, true
	}
	if nearest == 0 {
		return false, 0, true
	}
	return false, clamp(1 - math.Abs(v-nearest)/math.Abs(nearest)), true
}

// level is the målnivå. It exists only where there is a target:
//
//	0  there is no figure
//	1  less than half of the way to the target
//	2  half to 80 percent of the way
//	3  80 percent of the way or more
//	4  the target is met
func level(hasValue, reached bool, way float64) *int {
	l := 0
	switch {
	case !hasValue:
	case reached:
		l = 4
	case way >= 0.8-epsilon:
		l = 3
	case way >= 0.5-epsilon:
		l = 2
	default:
		l = 1
	}
	return &l
}

// weigh holds a figure against a target. A target whose day is ahead is met or
// not due; pace says whether a straight line from the base would be here by now.
func (s *session) weigh(ctx context.Context, r store.Reader, d *catalogue.Definition, t *decision.Target, a amounts, listed *amounts) (verdict, error) {
	if t == nil {
		return verdict{outcome: finding.Measured}, nil
	}
	reached, way, ok := met(d, t, a, listed)
	if !ok {
		return verdict{outcome: finding.Measured}, nil
	}
	v := verdict{level: level(true, reached, way)}
	due, hasDue := endOfDay(t.Due, s.location())
	switch {
	case reached:
		v.outcome = finding.Met
	case hasDue && due.After(s.asOf()):
		v.outcome, v.pace = finding.NotDue, s.pace(t, due, way)
	default:
		v.outcome = finding.NotMet
		partly, err := s.partly(ctx, r, d, t, a)
		if err != nil {
			return v, err
		}
		if partly {
			v.outcome = finding.Partly
		}
	}
	return v, nil
}

// pace compares the way gone with the time gone, where the decision says where
// and when the way starts. Elsewhere the forecast tells.
func (s *session) pace(t *decision.Target, due time.Time, way float64) string {
	if t.Base == nil || t.BaseDate.IsZero() || !due.After(t.BaseDate) {
		return ""
	}
	gone := clamp(float64(s.asOf().Sub(t.BaseDate)) / float64(due.Sub(t.BaseDate)))
	if way >= gone-epsilon {
		return "on_pace"
	}
	return "behind"
}

// partly asks the definition's own bound, an expression over value and target.
func (s *session) partly(ctx context.Context, r store.Reader, d *catalogue.Definition, t *decision.Target, a amounts) (bool, error) {
	if d.Partly == "" || a.value == nil {
		return false, nil
	}
	e, err := expr.Check(d.Partly, expr.Scope{Values: []string{"value", "target"}})
	if err != nil {
		return false, fmt.Errorf("partly: %w", err)
	}
	if !e.IsCondition() {
		return false, fmt.Errorf("partly: %q is a value where a condition is wanted", d.Partly)
	}
	goal := "NULL"
	if t.Value != nil {
		goal = number(*t.Value)
	}
	v, err := s.one(ctx, r, usage{}, "SELECT CASE WHEN "+e.SQL()+" THEN 1 ELSE 0 END FROM (SELECT "+number(*a.value)+" AS value, "+goal+" AS target) AS figure")
	if err != nil {
		return false, fmt.Errorf("partly: %w", err)
	}
	return v != nil && *v == 1, nil
}

// publicTarget is a target as a finding shows it.
func publicTarget(t *decision.Target) *finding.Target {
	if t == nil {
		return nil
	}
	out := t.Target
	out.List = slices.Clone(t.List)
	return &out
}
