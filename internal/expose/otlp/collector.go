package otlp

import "github.com/prometheus/client_golang/prometheus"

// Names of the exporter's own families.
const (
	upName      = "kommunpuls_otlp_up"
	exportsName = "kommunpuls_otlp_exports_total"
	successName = "kommunpuls_otlp_last_success_timestamp_seconds"
	queueName   = "kommunpuls_otlp_queue_spans"
	droppedName = "kommunpuls_otlp_dropped_spans_total"
)

// Describe sends no descriptions: there are no series while nothing is to be sent.
func (e *Exporter) Describe(chan<- *prometheus.Desc) {}

// Collect sends the exporter's own state.
func (e *Exporter) Collect(ch chan<- prometheus.Metric) {
	for _, s := range []*signal{e.metrics, e.traces} {
		s.collect(ch)
	}
}

func (s *signal) collect(ch chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on {
		return
	}
	one := func(name, help string, t prometheus.ValueType, v float64) {
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, []string{"signal"}, nil), t, v, s.name)
	}
	if s.known {
		up := 0.0
		if s.failures == 0 {
			up = 1
		}
		one(upName, "1 if the last sending over OTLP got through whole.", prometheus.GaugeValue, up)
	}
	if !s.lastSuccess.IsZero() {
		one(successName, "When a sending over OTLP last got through whole.", prometheus.GaugeValue, float64(s.lastSuccess.UnixMilli())/1000)
	}
	exports := prometheus.NewDesc(exportsName, "Sendings over OTLP since the start, by what became of them.", []string{"signal", "result"}, nil)
	for result, n := range s.results {
		ch <- prometheus.MustNewConstMetric(exports, prometheus.CounterValue, float64(n), s.name, result)
	}
	if s.name == "traces" {
		one(queueName, "Spans that wait for being sent over OTLP.", prometheus.GaugeValue, float64(s.queued))
		one(droppedName, "Spans that could not be sent over OTLP and are gone.", prometheus.CounterValue, float64(s.dropped))
	}
}
