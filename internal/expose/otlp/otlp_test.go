package otlp

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kommunpuls/kommunpuls/internal/expose/otlp/otlptest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func TestMain(m *testing.M) { testneed.NoLeaks(m) }

const authorization = "Bearer hemligt-ord"

// settings are those of a sending to r, with rounds only when they are asked for.
func settings(r *otlptest.Receiver, http bool) Settings {
	return Settings{
		Endpoint: r.URL, HTTP: http, Headers: map[string]string{"Authorization": authorization},
		Interval: time.Hour, Timeout: time.Minute,
		Resource: map[string]string{"service.name": "kommunpuls", "service.namespace": "Exempelkommun"},
	}
}

// bench is an exporter under test with what it logged.
type bench struct {
	*Exporter
	t   *testing.T
	mu  sync.Mutex
	log bytes.Buffer
}

func (b *bench) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

// lines are the log lines that contain a text.
func (b *bench) lines(text string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for l := range strings.Lines(b.log.String()) {
		if strings.Contains(l, text) {
			out = append(out, strings.TrimSpace(l))
		}
	}
	return out
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t}
	b.Exporter = New(Options{Log: slog.New(slog.NewTextHandler(b, nil)), Now: time.Now})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		b.Close(ctx)
		if l := b.lines("hemligt-ord"); len(l) > 0 {
			t.Error("a secret in the log:", l)
		}
	})
	return b
}

// started sends a single gauge and has made its first round.
func started(t *testing.T, s Settings) *bench {
	t.Helper()
	b := newBench(t)
	b.begin(s, gauges(1))
	return b
}

func (b *bench) begin(s Settings, from prometheus.Gatherer) {
	b.t.Helper()
	if err := b.Start(b.t.Context(), Gatherers{Metrics: from, Probes: prometheus.NewRegistry()}, &s); err != nil {
		b.t.Fatal(err)
	}
	eventually(b.t, "the first round", func() bool { return b.rounds() > 0 })
}

// round sends the figures once.
func (b *bench) round() SignalStatus {
	b.t.Helper()
	before := b.rounds()
	if err := b.running.metrics.ForceFlush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	if got := b.rounds(); got != before+1 {
		b.t.Fatalf("%d rounds after one more than %d", got, before)
	}
	return b.metrics.status()
}

func (b *bench) rounds() (n int64) {
	b.metrics.mu.Lock()
	defer b.metrics.mu.Unlock()
	for _, x := range b.metrics.results {
		n += x
	}
	return n
}

func gauges(n int) *prometheus.Registry {
	reg := prometheus.NewRegistry()
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "kommunpuls_kpi_value", Help: "Value."}, []string{"key"})
	reg.MustRegister(g)
	for i := range n {
		g.WithLabelValues(strings.Repeat("x", 30) + string(rune('a'+i%26)) + time.Duration(i).String()).Set(float64(i))
	}
	return reg
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// both runs a test over gRPC and HTTP.
func both(t *testing.T, f func(t *testing.T, http bool)) {
	t.Run("grpc", func(t *testing.T) { f(t, false) })
	t.Run("http", func(t *testing.T) { f(t, true) })
}

func TestNothingIsSentAndNothingShownWithoutSettings(t *testing.T) {
	b := newBench(t)
	if err := b.Start(t.Context(), Gatherers{Metrics: gauges(1), Probes: gauges(1)}, nil); err != nil {
		t.Fatal(err)
	}
	if b.Status() != nil {
		t.Errorf("%+v", b.Status())
	}
	if c := b.Collecting("lista", "table", time.Now()); c != nil {
		t.Error("a trace that goes nowhere")
	}
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(b.Exporter)
	if fs, err := reg.Gather(); err != nil || len(fs) > 0 {
		t.Error(fs, err)
	}
}

func TestChangedSettingsApplyAndUnchangedDisturbNothing(t *testing.T) {
	first := otlptest.Start(t, otlptest.Options{Authorization: authorization})
	second := otlptest.Start(t, otlptest.Options{HTTP: true, Authorization: authorization})
	s := settings(first, false)
	b := started(t, s)
	was := b.running
	same := settings(first, false)
	if err := b.Apply(t.Context(), &same); err != nil || b.running != was {
		t.Error("unchanged settings restarted the sending", err)
	}
	next := settings(second, true)
	if err := b.Apply(t.Context(), &next); err != nil {
		t.Fatal(err)
	}
	eventually(t, "figures at the second receiver", func() bool { return len(second.Metrics()) > 0 })
	if st := b.Status(); st.Endpoint != second.URL || !st.HTTP || len(st.Signals) != 1 {
		t.Errorf("%+v", st)
	}
	if err := b.Apply(t.Context(), nil); err != nil || b.Status() != nil {
		t.Error("it goes on although the section is gone", err)
	}
}

func TestTheEnvironmentDecidesNothing(t *testing.T) {
	stranger := otlptest.Start(t, otlptest.Options{HTTP: true})
	for k, v := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": stranger.URL, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": stranger.URL + "/v1/metrics", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": stranger.URL,
		"OTEL_EXPORTER_OTLP_HEADERS": "Authorization=fel,X-Mer=1", "OTEL_EXPORTER_OTLP_TIMEOUT": "1", "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
		"OTEL_EXPORTER_OTLP_CERTIFICATE": "testdata/ca.pem", "OTEL_EXPORTER_OTLP_INSECURE": "false", "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
		"OTEL_RESOURCE_ATTRIBUTES": "service.name=annat,team=x", "OTEL_SERVICE_NAME": "annat", "OTEL_METRIC_EXPORT_INTERVAL": "1", "OTEL_METRIC_EXPORT_TIMEOUT": "1",
		"OTEL_TRACES_SAMPLER": "always_off", "OTEL_BSP_MAX_QUEUE_SIZE": "1", "OTEL_BSP_SCHEDULE_DELAY": "3600000", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "0",
	} {
		t.Setenv(k, v)
	}
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		s := settings(r, http)
		s.Traces, s.Interval = true, 50*time.Millisecond
		b := started(t, s)
		b.Collecting("lista", "table", time.Now()).Done(Outcome{}, time.Now())
		eventually(t, "a trace", func() bool { return len(r.Traces()) > 0 })
		ms := r.Metrics()
		if len(ms) == 0 {
			t.Fatal("no figures")
		}
		for _, res := range []map[string]any{ms[0].ResourceMetrics().At(0).Resource().Attributes().AsRaw(), r.Traces()[0].ResourceSpans().At(0).Resource().Attributes().AsRaw()} {
			if len(res) != 2 || res["service.name"] != "kommunpuls" || res["service.namespace"] != "Exempelkommun" {
				t.Errorf("resource %v", res)
			}
		}
		if l := b.lines("OTEL_RESOURCE_ATTRIBUTES"); len(l) != 1 {
			t.Errorf("it is not told that variables are not read: %q", l)
		}
	})
	if n := stranger.Asked("metrics") + stranger.Asked("traces"); n > 0 {
		t.Errorf("%d requests to where the environment leads", n)
	}
}
