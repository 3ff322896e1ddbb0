package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector is a prometheus.Collector over the last published snapshot.
// Publish and Collect may run at the same time.
type Collector struct {
	d          descs
	last, live atomic.Pointer[[]prometheus.Metric]
}

// New returns a collector with nothing published.
func New() *Collector { return &Collector{d: newDescs(&list{})} }

// Describe sends no descriptions: the series depend on the catalogue, and an
// unchecked collector may change them at a reload.
func (c *Collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the series of the last published snapshot, and what is live.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	for _, of := range []*atomic.Pointer[[]prometheus.Metric]{&c.last, &c.live} {
		if ms := of.Load(); ms != nil {
			for _, m := range *ms {
				ch <- m
			}
		}
	}
}

// Publish replaces what is shown.
func (c *Collector) Publish(s Snapshot) {
	b := builder{d: c.d}
	for i := range s.Findings {
		b.finding(&s.Findings[i])
	}
	b.keys(s.Findings)
	b.catalogue(s)
	b.operations(s)
	for _, src := range s.Sources {
		b.source(src, s.Took)
	}
	b.at(c.d.evalAt, s.EvaluatedAt)
	b.add(c.d.evalTime, s.EvaluationTime.Seconds())
	b.add(c.d.demo, boolean(s.Demo))
	b.add(c.d.instance, 1, s.Municipality, s.PublicURL)
	c.last.Store(&b.out)
}

type builder struct {
	d   descs
	out []prometheus.Metric
}

func (b *builder) add(d family, v float64, labels ...string) {
	b.out = append(b.out, newSeries(d, v, labels))
}

func (b *builder) at(d family, t time.Time, labels ...string) {
	if !t.IsZero() {
		b.add(d, float64(t.UnixMilli())/1000, labels...)
	}
}

func (b *builder) some(d family, v *float64, labels ...string) {
	if v != nil {
		b.add(d, *v, labels...)
	}
}

func (b *builder) count(d family, v float64, labels ...string) {
	b.out = append(b.out, prometheus.MustNewConstMetric(d.desc, prometheus.CounterValue, v, labels...))
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
