package app

import (
	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
)

// rank ranks the next steps of an evaluation.
func rank(parts *Parts, fs []finding.Finding, units []metrics.OrgUnit) nextstep.Ranking {
	names := make(map[string]string, len(units))
	for _, u := range units {
		names[u.ID] = u.Name
	}
	return nextstep.Rank(nextstep.Input{Definitions: parts.Catalogue.KPIs, Findings: fs, Tiers: parts.Decisions.Tiers, OrgUnits: names})
}

func shownSteps(r nextstep.Ranking) []metrics.NextStep {
	var out []metrics.NextStep
	for _, s := range r.All() {
		out = append(out, metrics.NextStep{KPI: s.KPI, OrgUnit: s.OrgUnit, Rows: s.Rows, Score: s.Score})
	}
	return out
}

// NextSteps are the next steps ranked at the last evaluation.
func (a *App) NextSteps() nextstep.Ranking {
	if last := a.last.Load(); last != nil {
		return last.steps
	}
	return nextstep.Ranking{}
}

// NextStepRule tells in words how the next steps are ranked.
func (a *App) NextStepRule() finding.Text { return nextstep.Rule(a.Parts().Decisions.Tiers) }
