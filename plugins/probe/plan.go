package probe

import (
	"container/heap"
	"hash/fnv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// due is the next slot of a target.
type due struct {
	at     time.Time
	target *watchlist.Target
	// anytime: it is no slot of a plan and cannot be late.
	anytime bool
}

// plan keeps the next slot of every target, the earliest first. Slots are
// spread over the interval by the target's id and do not move when the daemon
// starts again.
type plan []due

func (p plan) Len() int           { return len(p) }
func (p plan) Less(i, j int) bool { return p[i].at.Before(p[j].at) }
func (p plan) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

// Push implements heap.Interface.
func (p *plan) Push(x any) { *p = append(*p, x.(due)) }

// Pop implements heap.Interface.
func (p *plan) Pop() any {
	old := *p
	x := old[len(old)-1]
	*p = old[:len(old)-1]
	return x
}

// newPlan lays out the first slots after an instant.
func newPlan(l *watchlist.List, after time.Time) *plan {
	p := make(plan, 0, len(l.Targets))
	for i := range l.Targets {
		t := &l.Targets[i]
		p = append(p, due{at: slotAfter(t, after), target: t})
	}
	heap.Init(&p)
	return &p
}

// next takes the earliest slot if it is due, and plans the one after it.
func (p *plan) next(now time.Time) (due, bool) {
	if len(*p) == 0 || (*p)[0].at.After(now) {
		return due{}, false
	}
	d := (*p)[0]
	(*p)[0].at = d.at.Add(d.target.Interval)
	heap.Fix(p, 0)
	return d, true
}

// slotAfter is the first slot of a target after an instant.
func slotAfter(t *watchlist.Target, after time.Time) time.Time {
	step := t.Interval.Milliseconds()
	at, shift := after.UnixMilli(), phase(t)
	n := (at - shift) / step
	for shift+n*step <= at {
		n++
	}
	return time.UnixMilli(shift + n*step)
}

// phase is where in its interval a target's slots lie, in milliseconds.
func phase(t *watchlist.Target) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.ID)) // a hash never fails
	return int64(h.Sum64() % uint64(t.Interval.Milliseconds()))
}
