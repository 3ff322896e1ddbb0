package notify

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Describe sends no descriptions: there are no series without channels.
func (n *Notifier) Describe(chan<- *prometheus.Desc) {}

// Collect sends the notifier's own state.
func (n *Notifier) Collect(ch chan<- prometheus.Metric) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.channels {
		one := func(name, help string, v float64) {
			ch <- prometheus.MustNewConstMetric(prometheus.NewDesc("kommunpuls_notify_"+name, help, []string{"channel"}, nil), prometheus.GaugeValue, v, c.conf.Name)
		}
		if c.known {
			up := 0.0
			if c.failures == 0 {
				up = 1
			}
			one("up", "1 if the last message got through the channel.", up)
		}
		if !c.lastSuccess.IsZero() {
			one("last_success_timestamp_seconds", "When a message last got through the channel.", float64(c.lastSuccess.UnixMilli())/1000)
		}
		one("waiting", "Messages that wait for being sent.", float64(len(n.state.Outbox[c.conf.Name])))
		total := prometheus.NewDesc("kommunpuls_notify_sent_total", "Messages and attempts since the start, by what became of them.", []string{"channel", "result"}, nil)
		for result, k := range c.results {
			ch <- prometheus.MustNewConstMetric(total, prometheus.CounterValue, float64(k), c.conf.Name, result)
		}
	}
}

// Status is how the channels fare and how many alerts are open; nil when
// nobody is to be told.
type Status struct {
	Open     int
	Channels []ChannelStatus
}

// ChannelStatus is how one channel fares.
type ChannelStatus struct {
	Channel       string
	Up            bool
	LastSuccess   time.Time
	Class, Reason string // of the last failure, "" when there is none now
	FailingFrom   time.Time
	Failures      int // in a row
	Waiting       int
	Dropped       int64
}

// Status tells how the channels fare.
func (n *Notifier) Status() *Status {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.settings == nil {
		return nil
	}
	st := &Status{Open: len(n.state.Open)}
	for _, c := range n.channels {
		s := ChannelStatus{
			Channel: c.conf.Name, Up: c.known && c.failures == 0, LastSuccess: c.lastSuccess, Failures: c.failures,
			Waiting: len(n.state.Outbox[c.conf.Name]), Dropped: c.results[dropped],
		}
		if c.failure != nil {
			s.Class, s.Reason, s.FailingFrom = c.failure.class, c.failure.reason, c.failingFrom
		}
		st.Channels = append(st.Channels, s)
	}
	return st
}
