package metrics

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type chainDescs struct{ count, newest, created, failures family }

func newChainDescs(l *list) chainDescs {
	l.at = AtMetrics
	return chainDescs{
		count:    l.gauge("snapshots", "snapshots", "Snapshots for the auditor in the configured folder's chain."),
		newest:   l.gauge("snapshot_last_timestamp_seconds", inEpoch, "The newest time that a snapshot shows the state of, seconds since 1970."),
		created:  l.gauge("snapshot_last_created_timestamp_seconds", inEpoch, "When the newest snapshot was made, seconds since 1970."),
		failures: l.counter("snapshot_failures_total", "attempts", "Attempts since the start that failed at a snapshot that was due, its time stamp or the letter with fingerprints.", "task"),
	}
}

// Chain shows how many snapshots there are, how new, and what failed. Publish,
// Failed and Collect may run at the same time.
type Chain struct {
	chainDescs
	shown atomic.Pointer[[]prometheus.Metric]

	mu     sync.Mutex
	failed map[string]float64 // by task
}

// NewChain returns a collector with nothing published.
func NewChain() *Chain {
	return &Chain{chainDescs: newChainDescs(&list{}), failed: map[string]float64{}}
}

// Watch shows tasks that have not failed.
func (c *Chain) Watch(tasks ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range tasks {
		c.failed[t] += 0
	}
}

// Failed counts an attempt at a task that failed.
func (c *Chain) Failed(task string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[task]++
}

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
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, task := range slices.Sorted(maps.Keys(c.failed)) {
		ch <- prometheus.MustNewConstMetric(c.failures.desc, prometheus.CounterValue, c.failed[task], task)
	}
}
