package web

import (
	"context"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// FollowUp is what the daemon knows of goals and recommendations.
type FollowUp interface {
	// Followed lists them as they stood at a point; the zero point is the last evaluation.
	Followed(ctx context.Context, at store.Point) (Followed, error)
}

// Followed is goals and recommendations with how far they have come.
type Followed struct {
	Goals, Recommendations []followup.Row
	// Withheld, if not nil, says why who asks is not shown the recommendations.
	Withheld *finding.Text
}

// The figures whose rows goals and recommendations are: what may be seen of
// their rows may be seen of these.
const (
	goalsFigure           = "strategy_goal_fulfilment"
	recommendationsFigure = "audit_recommendation_closure"
)

// Followed gives a förvaltning the goals of the whole municipality and its own,
// and the recommendations to itself; a viewer gets no recommendations that may
// be secret.
func (r restricted) Followed(ctx context.Context, at store.Point) (Followed, error) {
	v := VisitorFrom(ctx)
	if !v.May(Read) {
		return Followed{}, ErrForbidden
	}
	f, err := r.inner.Followed(ctx, at)
	if err != nil {
		return Followed{}, err
	}
	f.Goals = visible(v, f.Goals, true)
	f.Recommendations = visible(v, f.Recommendations, false)
	for _, of := range []struct {
		figure string
		rows   *[]followup.Row
	}{{goalsFigure, &f.Goals}, {recommendationsFigure, &f.Recommendations}} {
		if w := r.withhold(v, finding.Finding{KPI: of.figure}).Withheld; w != nil && len(*of.rows) > 0 {
			*of.rows, f.Withheld = nil, w
		}
	}
	return f, nil
}

// visible are the rows that a visitor sees; common tells whether those of the
// whole municipality are for every förvaltning. Figures are those that the
// visitor sees.
func visible(v Visitor, rows []followup.Row, common bool) []followup.Row {
	if v.All() {
		return rows
	}
	out := slices.DeleteFunc(slices.Clone(rows), func(r followup.Row) bool {
		return !v.Sees(r.OrgUnit) && (!common || r.OrgUnit != "" || r.OrgUnitName != "")
	})
	for i := range out {
		if m := out[i].Measure; m != nil && !out[i].MeasuredOwn {
			f := own(v, *m)
			out[i].Measure = &f
		}
	}
	return out
}

// goals is the page of goals and recommendations.
func (s *server) goals(a *asked) (page.View, error) {
	f, err := s.Daemon.Followed(a.Context(), a.at)
	if err != nil {
		return nil, fmt.Errorf("goals and recommendations: %w", err)
	}
	d := page.GoalsData{Goals: f.Goals, Recommendations: f.Recommendations}
	if f.Withheld != nil {
		d.Withheld = a.frame.Text(*f.Withheld)
	}
	return page.NewGoals(a.frame, d), nil
}
