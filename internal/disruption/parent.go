package disruption

import "time"

// slack is how far apart the same event may show on two targets that are
// probed at their own pace.
func slack(x, y *target) time.Duration {
	return max(x.conf.Interval*time.Duration(x.conf.Rules.FailuresOf), y.conf.Interval*time.Duration(y.conf.Rules.FailuresOf))
}

// maxDepth ends a walk up a chain of parents, whatever the list says.
const maxDepth = 64

// behind finds the nearest target in front of x that was down when x's
// disruption began.
func (s *State) behind(x *target, start time.Time) *target {
	p := s.targets[x.conf.Parent]
	for range maxDepth {
		if p == nil {
			return nil
		}
		for _, iv := range []*Interval{p.open, p.was} {
			if iv == nil || iv.Kind == Unmeasured {
				continue
			}
			early := start.Before(iv.Start.Add(-slack(x, p)))
			late := !iv.Ongoing() && !start.Before(iv.End)
			if !early && !late {
				return p
			}
		}
		p = s.targets[p.conf.Parent]
	}
	return nil
}

// explain marks what stands behind a target that just turned out to be down,
// and began at the same time or later.
func (s *State) explain(p *target) {
	if p.open == nil {
		return
	}
	s.explainFrom(p, p, maxDepth)
}

func (s *State) explainFrom(p, at *target, depth int) {
	if depth == 0 {
		return
	}
	for _, c := range s.children[at.conf.ID] {
		if iv := c.open; iv != nil && !iv.Secondary && !iv.Start.Before(p.open.Start.Add(-slack(c, p))) {
			iv.Secondary, iv.Cause = true, p.conf.ID
			s.changed.add(iv)
		}
		s.explainFrom(p, c, depth-1)
	}
}
