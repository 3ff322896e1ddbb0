package otlptest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Series returns figures as a Prometheus server would store them: by
// name{label="value",…}, after the names went through its translator.
func Series(t testing.TB, ms []pmetric.Metrics, strategy otlptranslator.TranslationStrategyOption) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	x := translation{t: t, names: otlptranslator.NewMetricNamer("", strategy), labels: otlptranslator.LabelNamer{UTF8Allowed: !strategy.ShouldEscape()}, out: out}
	for _, m := range ms {
		for _, rm := range m.ResourceMetrics().All() {
			for _, sm := range rm.ScopeMetrics().All() {
				for _, one := range sm.Metrics().All() {
					x.metric(one)
				}
			}
		}
	}
	return out
}

type translation struct {
	t      testing.TB
	names  otlptranslator.MetricNamer
	labels otlptranslator.LabelNamer
	out    map[string]float64
}

func (x translation) metric(m pmetric.Metric) {
	var kind otlptranslator.MetricType = otlptranslator.MetricTypeGauge
	switch m.Type() {
	case pmetric.MetricTypeSum:
		kind = otlptranslator.MetricTypeMonotonicCounter
	case pmetric.MetricTypeSummary:
		kind = otlptranslator.MetricTypeSummary
	case pmetric.MetricTypeHistogram:
		kind = otlptranslator.MetricTypeHistogram
	}
	name, err := x.names.Build(otlptranslator.Metric{Name: m.Name(), Unit: m.Unit(), Type: kind})
	if err != nil {
		x.t.Fatal(err)
	}
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		for _, p := range m.Gauge().DataPoints().All() {
			x.add(name, p.Attributes(), p.DoubleValue())
		}
	case pmetric.MetricTypeSum:
		for _, p := range m.Sum().DataPoints().All() {
			x.add(name, p.Attributes(), p.DoubleValue())
		}
	case pmetric.MetricTypeSummary:
		for _, p := range m.Summary().DataPoints().All() {
			x.add(name+"_count", p.Attributes(), float64(p.Count()))
			x.add(name+"_sum", p.Attributes(), p.Sum())
			for _, q := range p.QuantileValues().All() {
				x.add(name, p.Attributes(), q.Value(), "quantile", fmt.Sprint(q.Quantile()))
			}
		}
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			x.add(name+"_count", p.Attributes(), float64(p.Count()))
			x.add(name+"_sum", p.Attributes(), p.Sum())
			var n uint64
			for i, c := range p.BucketCounts().All() {
				n += c
				le := "+Inf"
				if i < p.ExplicitBounds().Len() {
					le = fmt.Sprint(p.ExplicitBounds().At(i))
				}
				x.add(name+"_bucket", p.Attributes(), float64(n), "le", le)
			}
		}
	default:
		x.t.Errorf("%s: %s", m.Name(), m.Type())
	}
}

func (x translation) add(name string, attrs pcommon.Map, v float64, more ...string) {
	labels := map[string]string{}
	for k, a := range attrs.All() {
		l, err := x.labels.Build(k)
		if err != nil {
			x.t.Fatal(err)
		}
		labels[l] = a.Str()
	}
	for i := 0; i < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	key := Key(name, labels)
	if _, twice := x.out[key]; twice {
		x.t.Errorf("sent twice in one round: %s", key)
	}
	x.out[key] = v
}

// Key writes a series as name{label="value",…}, sorted.
func Key(name string, labels map[string]string) string {
	var b strings.Builder
	b.WriteString(name + "{")
	for i, k := range slices.Sorted(maps.Keys(labels)) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s=%q", k, labels[k])
	}
	return b.String() + "}"
}
