package reporting

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Status is how a plan fares.
type Status struct {
	Report        string
	Next          time.Time
	LastSuccess   time.Time
	Class, Reason string // of the last failure, "" where there is none now
	FailingFrom   time.Time
	Failures      int // in a row
	Waiting       int // letters
	Kept          int
}

// Status tells how the plans fare, in the order of the settings.
func (k *Keeper) Status() []Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.settings == nil {
		return nil
	}
	now := k.opt.Now()
	var out []Status
	for i := range k.settings.Plans {
		p := &k.settings.Plans[i]
		f := k.fares[p.Name]
		st := Status{Report: p.Name, Next: p.Next(now), Class: f.class, Reason: f.reason, FailingFrom: f.failingFrom, Failures: f.failures}
		if pr := k.state.Plans[p.Name]; pr != nil {
			st.LastSuccess = pr.LastSuccess
		}
		for _, r := range k.state.Kept {
			if r.Plan != p.Name {
				continue
			}
			st.Kept++
			if r.Letter.waits() {
				st.Waiting++
			}
		}
		out = append(out, st)
	}
	return out
}

// Kept lists what is kept, the newest first.
func (k *Keeper) Kept() []Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := slices.Clone(k.state.Kept)
	slices.Reverse(out)
	return out
}

// File reads a file of a report that is kept; fs.ErrNotExist where there is none.
func (k *Keeper) File(_ context.Context, name, format string) (Kept, []byte, error) {
	for _, r := range k.Kept() {
		if r.Name == name {
			b, err := k.shelf.read(&r, format)
			return r, b, err
		}
	}
	return Kept{}, nil, fmt.Errorf("reporting: %w", fs.ErrNotExist)
}

// Describe sends no descriptions: there are no series without plans.
func (k *Keeper) Describe(chan<- *prometheus.Desc) {}

// Collect sends how the reports fare.
func (k *Keeper) Collect(ch chan<- prometheus.Metric) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.settings == nil {
		return
	}
	last := prometheus.NewDesc("kommunpuls_report_last_success_timestamp_seconds", "When the report was last made, and mailed to whom it goes to.", []string{"report"}, nil)
	total := prometheus.NewDesc("kommunpuls_reports_sent_total", "Letters with reports and attempts since the start, by what became of them.", []string{"report", "result"}, nil)
	for i := range k.settings.Plans {
		name := k.settings.Plans[i].Name
		if pr := k.state.Plans[name]; pr != nil && !pr.LastSuccess.IsZero() {
			ch <- prometheus.MustNewConstMetric(last, prometheus.GaugeValue, float64(pr.LastSuccess.UnixMilli())/1000, name)
		}
		for result, n := range k.fares[name].results {
			ch <- prometheus.MustNewConstMetric(total, prometheus.CounterValue, float64(n), name, result)
		}
	}
}
