package otlp

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/kommunpuls/kommunpuls/internal/expose/otlp/otlptest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// A collector that is gone for an hour of rounds, with twenty sources that are
// read once a round: memory, goroutines and the queue stay where they were.
func TestNothingGrowsWhileTheCollectorIsGone(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization, Addr: testneed.FreeAddr(t)}) // it comes back to it
		s := settings(r, http)
		s.Traces, s.Interval = true, 10*time.Millisecond
		b := newBench(t)
		b.begin(s, gauges(500))
		change := func(timeout time.Duration) {
			next := s
			next.Timeout = timeout
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := b.Apply(ctx, &next); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "figures before", func() bool { return b.metrics.status().Up })
		r.Stop()
		change(20 * time.Millisecond) // which each round without a receiver takes
		eventually(t, "the fault", func() bool { return !b.metrics.status().Up })
		measure := func() (heap int64, goroutines int) {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc), runtime.NumGoroutine()
		}
		gone := func(rounds int) {
			until := b.rounds() + int64(rounds)
			eventually(t, "rounds", func() bool {
				for range 20 {
					collect(b.Exporter, "lista")
				}
				b.Evaluated(time.Now(), time.Now(), 151, "")
				return b.rounds() >= until
			})
		}
		gone(20)
		heap, goroutines := measure()
		gone(60)
		st := b.traces.status()
		if st.Queued > maxSpans || st.Dropped == 0 {
			t.Errorf("queue %d, dropped %d", st.Queued, st.Dropped)
		}
		// What is under way comes and goes; what has grown stays.
		eventually(t, "no more than 8 MB and five goroutines more than after the first rounds", func() bool {
			h, g := measure()
			return h <= heap+8<<20 && g <= goroutines+5
		})
		if n := len(b.lines("OTLP is not sent")); n > 12 { // a class of each kind, however many rounds
			t.Errorf("%d lines in the log", n)
		}

		change(5 * time.Second)
		for range 50 {
			collect(b.Exporter, "lista")
		}
		eventually(t, "spans that wait", func() bool { return b.traces.status().Queued == 200 })
		again := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization, Addr: r.Addr})
		eventually(t, "figures again", func() bool { return b.metrics.status().Up && len(again.Metrics()) > 0 })
		eventually(t, "the spans that waited", func() bool { return b.traces.status().Up && b.traces.status().Queued == 0 })
		came := map[pcommon.SpanID]bool{} // what is not acknowledged in time is sent again
		for _, ts := range again.Traces() {
			for _, rs := range ts.ResourceSpans().All() {
				for _, ss := range rs.ScopeSpans().All() {
					for _, s := range ss.Spans().All() {
						came[s.SpanID()] = true
					}
				}
			}
		}
		if len(came) != 200 {
			t.Errorf("%d spans came after all", len(came))
		}
	})
}

// collect traces a collection as the daemon does.
func collect(e *Exporter, source string) {
	now := time.Now()
	c := e.Collecting(source, "table", now)
	stage := c.Step("stage", now)
	c.Step("read", now)("", now)
	stage("", now)
	c.Step("apply", now)("", now)
	c.Done(Outcome{Counts: map[string]int64{"seen": 3}}, now)
}

func TestClosingSendsWhatIsLeft(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		s := settings(r, http)
		s.Traces = true
		b := started(t, s)
		r.Metrics()
		collect(b.Exporter, "lista")
		b.Close(t.Context())
		if len(r.Metrics()) == 0 || len(r.Traces()) == 0 {
			t.Errorf("%d and %d at the end", len(r.Metrics()), len(r.Traces()))
		}
		if b.Status() != nil || b.Collecting("lista", "table", time.Now()) != nil {
			t.Error("it goes on after Close")
		}
	})
}

func TestClosingWaitsNoLongerThanItMay(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		s := settings(r, http)
		s.Traces, s.Timeout = true, time.Hour
		b := started(t, s)
		r.Answer(func(string, int) *otlptest.Answer { return &otlptest.Answer{After: time.Hour} })
		collect(b.Exporter, "lista")
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			b.Close(ctx)
		}()
		select {
		case <-closed:
		case <-time.After(time.Minute):
			t.Fatal("it waits for a receiver that does not answer")
		}
	})
}

func TestRequestsStayWithinWhatACollectorTakes(t *testing.T) {
	for n, want := range map[int]int{1: 1, maxPoints: 1, maxPoints + 1: 2, 3*maxPoints - 1: 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := otlptest.Start(t, otlptest.Options{Authorization: authorization})
			b := newBench(t)
			b.begin(settings(r, false), gauges(n))
			points := 0
			ms := r.Metrics()
			for _, m := range ms {
				if m.DataPointCount() > maxPoints {
					t.Errorf("%d points in a request", m.DataPointCount())
				}
				points += m.DataPointCount()
			}
			if points != n || len(ms) != want {
				t.Errorf("%d points in %d requests", points, len(ms))
			}
		})
	}
}
