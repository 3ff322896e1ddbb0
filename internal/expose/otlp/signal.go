package otlp

import (
	"log/slog"
	"sync"
	"time"
)

// Results of a sending, as they stand on kommunpuls_otlp_exports_total.
const (
	sent    = "sent"
	partial = "partial"
	failed  = "failed"
)

// signal is how one kind of data fares. Its counts live as long as the daemon.
type signal struct {
	name string
	log  *slog.Logger
	now  func() time.Time

	mu          sync.Mutex
	on, known   bool // it is to be sent; a sending has ended since the settings changed
	class       string
	reason      string
	failingFrom time.Time
	failures    int
	told        map[string]bool // classes that were logged since the failing began
	lastSuccess time.Time
	results     map[string]int64
	queued      int
	dropped     int64
}

func newSignal(name string, opt Options) *signal {
	return &signal{name: name, log: opt.Log.With("signal", name), now: opt.Now, results: map[string]int64{sent: 0, partial: 0, failed: 0}}
}

// restart forgets what held for earlier settings, but for the counts.
func (s *signal) restart(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on, s.known, s.class, s.reason, s.failures, s.failingFrom, s.queued = on, false, "", "", 0, time.Time{}, 0
}

// note takes down what a sending came to: nil is all well. What began, what it
// turned into and that it is over are logged, not every interval.
func (s *signal) note(f *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.known = true
	if f == nil {
		s.results[sent]++
		s.lastSuccess = now
		if s.failures > 0 {
			s.log.Info("OTLP is sent again", "failed_for", now.Sub(s.failingFrom).Round(time.Second), "failures", s.failures)
		}
		s.class, s.reason, s.failures, s.failingFrom = "", "", 0, time.Time{}
		return
	}
	s.results[f.result()]++
	if s.failures++; s.failures == 1 {
		s.failingFrom, s.told = now, map[string]bool{}
	}
	if !s.told[f.class] {
		s.told[f.class] = true
		s.log.Warn("OTLP is not sent", "class", f.class, "reason", f.reason)
	}
	s.class, s.reason = f.class, f.reason
}

// queue takes down how many spans wait and how many more had to be dropped.
func (s *signal) queue(waiting, dropped int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if dropped > 0 && s.dropped == 0 {
		s.log.Warn("spans are dropped: the queue is full", "queue", maxSpans)
	}
	s.queued, s.dropped = waiting, s.dropped+int64(dropped)
}

func (s *signal) status() SignalStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return SignalStatus{
		Signal: s.name, Up: s.known && s.failures == 0, LastSuccess: s.lastSuccess, Class: s.class, Reason: s.reason,
		FailingFrom: s.failingFrom, Failures: s.failures, Queued: s.queued, Dropped: s.dropped,
	}
}
