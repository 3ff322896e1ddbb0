package otlp

import (
	"context"
	"errors"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
)

// maxPoints is how many data points one request carries: collectors take no
// more than 4 MB over gRPC, and a point with long labels is some hundred bytes.
const maxPoints = 2000

// metricExporter sends all figures in requests of a bounded size and takes down
// what became of them together. It never returns an error: the SDK could only
// print it.
type metricExporter struct {
	sdkmetric.Exporter
	resource *resource.Resource
	faults   *gatherFaults
	sender   sender
}

// Export sends one round. The first request that fails ends it: the next round
// holds the same figures, newer.
func (m *metricExporter) Export(ctx context.Context, rm *metricdata.ResourceMetrics) error {
	gathered := m.faults.take()
	var f *failure
	for _, part := range split(rm.ScopeMetrics, maxPoints) {
		// The SDK's own resource has what OTEL_RESOURCE_ATTRIBUTES says too.
		round := &metricdata.ResourceMetrics{Resource: m.resource, ScopeMetrics: part}
		one := m.sender.send(ctx, func(ctx context.Context) error { return m.Exporter.Export(ctx, round) })
		if f == nil {
			f = one
		}
		if one != nil && one.class != classPartial {
			break
		}
	}
	if f == nil && gathered != nil {
		f = &failure{class: classGather, reason: "Några siffror gick inte att sammanställa; se loggen."}
		m.sender.signal.log.Debug("gathering", "err", gathered)
	}
	m.sender.note(f)
	return nil
}

// split divides scopes into parts of at most n data points, in order.
func split(scopes []metricdata.ScopeMetrics, n int) [][]metricdata.ScopeMetrics {
	var out [][]metricdata.ScopeMetrics
	var part []metricdata.Metrics
	room := n
	for _, s := range scopes {
		flush := func() {
			if len(part) > 0 {
				out = append(out, []metricdata.ScopeMetrics{{Scope: s.Scope, Metrics: part}})
			}
			part, room = nil, n
		}
		for _, m := range s.Metrics {
			for rest := m; rest.Data != nil; {
				if room == 0 {
					flush()
				}
				var head metricdata.Metrics
				var took int
				head, rest, took = cut(rest, room)
				part, room = append(part, head), room-took
			}
		}
		flush()
	}
	return out
}

// cut takes at most n data points off a metric; the rest has no data when
// nothing is left. Only kinds that the bridge makes are divided.
func cut(m metricdata.Metrics, n int) (head, rest metricdata.Metrics, took int) {
	head, rest = m, m
	rest.Data = nil
	switch d := m.Data.(type) {
	case metricdata.Gauge[float64]:
		if took = min(n, len(d.DataPoints)); took < len(d.DataPoints) {
			head.Data, rest.Data = metricdata.Gauge[float64]{DataPoints: d.DataPoints[:took]}, metricdata.Gauge[float64]{DataPoints: d.DataPoints[took:]}
		}
	case metricdata.Sum[float64]:
		if took = min(n, len(d.DataPoints)); took < len(d.DataPoints) {
			left := d
			d.DataPoints, left.DataPoints = d.DataPoints[:took], d.DataPoints[took:]
			head.Data, rest.Data = d, left
		}
	case metricdata.Histogram[float64]:
		if took = min(n, len(d.DataPoints)); took < len(d.DataPoints) {
			left := d
			d.DataPoints, left.DataPoints = d.DataPoints[:took], d.DataPoints[took:]
			head.Data, rest.Data = d, left
		}
	default: // summaries and native histograms of the process: a handful
		took = min(n, 1)
	}
	return head, rest, took
}

// tolerant hands on what could be gathered, as a scrape does, and keeps what
// could not for the exporter.
type tolerant struct {
	prometheus.Gatherer
	faults *gatherFaults
}

func (t tolerant) Gather() ([]*dto.MetricFamily, error) {
	fs, err := t.Gatherer.Gather()
	if err != nil {
		t.faults.add(err)
	}
	return fs, nil
}

type gatherFaults struct {
	mu  sync.Mutex
	err error
}

func (g *gatherFaults) add(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = errors.Join(g.err, err)
}

func (g *gatherFaults) take() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	err := g.err
	g.err = nil
	return err
}
