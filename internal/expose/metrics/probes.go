package metrics

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// probeLabels name a probe as other exporters do. They stand on an address of
// their own, where no family is that of another exporter's process.
var probeLabels = []string{"target", "site", "org_unit", "module"}

type probeDescs struct{ success, duration, expiry family }

func newProbeDescs(l *list) probeDescs {
	l.at = AtProbes
	return probeDescs{
		success:  l.add("gauge", "probe_success", isFlag, "1 if the target answered as it should when it was last asked.", probeLabels...),
		duration: l.add("gauge", "probe_duration_seconds", inSeconds, "How long the answer took.", probeLabels...),
		expiry:   l.add("gauge", "probe_ssl_earliest_cert_expiry", inEpoch, "When the first certificate of the target's chain expires, seconds since 1970.", probeLabels...),
	}
}

// Probes shows the newest result of every target. Publish and Collect may run
// at the same time.
type Probes struct {
	probeDescs
	last atomic.Pointer[[]prometheus.Metric]
}

// NewProbes returns a collector with nothing published.
func NewProbes() *Probes { return &Probes{probeDescs: newProbeDescs(&list{})} }

// Publish replaces what is shown. Two measuring points may probe one target:
// it answered if any of them had an answer.
func (p *Probes) Publish(list []Probe) {
	b := builder{}
	at := map[[4]string]int{}
	var merged []Probe
	for _, x := range list {
		k := [4]string{x.Target, x.Site, x.OrgUnit, x.Module}
		i, twice := at[k]
		if !twice {
			at[k] = len(merged)
			merged = append(merged, x)
			continue
		}
		if x.Success && (!merged[i].Success || x.Duration < merged[i].Duration) {
			x.Expires = later(x.Expires, merged[i].Expires)
			merged[i] = x
		}
	}
	for _, x := range merged {
		l := []string{x.Target, x.Site, x.OrgUnit, x.Module}
		b.add(p.success, boolean(x.Success), l...)
		if x.Success {
			b.add(p.duration, x.Duration.Seconds(), l...)
		}
		b.at(p.expiry, x.Expires, l...)
	}
	p.last.Store(&b.out)
}

// Describe sends no descriptions: what is shown follows the list of targets.
func (p *Probes) Describe(chan<- *prometheus.Desc) {}

// Collect sends what was last published.
func (p *Probes) Collect(ch chan<- prometheus.Metric) {
	if ms := p.last.Load(); ms != nil {
		for _, m := range *ms {
			ch <- m
		}
	}
}

// ProbesHandler serves p alone.
func ProbesHandler(p *Probes, log *slog.Logger) (http.Handler, error) {
	reg, err := ProbesRegistry(p)
	if err != nil {
		return nil, err
	}
	return HandlerFor(reg, log), nil
}

// ProbesRegistry gathers what ProbesHandler serves.
func ProbesRegistry(p *Probes) (*prometheus.Registry, error) {
	reg := prometheus.NewPedanticRegistry()
	return reg, reg.Register(p)
}
