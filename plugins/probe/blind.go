package probe

import (
	"context"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// look marks what failed while the measuring point was blind. A failure is
// believed only when a gateway has answered after it; if none has yet, the
// gateways are asked at once.
func (w *watch) look(ctx context.Context, p *pool, found []outcome) {
	judgeSight(w.sight, found, func(gateways []*watchlist.Target) []outcome { return ask(ctx, p, gateways, w.now) })
}

func judgeSight(s *sight, found []outcome, ask func([]*watchlist.Target) []outcome) {
	var newest time.Time
	for i := range found {
		switch o := &found[i]; {
		case o.cause == watchlist.NotMeasured:
		case o.target.Gateway:
			s.note(o)
		case o.verdict == watchlist.Down && o.ended.After(newest):
			newest = o.ended
		}
	}
	if newest.IsZero() || len(s.gateways) == 0 {
		return
	}
	if !s.sure(newest) {
		round := ask(s.gateways)
		for i := range round {
			if round[i].verdict == watchlist.Up { // first: one that answers is enough
				s.note(&round[i])
			}
		}
		for i := range round {
			if round[i].verdict != watchlist.Up {
				s.note(&round[i])
			}
		}
	}
	for i := range found {
		if o := &found[i]; o.verdict == watchlist.Down && s.blind(o.began, o.ended) {
			o.finding = unknown(watchlist.Blind)
		}
	}
}

// ask probes the gateways now, outside their slots.
func ask(ctx context.Context, p *pool, gateways []*watchlist.Target, now func() time.Time) []outcome {
	out := make([]outcome, len(gateways))
	var wait sync.WaitGroup
	for i, g := range gateways {
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, g.Timeout)
			defer cancel()
			began := now()
			out[i] = outcome{target: g, slot: began, began: began, finding: p.probe(ctx, g, began)}
			out[i].ended = now()
		})
	}
	wait.Wait()
	return out
}
