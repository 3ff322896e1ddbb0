package disruption

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// ledger keeps intervals as a store would: the newest version of each id.
type ledger map[string]Interval

func (l ledger) keep(ivs []Interval) {
	for _, iv := range ivs {
		l[iv.ID] = iv
	}
}

func (l ledger) of(target string, kinds ...Kind) []Interval {
	var out []Interval
	for _, iv := range l {
		if iv.Target == target && slices.Contains(kinds, iv.Kind) {
			out = append(out, iv)
		}
	}
	slices.SortFunc(out, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	return out
}

func (l ledger) open() []Interval {
	var out []Interval
	for _, iv := range l {
		if iv.Ongoing() {
			out = append(out, iv)
		}
	}
	return out
}

// Whatever is measured, in batches of any size, with restarts, repeated
// batches and reloads anywhere: the intervals of a target never overlap, none
// ends before it begins, and at most one is ongoing.
func TestIntervalsOfATargetNeverOverlap(t *testing.T) {
	settings := `{"gateways": [{"id": "gw", "module": "icmp", "address": "10.0.0.254"}], "targets": [
		{"id": "a", "module": "icmp", "address": "10.1.1.1", "planned": ["mån 12:20-12:40"]},
		{"id": "b", "module": "icmp", "address": "10.1.1.2", "parent": "a", "interval": "30s"},
		{"id": "c", "module": "http", "address": "http://10.1.1.3/", "parent": "b", "failures": "2 of 2", "recovery": "1 of 1"}]}`
	l := list(t, settings)
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		s, kept := New(l), ledger{}
		last := map[string]time.Time{}
		mood := map[string]int{}
		var batch []watchlist.Result
		for turn := range 400 {
			at := noon.Add(time.Duration(turn) * 15 * time.Second)
			if rnd.IntN(60) == 0 { // nothing runs for a while
				continue
			}
			for _, id := range []string{"gw", "a", "b", "c"} {
				if rnd.IntN(12) == 0 {
					mood[id] = rnd.IntN(4)
				}
				r := watchlist.Result{Target: id, At: at, Verdict: watchlist.Up}
				switch m := mood[id]; {
				case m == 1 && rnd.IntN(8) > 0:
					r.Verdict, r.Cause = watchlist.Down, watchlist.Timeout
				case m == 2:
					r.Verdict, r.Cause = watchlist.Unknown, watchlist.LocalLimit
				case m == 3 && rnd.IntN(2) == 0:
					continue
				}
				batch = append(batch, r)
			}
			if rnd.IntN(3) > 0 {
				continue
			}
			for again := range 1 + rnd.IntN(2) {
				fresh := s.Take(batch)
				if again > 0 && slices.Contains(fresh, true) {
					t.Fatalf("seed %d: a batch was taken twice", seed)
				}
			}
			for _, r := range batch {
				last[r.Target] = r.At
			}
			batch = nil
			kept.keep(s.Changes())
			switch rnd.IntN(40) {
			case 0:
				s.Tick(at.Add(time.Duration(rnd.IntN(300)) * time.Second))
			case 1:
				s.Configure(l)
			case 2:
				kept.keep(s.Changes())
				s = New(l)
				s.Restore(kept.open(), last)
			}
			kept.keep(s.Changes())
			check(t, seed, kept)
		}
	}
}

func check(t *testing.T, seed uint64, kept ledger) {
	t.Helper()
	for _, id := range []string{"gw", "a", "b", "c"} {
		down, gaps := kept.of(id, Outage, Flap), kept.of(id, Unmeasured)
		// What was taken back stands beside the gaps within it.
		gaps = slices.DeleteFunc(gaps, func(iv Interval) bool { return !strings.HasPrefix(iv.ID, "unmeasured:") })
		for _, ivs := range [][]Interval{down, gaps} {
			for i, iv := range ivs {
				if !iv.Ongoing() && iv.End.Before(iv.Start) {
					t.Fatalf("seed %d: ends before it begins: %s", seed, told(ivs[i:i+1]))
				}
				if i > 0 && (ivs[i-1].Ongoing() || iv.Start.Before(ivs[i-1].End)) {
					t.Fatalf("seed %d: overlap: %s", seed, told(ivs[i-1:i+1]))
				}
			}
		}
		if id == "gw" && len(down) > 0 {
			t.Fatalf("seed %d: a gateway is down: %s", seed, told(down))
		}
		for _, iv := range down {
			if short := iv.End.Sub(iv.Start) < 2*time.Minute; !iv.Ongoing() && iv.Kind == Outage && short {
				t.Fatalf("seed %d: a flap counted as a disruption: %s", seed, told([]Interval{iv}))
			}
		}
	}
}

// BenchmarkState holds the memory of 5,000 targets and the time per result.
func BenchmarkState(b *testing.B) {
	const n = 5000
	var w strings.Builder
	w.WriteString(`{"targets": [`)
	for i := range n {
		fmt.Fprintf(&w, `{"id": "mal-%d", "module": "icmp", "address": "10.%d.%d.1", "site": "plats-%d"},`, i, i/250, i%250, i/3)
	}
	l := list(b, strings.TrimSuffix(w.String(), ",")+"]}")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := New(l)
	batch := make([]watchlist.Result, n)
	turn := func(k int) {
		for i := range batch {
			batch[i] = watchlist.Result{Target: l.Targets[i].ID, At: noon.Add(time.Duration(k) * 15 * time.Second), Verdict: watchlist.Up}
			if (i+k/10)%20 == 0 {
				batch[i].Verdict, batch[i].Cause = watchlist.Down, watchlist.Timeout
			}
		}
		s.Take(batch)
		s.Changes()
	}
	for k := range 200 {
		turn(k)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ResetTimer()
	for k := range b.N {
		turn(200 + k)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/target")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/result")
}
