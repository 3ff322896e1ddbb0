package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Live is what changes between two evaluations: a scrape shows it as it was
// last told, which is within seconds.
type Live struct {
	Disruptions []Disruption
	Points      []ProbePoint
}

// ProbePoint is one measuring point.
type ProbePoint struct {
	Name             string
	Blind            bool
	Targets, Unknown int
	// UnknownSeconds adds up the time without measuring over its targets, Due
	// and Missed the probes that should have started and those that could not,
	// since the daemon started.
	UnknownSeconds float64
	Due, Missed    int64
}

// PublishLive replaces what is shown of disruptions and measuring points.
// Disruptions of a Snapshot stand beside it.
func (c *Collector) PublishLive(l Live) {
	b := builder{d: c.d}
	for _, d := range l.Disruptions {
		b.add(c.d.disruption, 1, d.Site, d.OrgUnit)
	}
	for _, p := range l.Points {
		b.add(c.d.blind, boolean(p.Blind), p.Name)
		b.add(c.d.watched, float64(p.Targets), p.Name)
		b.add(c.d.unmeasured, float64(p.Unknown), p.Name)
		b.count(c.d.unknownTime, p.UnknownSeconds, p.Name)
		b.count(c.d.slots, float64(p.Due), p.Name)
		b.count(c.d.missedSlots, float64(p.Missed), p.Name)
	}
	c.live.Store(&b.out)
}

func (b *builder) count(d family, v float64, labels ...string) {
	b.out = append(b.out, prometheus.MustNewConstMetric(d.desc, prometheus.CounterValue, v, labels...))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Probe is the newest result of one target.
type Probe struct {
	Target, Site, OrgUnit, Module string
	Point                         string // the measuring point
	Success                       bool
	Duration                      time.Duration
	Expires                       time.Time // of the certificate; zero is not known
}
