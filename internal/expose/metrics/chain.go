package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type chainDescs struct{ count, newest, created family }

func newChainDescs(l *list) chainDescs {
	l.at = AtMetrics
	return chainDescs{
		count:   l.gauge("snapshots", "snapshots", "Snapshots for the auditor in the configured folder's chain."),
		newest:  l.gauge("snapshot_last_timestamp_seconds", inEpoch, "The newest time that a snapshot shows the state of, seconds since 1970."),
		created: l.gauge("snapshot_last_created_timestamp_seconds", inEpoch, "When the newest snapshot was made, seconds since 1970."),
	}
}

// Chain shows how many snapshots there are and how new. Publish and Collect may
// run at the same time.
type Chain struct {
	chainDescs
	shown atomic.Pointer[[]prometheus.Metric]
}

// NewChain returns a collector with nothing published.
func NewChain() *Chain { return &Chain{chainDescs: newChainDescs(&list{})} }

// Publish replaces what is shown. asOf and created are of the newest, zero where
// there is none.
func (c *Chain) Publish(count int, asOf, created time.Time) {
	b := builder{}
	b.add(c.count, float64(count))
	b.at(c.newest, asOf)
	b.at(c.created, created)
	c.shown.Store(&b.out)
}

// Describe sends no descriptions: nothing is shown before the chain is read.
func (c *Chain) Describe(chan<- *prometheus.Desc) {}

// Collect sends what was last published.
func (c *Chain) Collect(ch chan<- prometheus.Metric) {
	if ms := c.shown.Load(); ms != nil {
		for _, m := range *ms {
			ch <- m
		}
	}
}
