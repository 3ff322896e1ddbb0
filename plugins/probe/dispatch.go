package probe

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// dispatcher hands every slot to the pool when it is due.
type dispatcher struct {
	list    *watchlist.List
	plan    *plan
	pool    *pool
	now     func() time.Time
	tray    *tray
	waiting []due // all workers were busy; the earliest first
}

// run goes on until ctx ends.
func (d *dispatcher) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		d.pull(d.now())
		for len(d.waiting) > 0 && d.pool.offer(d.waiting[0]) {
			d.waiting = d.waiting[1:]
		}
		timer.Reset(max(0, time.Until((*d.plan)[0].at)))
		var jobs chan due
		var first due
		if len(d.waiting) > 0 {
			jobs, first = d.pool.jobs, d.waiting[0]
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case jobs <- first:
			d.waiting = d.waiting[1:]
		}
	}
}

// pull takes the slots that are due. After a sleep of the machine those that
// are long past are counted and passed over; when the clock was set back, the
// slots are laid out anew.
func (d *dispatcher) pull(now time.Time) {
	if first := (*d.plan)[0]; first.at.Sub(now) > first.target.Interval+time.Second {
		d.plan = newPlan(d.list, now)
	}
	for {
		s, ok := d.plan.next(now)
		if !ok {
			return
		}
		if now.Sub(s.at) > s.target.Interval {
			d.tray.passed(s.at)
			continue
		}
		d.tray.opened(s)
		d.waiting = append(d.waiting, s)
	}
}
