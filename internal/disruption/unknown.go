package disruption

import (
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// patience is how long a target may be without a known result before the time
// counts as unmeasured: two and a half of its turns, and at least a minute.
func (x *target) patience() time.Duration {
	return max(x.conf.Interval*5/2, time.Minute)
}

// unknown notes that nothing is known of a target up to an instant.
func (s *State) unknown(x *target, now time.Time) {
	if x.gap != nil || x.known.IsZero() || now.Sub(x.known) <= x.patience() {
		return
	}
	s.keepShorts(x)
	x.recent, x.run = x.recent[:0], 0
	x.gap = x.interval(Unmeasured, x.known.Add(x.conf.Interval))
	x.gap.Cause = string(x.why)
	if x.gap.Cause == "" {
		x.gap.Cause = NotMeasured
	}
	s.changed.add(x.gap)
}

// measured ends the time of which nothing is known.
func (s *State) measured(x *target, now time.Time) {
	s.unknown(x, now)
	if x.gap != nil {
		x.gap.End = later(now, x.gap.Start)
		if since := later(x.gap.Start, s.began); now.After(since) {
			s.unseen += now.Sub(since)
		}
		s.changed.add(x.gap)
		x.gap = nil
	}
}

// rest notes that a target is switched off on purpose: neither up nor down,
// and nothing to wonder about.
func (s *State) rest(x *target, now time.Time) {
	s.measured(x, now)
	if x.open != nil {
		s.end(x, later(x.known, x.open.Start))
	}
	s.keepShorts(x)
	x.known, x.recent, x.run = now, x.recent[:0], 0
}

// keepShorts stores the short breaks that nothing can add to any more.
func (s *State) keepShorts(x *target) {
	for _, iv := range x.shorts {
		s.changed.add(iv)
	}
	x.shorts = nil
}

// Tick notes targets whose results have stopped coming.
func (s *State) Tick(now time.Time) {
	if s.began.IsZero() {
		s.began = now
	}
	for i := range s.list.Targets {
		s.unknown(s.targets[s.list.Targets[i].ID], now)
	}
}

// look follows the measuring point's own gateways. Failures of others since a
// gateway last answered say nothing of the others. A gateway that was not
// asked, or that this computer cannot ask, says nothing either.
func (s *State) look(g *target, r watchlist.Result) {
	switch {
	case r.Verdict == watchlist.Up:
		g.glance = watchlist.Up
		s.seeing, s.blind = later(s.seeing, r.At), false
		return
	case r.Verdict != watchlist.Down && r.Cause != watchlist.Blind:
		return
	}
	g.glance = watchlist.Down
	if s.blind || slices.ContainsFunc(s.gateways, func(g *target) bool { return g.glance != watchlist.Down }) {
		return
	}
	s.blind = true
	for i := range s.list.Targets {
		if x := s.targets[s.list.Targets[i].ID]; !x.conf.Gateway {
			s.doubt(x)
		}
	}
}

// doubt takes back what was held against a target while nobody could see.
func (s *State) doubt(x *target) {
	blindly := func(at time.Time) bool { return at.After(s.seeing) }
	x.recent = slices.DeleteFunc(x.recent, func(r seen) bool { return !r.ok && blindly(r.at) })
	x.shorts = slices.DeleteFunc(x.shorts, func(iv *Interval) bool { return blindly(iv.Start) })
	if x.run > 0 && blindly(x.runAt) {
		x.run = 0
	}
	if x.open == nil || !blindly(x.open.Start) {
		return
	}
	iv := x.open
	iv.Kind, iv.Cause, iv.Secondary = Unmeasured, string(watchlist.Blind), false
	x.open, x.recent = nil, x.recent[:0]
	s.changed.add(iv)
	if x.gap == nil {
		x.gap = iv
		return
	}
	iv.End = later(x.gap.Start, iv.Start)
}

// Blind tells whether the measuring point sees nothing: none of its gateways
// answers, or the source said so and nothing has answered since.
func (s *State) Blind() bool { return s.blind || s.told.After(s.answered) }
