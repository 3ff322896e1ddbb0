// Package notify tells people of disruptions, queues and sources without
// Prometheus: by mail, in Teams, to a webhook. It judges what /metrics shows by
// the rules and limits of internal/alert, and sends a sign of life outward, so
// that silence is noticed too.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// Settings say what to tell, whom and how.
type Settings struct {
	Alerts       alert.Settings
	Municipality string
	Demo         bool
	Repeat       time.Duration // an alert that goes on is told of again
	Channels     []Channel
	Ping         *Ping
	// FirstRetry and LastRetry bound the wait after a message that could not be
	// sent; zeros are 5 seconds and 5 minutes.
	FirstRetry, LastRetry time.Duration
	// Timeout bounds one attempt; zero is 20 seconds.
	Timeout time.Duration
}

// Bounds of what waits to be sent.
const (
	maxWaiting = 100            // messages of a channel; the oldest give way
	maxAge     = 24 * time.Hour // an older message tells nobody anything
)

// Options of a notifier; all are required.
type Options struct {
	Log *slog.Logger
	Now func() time.Time
}

// Notifier looks and tells from Start to Close. It is safe for concurrent use,
// and a prometheus.Collector of its own state.
type Notifier struct {
	opt      Options
	changing sync.Mutex // held while it starts, ends or changes

	mu         sync.Mutex // guards the rest
	from       prometheus.Gatherer
	file       string
	settings   *Settings
	conditions *conditions
	pending    map[string]time.Time // since when a condition holds
	state      *state
	channels   []*channel
	run        *running
	unsaved    bool // the file could not be written; told once
}

// running ends what one set of settings began.
type running struct {
	cancel context.CancelFunc
	work   sync.WaitGroup
}

// New returns a notifier that tells nobody yet.
func New(opt Options) *Notifier { return &Notifier{opt: opt} }

// Start begins to look at what g gathers; file remembers over restarts.
// Settings that are nil tell nobody until Apply brings others.
func (n *Notifier) Start(ctx context.Context, g prometheus.Gatherer, file string, s *Settings) {
	n.mu.Lock()
	n.from, n.file = g, file
	n.mu.Unlock()
	n.Apply(ctx, s)
}

// Apply changes the settings of a notifier that was started; unchanged ones
// disturb nothing. What is told of and what waits stay.
func (n *Notifier) Apply(ctx context.Context, s *Settings) {
	n.changing.Lock()
	defer n.changing.Unlock()
	n.mu.Lock()
	same := n.from == nil || reflect.DeepEqual(n.settings, s)
	n.mu.Unlock()
	if same {
		return
	}
	n.end()
	if s == nil {
		return
	}
	st, err := load(n.file)
	if err != nil {
		n.opt.Log.Error("what was told of earlier is forgotten", "err", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.mu.Lock()
	defer n.mu.Unlock()
	n.settings, n.state, n.conditions, n.pending = s, st, newConditions(s.Alerts), map[string]time.Time{}
	n.run = &running{cancel: cancel}
	n.channels = nil
	for i := range s.Channels {
		c := newChannel(n, &s.Channels[i])
		n.channels = append(n.channels, c)
		n.run.work.Go(func() { c.deliver(ctx) })
	}
	if s.Ping != nil {
		c := newChannel(n, &Channel{Name: pingName})
		n.channels = append(n.channels, c)
		n.run.work.Go(func() { n.ping(ctx, *s.Ping, c) })
	}
	n.run.work.Go(func() { n.watch(ctx, s.Alerts.Every) })
}

// Close ends. What waits is sent by the next daemon.
func (n *Notifier) Close() {
	n.changing.Lock()
	defer n.changing.Unlock()
	n.end()
	n.mu.Lock()
	n.from = nil
	n.mu.Unlock()
}

func (n *Notifier) end() {
	n.mu.Lock()
	run := n.run
	n.run, n.settings, n.channels = nil, nil, nil
	n.mu.Unlock()
	if run != nil {
		run.cancel()
		run.work.Wait()
	}
}

// watch looks as often as the rules are evaluated.
func (n *Notifier) watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		n.look(n.opt.Now())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look judges what is published now and puts what is to be told in the queues.
func (n *Notifier) look(now time.Time) {
	n.mu.Lock()
	from := n.from
	n.mu.Unlock()
	if from == nil {
		return
	}
	fs, err := from.Gather() // what can be gathered counts, as in a scrape
	if err != nil {
		n.opt.Log.Debug("gathering", "err", err)
	}
	p := read(fs)
	if len(p["kommunpuls_evaluation_timestamp_seconds"]) == 0 {
		return // queues and sources are not known yet: that is no end of an alert
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.settings == nil {
		return
	}
	j := n.judge(p, now)
	for _, c := range n.channels {
		if c.conf.Name == pingName {
			continue
		}
		for _, m := range []Message{{Kind: Over, Alerts: j.over}, {Kind: News, Alerts: j.news}, {Kind: Again, Alerts: j.again}} {
			if m.Alerts = mine(m.Alerts, c.conf.Owners); len(m.Alerts) > 0 {
				m.At, m.Municipality, m.Demo = now, n.settings.Municipality, n.settings.Demo
				m.ID = fmt.Sprintf("%s-%s-%d", c.conf.Name, m.Kind, now.UnixMilli())
				c.put(m.titled())
			}
		}
	}
	n.save()
}

// save keeps the state; that it cannot be kept is told once. n.mu is held.
func (n *Notifier) save() {
	err := n.state.save(n.file)
	if err != nil && !n.unsaved {
		n.opt.Log.Error("what is told of cannot be kept over a restart", "err", err)
	}
	n.unsaved = err != nil
}
