package probe

import (
	"context"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// meter probes a target once and returns by the deadline of ctx.
type meter interface {
	probe(ctx context.Context, t *watchlist.Target, certificate bool) finding
}

// meters makes one meter for each module of a list.
func meters(l *watchlist.List, base string) map[string]meter {
	out := map[string]meter{}
	for name, m := range l.Modules {
		if m.Type == watchlist.SNMP {
			out[name] = newAgent(&m)
		} else {
			out[name] = newBlackbox(&m, base)
		}
	}
	return out
}

// pool runs probes on a bounded number of workers, which are started as they
// are needed and stay: a grown stack is not grown again.
type pool struct {
	ctx    context.Context
	meters map[string]meter
	limit  int
	now    func() time.Time
	done   func(outcome)

	jobs chan due
	// certificates keeps when each target's certificate was last told.
	certificates sync.Map // target id → time.Time
	every        time.Duration
	running      sync.WaitGroup
	workers      int
}

func newPool(ctx context.Context, l *watchlist.List, base string, now func() time.Time, done func(outcome)) *pool {
	return &pool{ctx: ctx, meters: meters(l, base), limit: l.Workers, now: now, done: done, jobs: make(chan due), every: l.CertificateEvery}
}

// offer hands a slot to a worker; false when all are busy.
func (p *pool) offer(d due) bool {
	select {
	case p.jobs <- d:
		return true
	default:
	}
	if p.workers == p.limit {
		return false
	}
	p.workers++
	p.running.Go(func() { p.work(d) })
	return true
}

func (p *pool) work(d due) {
	for {
		p.one(d)
		var open bool
		if d, open = <-p.jobs; !open {
			return
		}
	}
}

// one probes a slot, unless the time for it has passed while it waited.
func (p *pool) one(d due) {
	o := outcome{target: d.target, slot: d.at, began: p.now()}
	if !d.anytime && o.began.Sub(d.at) > late(d.target) {
		o.ended, o.finding = o.began, unknown(watchlist.NotMeasured)
		p.done(o)
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, d.target.Timeout)
	defer cancel()
	o.finding = p.probe(ctx, d.target, o.began)
	o.ended = p.now()
	if p.ctx.Err() != nil {
		return // cut off: it found nothing
	}
	p.done(o)
}

func (p *pool) probe(ctx context.Context, t *watchlist.Target, now time.Time) finding {
	certificate := false
	if t.Type == watchlist.TLS || t.Type == watchlist.HTTP {
		last, told := p.certificates.Load(t.ID)
		certificate = !told || now.Sub(last.(time.Time)) >= p.every
	}
	f := guarded(ctx, p.meters[t.Module], t, certificate)
	if !f.expires.IsZero() || certificate && f.verdict == watchlist.Up {
		p.certificates.Store(t.ID, now)
	}
	if t.Gateway && f.verdict == watchlist.Down {
		f.verdict = watchlist.Unknown // its failure is the point's own blindness
	}
	return f
}

// guarded keeps a fault in a meter from ending the probes of all others.
func guarded(ctx context.Context, p meter, t *watchlist.Target, certificate bool) (f finding) {
	defer func() {
		if recover() != nil {
			f = unknown(watchlist.Broken)
		}
	}()
	return p.probe(ctx, t, certificate)
}

// late is how long after its slot a probe may begin: half the interval.
func late(t *watchlist.Target) time.Duration { return t.Interval / 2 }

// stop lets the workers go and waits for them, but not longer than patience:
// some handshakes end only at their own deadline.
func (p *pool) stop(patience time.Duration) {
	close(p.jobs)
	gone := make(chan struct{})
	go func() {
		p.running.Wait()
		close(gone)
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-gone:
	case <-timer.C:
	}
}
