package otlptest

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// check holds figures to what makes their Prometheus names survive: a unit
// would become a suffix, and a sum that is not cumulative would lose its own.
func (r *Receiver) check(m pmetric.Metrics) {
	for _, rm := range m.ResourceMetrics().All() {
		r.checkResource(rm.Resource())
		for _, sm := range rm.ScopeMetrics().All() {
			for _, x := range sm.Metrics().All() {
				if x.Name() == "" || x.Unit() != "" {
					r.breach("metric %q with unit %q", x.Name(), x.Unit())
				}
				r.checkPoints(x)
			}
		}
	}
}

func (r *Receiver) checkPoints(x pmetric.Metric) {
	switch x.Type() {
	case pmetric.MetricTypeGauge:
		for _, p := range x.Gauge().DataPoints().All() {
			r.checkTimes(x.Name(), 1, p.Timestamp())
		}
	case pmetric.MetricTypeSum:
		if s := x.Sum(); !s.IsMonotonic() || s.AggregationTemporality() != pmetric.AggregationTemporalityCumulative {
			r.breach("%s: monotonic %v, %s", x.Name(), s.IsMonotonic(), s.AggregationTemporality())
		}
		for _, p := range x.Sum().DataPoints().All() {
			r.checkTimes(x.Name(), p.StartTimestamp(), p.Timestamp())
		}
	case pmetric.MetricTypeHistogram:
		if x.Histogram().AggregationTemporality() != pmetric.AggregationTemporalityCumulative {
			r.breach("%s: %s", x.Name(), x.Histogram().AggregationTemporality())
		}
		for _, p := range x.Histogram().DataPoints().All() {
			r.checkTimes(x.Name(), p.StartTimestamp(), p.Timestamp())
		}
	case pmetric.MetricTypeSummary:
		for _, p := range x.Summary().DataPoints().All() {
			r.checkTimes(x.Name(), p.StartTimestamp(), p.Timestamp())
		}
	default:
		r.breach("%s: %s", x.Name(), x.Type())
	}
}

func (r *Receiver) checkTimes(name string, start, at pcommon.Timestamp) {
	if start == 0 || at < start {
		r.breach("%s: from %v to %v", name, start, at)
	}
}

func (r *Receiver) checkResource(res pcommon.Resource) {
	if v, ok := res.Attributes().Get("service.name"); !ok || v.Str() != "kommunpuls" {
		r.breach("resource %v", res.Attributes().AsRaw())
	}
}

func (r *Receiver) checkTraces(t ptrace.Traces) {
	for _, rs := range t.ResourceSpans().All() {
		r.checkResource(rs.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				if s.TraceID().IsEmpty() || s.SpanID().IsEmpty() || s.Name() == "" || s.EndTimestamp() < s.StartTimestamp() || s.StartTimestamp() == 0 {
					r.breach("span %q from %v to %v", s.Name(), s.StartTimestamp(), s.EndTimestamp())
				}
				if s.DroppedAttributesCount() > 0 {
					r.breach("span %q lost attributes", s.Name())
				}
			}
		}
	}
}
