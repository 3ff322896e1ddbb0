package probe

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// sight knows when the measuring point could see: a gateway of its own
// answered. Where none is given it always can.
type sight struct {
	gateways []*watchlist.Target
	last     map[string]glance // the newest of each gateway
	seen     time.Time         // the newest instant at which a gateway answered
	dark     time.Time         // since when no gateway answers; zero when one does
	past     []span            // dark spans that ended, the newest last
}

// glance is what a gateway said; unknown is one that cannot be measured at
// all (no right to ping).
type glance struct {
	at      time.Time
	verdict watchlist.Verdict
}

// span is from when a gateway last answered until one answered again.
type span struct{ from, to time.Time }

// pastSpans is how many dark spans are remembered: results wait for seconds only.
const pastSpans = 16

func newSight(gateways []*watchlist.Target) *sight {
	return &sight{gateways: gateways, last: map[string]glance{}}
}

// note takes in a gateway's outcome, unless a newer one is known.
func (s *sight) note(o *outcome) {
	g := glance{at: o.began, verdict: watchlist.Down}
	switch {
	case o.verdict == watchlist.Up:
		g.verdict = watchlist.Up
	case o.cause == watchlist.NoPermission || o.cause == watchlist.LocalLimit:
		g.verdict = watchlist.Unknown
	}
	if g.at.Before(s.last[o.target.ID].at) {
		return
	}
	s.last[o.target.ID] = g
	switch {
	case g.verdict == watchlist.Up && g.at.After(s.seen):
		if !s.dark.IsZero() {
			s.past = append(s.past, span{s.dark, g.at})
			s.past = s.past[max(0, len(s.past)-pastSpans):]
			s.dark = time.Time{}
		}
		s.seen = g.at
	case s.dark.IsZero() && s.none():
		if s.dark = s.seen; s.dark.IsZero() {
			s.dark = time.Unix(0, 0) // none ever did
		}
	}
}

// none tells that no gateway answers, of those that can be measured. One that
// has not been asked yet may.
func (s *sight) none() bool {
	failed := false
	for _, g := range s.gateways {
		last, asked := s.last[g.ID]
		if !asked || last.verdict == watchlist.Up {
			return false
		}
		failed = failed || last.verdict == watchlist.Down
	}
	return failed
}

// sure tells whether it is known that the point could see after an instant; if
// not, the gateways must be asked.
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
