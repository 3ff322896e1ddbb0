package probe

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// sight knows when the measuring point could see: a gateway of its own
// answered. Where none is given it always can.
type sight struct {
	gateways []*watchlist.Target
	last     map[string]watchlist.Verdict // newest known verdict of each gateway
	seen     time.Time                    // the newest instant at which a gateway answered
	dark     time.Time                    // since when no gateway answers; zero when one does
	past     []span                       // dark spans that ended, the newest last
}

// span is from when a gateway last answered until one answered again.
type span struct{ from, to time.Time }

// pastSpans is how many dark spans are remembered: results wait for seconds only.
const pastSpans = 16

func newSight(gateways []*watchlist.Target) *sight {
	return &sight{gateways: gateways, last: map[string]watchlist.Verdict{}}
}

// note takes in a gateway's outcome. One that could not be measured at all (no
// permission to ping) says nothing.
func (s *sight) note(o *outcome) {
	switch {
	case o.verdict == watchlist.Up:
		s.last[o.target.ID] = watchlist.Up
		if o.began.After(s.seen) {
			if !s.dark.IsZero() {
				s.past = append(s.past, span{s.dark, o.began})
				s.past = s.past[max(0, len(s.past)-pastSpans):]
				s.dark = time.Time{}
			}
			s.seen = o.began
		}
	case o.cause == watchlist.NoPermission || o.cause == watchlist.LocalLimit:
		delete(s.last, o.target.ID)
	case o.began.After(s.seen):
		s.last[o.target.ID] = watchlist.Down
		if s.dark.IsZero() && s.none() {
			s.dark = s.seen
			if s.dark.IsZero() {
				s.dark = o.began
			}
		}
	}
}

// none tells that no gateway answers, of those that can be measured.
func (s *sight) none() bool {
	for _, g := range s.gateways {
		if v, measured := s.last[g.ID]; measured && v == watchlist.Up {
			return false
		}
	}
	return len(s.last) > 0
}

// sure tells whether it is known that the point could see, or could not, until
// an instant; if not, the gateways must be asked.
func (s *sight) sure(until time.Time) bool {
	return len(s.gateways) == 0 || s.seen.After(until)
}

// blind tells whether the point could not see at some instant of a span.
func (s *sight) blind(from, to time.Time) bool {
	if !s.dark.IsZero() && to.After(s.dark) {
		return true
	}
	for _, p := range s.past {
		if to.After(p.from) && from.Before(p.to) {
			return true
		}
	}
	return false
}
