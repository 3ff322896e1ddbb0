package nextstep

import (
	"math"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// usualTiers are the tiers of a municipality that has decided no others.
func usualTiers() []string { return []string{"gold", "silver", "bronze", "copper"} }

// mostWeight bounds the weight of a row where there are many tiers.
const mostWeight = 1 << 10

// scale weighs rows by their tier: the least critical one counts 1, and each
// step up twice as much.
type scale struct {
	tiers    []string // the most critical first
	critical int      // how many of them are the most critical ones
}

func newScale(tiers []string) scale {
	if len(tiers) == 0 {
		tiers = usualTiers()
	}
	return scale{tiers: tiers, critical: max(len(tiers)/2, 1)}
}

// place is where a tier stands, -1 for one that nobody has decided.
func (s scale) place(tier string) int {
	for i, t := range s.tiers {
		if t == tier {
			return i
		}
	}
	return -1
}

// weight of a row of a tier; 1 where it has none.
func (s scale) weight(tier string) float64 {
	i := s.place(tier)
	if i < 0 {
		return 1
	}
	return min(math.Exp2(float64(len(s.tiers)-1-i)), mostWeight)
}

// add counts the rows of a step.
func (s scale) add(step Step, rows []finding.FailingRows) Step {
	for _, r := range rows {
		step.Rows += r.Rows
		step.Score += float64(r.Rows) * s.weight(r.Tier)
		if i := s.place(r.Tier); i >= 0 && i < s.critical {
			step.Critical += r.Rows
		}
	}
	return step
}
