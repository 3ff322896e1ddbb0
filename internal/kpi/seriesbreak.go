package kpi

import (
	"cmp"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// breaks lists the breaks up to as_of in the series of a KPI: its own and those
// of the sources that feed it.
func (s *session) breaks(kpi string, sources []finding.Source) []decision.Break {
	var out []decision.Break
	for _, b := range s.engine.decisions.Breaks {
		feeds := slices.ContainsFunc(sources, func(f finding.Source) bool { return f.Name == b.Source })
		if !b.On.After(s.asOf()) && (b.KPI == kpi || b.KPI == "" && feeds) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b decision.Break) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Source, b.Source)) })
	return out
}

// publicBreaks are breaks as a finding shows them.
func publicBreaks(list []decision.Break, loc *time.Location) []finding.Break {
	var out []finding.Break
	for _, b := range list {
		out = append(out, finding.Break{On: b.On.In(loc).Format(time.DateOnly), Source: b.Source, Reason: b.Reason})
	}
	return out
}

// broken tells whether a break lies between two instants, so that what is on
// either side of it is not comparable.
func broken(list []decision.Break, from, to time.Time) bool {
	return slices.ContainsFunc(list, func(b decision.Break) bool { return from.Before(b.On) && !to.Before(b.On) })
}
