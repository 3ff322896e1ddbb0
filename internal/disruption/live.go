package disruption

import (
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// Active returns the ongoing disruptions, the oldest first.
func (s *State) Active() []Interval {
	var out []Interval
	for _, x := range s.targets {
		if x.open != nil {
			out = append(out, *x.open)
		}
	}
	slices.SortFunc(out, func(a, b Interval) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return strings.Compare(a.Target, b.Target)
	})
	return out
}

// Unknown counts the targets of which nothing is known now.
func (s *State) Unknown() int {
	n := 0
	for _, x := range s.targets {
		if x.gap != nil {
			n++
		}
	}
	return n
}

// Series is the newest result of one target.
type Series struct {
	Target, Site, OrgUnit, Module string
	Up                            bool
	Latency                       time.Duration // zero when not up
	Expires                       time.Time     // of the certificate; zero is not known
}

// Live returns the newest results, by target. A target whose results have
// stopped coming, or are unknown, is left out.
func (s *State) Live(now time.Time) []Series {
	out := make([]Series, 0, len(s.list.Targets))
	for i := range s.list.Targets {
		x := s.targets[s.list.Targets[i].ID]
		if x.newest.At.IsZero() || x.newest.Verdict == watchlist.Unknown || now.Sub(x.newest.At) > x.patience() {
			continue
		}
		out = append(out, Series{
			Target: x.conf.ID, Site: x.conf.Site, OrgUnit: x.conf.OrgUnit, Module: x.conf.Module,
			Up: x.newest.Verdict == watchlist.Up, Latency: x.newest.Latency, Expires: x.expires,
		})
	}
	return out
}

// Expires notes when a target's certificate expires, and tells whether that is news.
func (s *State) Expires(target string, at time.Time) bool {
	x := s.targets[target]
	if x == nil || x.expires.Equal(at) {
		return false
	}
	x.expires = at
	return true
}

// Find returns the settings of a target.
func (s *State) Find(id string) (*watchlist.Target, bool) { return s.list.Find(id) }

// Slots notes how many of an hour's probes could not start in time. The same
// hour is told several times, with more.
func (s *State) Slots(m Missed) {
	if !m.Hour.Equal(s.missed.Hour) {
		s.due, s.late = s.due+s.missed.Due, s.late+s.missed.Missed
	}
	s.missed = m
}

// Turns counts the probes that were due, and those of them that could not
// start in time, since the state was made.
func (s *State) Turns() (due, missed int64) {
	return s.due + s.missed.Due, s.late + s.missed.Missed
}

// UnknownTime adds up the time of which nothing is known, over all targets,
// since the state was made. It never shrinks.
func (s *State) UnknownTime(now time.Time) time.Duration {
	sum := s.unseen
	for _, x := range s.targets {
		if x.gap != nil && now.After(x.gap.Start) {
			sum += now.Sub(later(x.gap.Start, s.began))
		}
	}
	s.shown = max(s.shown, sum)
	return s.shown
}
