package access

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits are how often something may go wrong.
type limits struct {
	each, all       rate.Limit // refilled a second, from one address and in all
	burst, allBurst int
	addresses       int           // remembered at the most
	trusted         time.Duration // an address that came in right is spared the limit in all that long
}

// guessLimits let a person mistype ten times, then once in six seconds.
func guessLimits() limits {
	return limits{each: rate.Every(6 * time.Second), burst: 10, all: 5, allBurst: 200, addresses: 10_000, trusted: 24 * time.Hour}
}

// startLimits let a whole office behind one address begin its day.
func startLimits() limits {
	return limits{each: 2, burst: 60, all: 20, allBurst: 600, addresses: 10_000}
}

// limiter counts what goes wrong, by address and in all. Its memory is bounded:
// the address that was least recently seen is forgotten.
type limiter struct {
	limits
	mu      sync.Mutex
	byAddr  map[netip.Prefix]*list.Element
	recent  *list.List // of *tried, most recent first
	total   *rate.Limiter
	pending int
}

type tried struct {
	from    netip.Prefix
	bucket  *rate.Limiter
	pending int       // attempts that have not ended
	right   time.Time // when one last went right
}

func newLimiter(l limits) *limiter {
	return &limiter{limits: l, byAddr: map[netip.Prefix]*list.Element{}, recent: list.New(), total: rate.NewLimiter(l.all, l.allBurst)}
}

// begin asks for an attempt. It returns how long to wait, or 0 and what is to
// be told how the attempt went.
func (l *limiter) begin(from netip.Addr, now time.Time) (time.Duration, func(right bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.find(network(from))
	wait := delay(t.bucket, t.pending, now)
	spared := !t.right.IsZero() && now.Sub(t.right) < l.trusted
	if !spared {
		wait = max(wait, delay(l.total, l.pending, now))
	}
	if wait > 0 {
		return wait, nil
	}
	t.pending++
	l.pending++
	return 0, func(right bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		t.pending--
		l.pending--
		if right {
			t.right = now
			return
		}
		t.bucket.AllowN(now, 1)
		if !spared {
			l.total.AllowN(now, 1)
		}
	}
}

// delay is how long until a bucket has one for another attempt beside the pending.
func delay(b *rate.Limiter, pending int, now time.Time) time.Duration {
	missing := 1 + float64(pending) - b.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return max(time.Duration(missing/float64(b.Limit())*float64(time.Second)), time.Second)
}

func (l *limiter) find(from netip.Prefix) *tried {
	if e, ok := l.byAddr[from]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*tried)
	}
	for l.recent.Len() >= l.addresses {
		last := l.recent.Back()
		delete(l.byAddr, last.Value.(*tried).from)
		l.recent.Remove(last)
	}
	t := &tried{from: from, bucket: rate.NewLimiter(l.each, l.burst)}
	l.byAddr[from] = l.recent.PushFront(t)
	return t
}

// network is what counts as one address: of IPv6 a whole /64, which one
// customer has.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
