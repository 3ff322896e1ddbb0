package otlp

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	bridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope names what made the spans.
const scope = "github.com/kommunpuls/kommunpuls"

// pipeline is the SDK at work with one set of settings.
type pipeline struct {
	settings Settings
	base     context.Context // ends what is under way
	abort    context.CancelCauseFunc
	metrics  *sdkmetric.MeterProvider
	spans    *spanExporter            // nil without traces
	traces   *sdktrace.TracerProvider // nil without traces
	wires    []*wire
	work     sync.WaitGroup
	stop     chan struct{}
}

// newPipeline wires gatherers → bridge → periodic reader → exporter, and spans
// → batch processor → exporter. Nothing is sent before start.
func (e *Exporter) newPipeline(s Settings, from Gatherers) (*pipeline, error) {
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return nil, err
	}
	p := &pipeline{settings: s, stop: make(chan struct{})}
	p.base, p.abort = context.WithCancelCause(context.Background())
	to := target{Settings: s, url: u}
	res := resource.NewSchemaless(attributes(s.Resource)...)

	wire := p.wire()
	out, err := to.metricExporter(p.base, wire)
	if err != nil {
		return nil, err
	}
	faults := &gatherFaults{}
	options := []bridge.Option{bridge.WithGatherer(tolerant{from.Metrics, faults})}
	if s.Probes {
		options = append(options, bridge.WithGatherer(tolerant{from.Probes, faults}))
	}
	p.metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(
		&metricExporter{Exporter: out, resource: res, faults: faults, sender: sender{base: p.base, target: to, wire: wire, signal: e.metrics}},
		sdkmetric.WithInterval(s.Interval), sdkmetric.WithTimeout(max(s.Interval, s.Timeout)),
		sdkmetric.WithProducer(bridge.NewMetricProducer(options...)),
	)))
	if !s.Traces {
		return p, nil
	}
	return p, e.addTraces(p, to, res)
}

func (e *Exporter) addTraces(p *pipeline, to target, res *resource.Resource) error {
	wire := p.wire()
	out, err := to.spanExporter(p.base, wire)
	if err != nil {
		return errors.Join(err, p.metrics.Shutdown(p.base))
	}
	p.spans = &spanExporter{next: out, resource: res, sender: sender{base: p.base, target: to, wire: wire, signal: e.traces}}
	p.traces = sdktrace.NewTracerProvider(
		sdktrace.WithSampler(sdktrace.AlwaysSample()), sdktrace.WithRawSpanLimits(spanLimits()),
		sdktrace.WithBatcher(p.spans,
			sdktrace.WithMaxQueueSize(maxSpans), sdktrace.WithMaxExportBatchSize(maxSpanBatch),
			sdktrace.WithBatchTimeout(min(5*time.Second, to.Interval)), sdktrace.WithExportTimeout(2*to.Timeout),
		),
	)
	return nil
}

func (p *pipeline) wire() *wire {
	w := &wire{}
	p.wires = append(p.wires, w)
	return w
}

// spanLimits are the SDK's own defaults: its function for them reads the environment.
func spanLimits() sdktrace.SpanLimits {
	return sdktrace.SpanLimits{
		AttributeValueLengthLimit: sdktrace.DefaultAttributeValueLengthLimit, AttributeCountLimit: sdktrace.DefaultAttributeCountLimit,
		EventCountLimit: sdktrace.DefaultEventCountLimit, LinkCountLimit: sdktrace.DefaultLinkCountLimit,
		AttributePerEventCountLimit: sdktrace.DefaultAttributePerEventCountLimit, AttributePerLinkCountLimit: sdktrace.DefaultAttributePerLinkCountLimit,
	}
}

// start sends the figures at once, so that a fault shows at the start, and
// tries waiting spans again at the interval.
func (p *pipeline) start() {
	if p == nil {
		return
	}
	p.work.Go(func() { _ = p.metrics.ForceFlush(p.base) }) // what came of it is noted
	if p.spans == nil {
		return
	}
	p.work.Go(func() {
		tick := time.NewTicker(p.settings.Interval)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-tick.C:
				p.spans.retry(p.base)
			}
		}
	})
}

func (p *pipeline) tracer() trace.Tracer {
	if p == nil || p.traces == nil {
		return nil
	}
	return p.traces.Tracer(scope)
}

// close sends what is left until ctx ends, and then ends what is under way.
// What comes of it is noted like any sending.
func (p *pipeline) close(ctx context.Context) {
	if p == nil {
		return
	}
	close(p.stop)
	var both sync.WaitGroup
	both.Go(func() { _ = p.metrics.Shutdown(ctx) })
	if p.traces != nil {
		both.Go(func() { _ = p.traces.Shutdown(ctx) })
	}
	cut := context.AfterFunc(ctx, func() { p.abort(errClosed) })
	both.Wait()
	cut()
	p.abort(errClosed)
	p.work.Wait()
	for _, w := range p.wires {
		w.hangUp()
	}
}

func attributes(m map[string]string) []attribute.KeyValue {
	out := make([]attribute.KeyValue, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, attribute.String(k, m[k]))
	}
	return out
}
