package report

import "github.com/kommunpuls/kommunpuls/internal/nextstep"

// shownSteps is how many of the whole's next steps the page prints.
const shownSteps = 5

// nextView is what makes the most difference next: for the whole, then the
// first step of each förvaltning, and how they are ranked.
type nextView struct {
	Whole, Units []stepView
	Rule         string
}

type stepView struct{ ID, Sentence string }

func (b builder) next() *nextView {
	if len(b.r.Steps.Whole) == 0 {
		return nil
	}
	v := nextView{Rule: b.r.StepRule.SV}
	for _, s := range b.r.Steps.Whole[:min(shownSteps, len(b.r.Steps.Whole))] {
		v.Whole = append(v.Whole, stepOf(s))
	}
	for _, u := range b.r.Steps.OrgUnits {
		if len(u.Steps) > 0 {
			v.Units = append(v.Units, stepOf(u.Steps[0]))
		}
	}
	return &v
}

func stepOf(s nextstep.Step) stepView { return stepView{ID: s.KPI, Sentence: s.Sentence().SV} }
