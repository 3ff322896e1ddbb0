package otlp

import (
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/otlptranslator"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/expose/otlp/otlptest"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

const series = 20_000

// published is a collector with so many figures in one family and something in
// the families that change between evaluations.
func published(series int) *metrics.Collector {
	s := metrics.Snapshot{EvaluatedAt: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), EvaluationTime: 1500 * time.Millisecond}
	for k := range series / 200 {
		f := finding.Finding{KPI: fmt.Sprintf("kpi_number_%03d", k), Outcome: finding.NoData}
		for i := range 200 {
			v := float64(i) / 200
			f.Breakdown = append(f.Breakdown, finding.Cell{Dimension: "category", Key: fmt.Sprintf("Nätverk & \"wifi\" %03d\\", i), Value: &v, Outcome: finding.Measured})
		}
		s.Findings = append(s.Findings, f)
	}
	s.OrgUnits = []metrics.OrgUnit{{ID: "soc", Name: "Socialförvaltningen", Parent: "kommun"}}
	c := metrics.New()
	c.Publish(s)
	c.PublishLive(metrics.Live{
		Disruptions: []metrics.Disruption{{Site: "centralskolan", OrgUnit: "utb"}},
		Points:      []metrics.ProbePoint{{Name: "stadshuset", Blind: true, Targets: 40, Unknown: 3, UnknownSeconds: 90.5, Due: 1000, Missed: 2}},
	})
	return c
}

func TestWhatIsReceivedIsWhatAScrapeShows(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		b := newBench(t)
		reg, err := metrics.Registry(published(series), "1.2.3", b.Exporter)
		if err != nil {
			t.Fatal(err)
		}
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "kommunpuls_example_seconds", Help: "A histogram.", Buckets: []float64{0.1, 1}})
		h.Observe(0.05)
		h.Observe(5)
		reg.MustRegister(h)
		b.begin(settings(r, http), reg)
		r.Metrics()
		if st := b.round(); !st.Up {
			t.Fatalf("%+v", st)
		}
		got := r.Metrics()
		if len(got) < series/maxPoints {
			t.Errorf("%d requests: too large ones", len(got))
		}
		want := scraped(t, reg)
		if len(want) < 2*series {
			t.Fatalf("only %d series on /metrics", len(want))
		}
		for _, strategy := range []otlptranslator.TranslationStrategyOption{
			otlptranslator.UnderscoreEscapingWithSuffixes, otlptranslator.UnderscoreEscapingWithoutSuffixes, otlptranslator.NoUTF8EscapingWithSuffixes, otlptranslator.NoTranslation,
		} {
			t.Run(string(strategy), func(t *testing.T) { compare(t, otlptest.Series(t, got, strategy), want) })
		}
	})
}

// compare holds every name and label set against a scrape, and every value but
// those that the process changes by the looking.
func compare(t *testing.T, got, want map[string]float64) {
	t.Helper()
	missing, wrong := 0, 0
	for _, k := range slices.Sorted(maps.Keys(want)) {
		v, ok := got[k]
		moves := !strings.HasPrefix(k, "kommunpuls_") || strings.HasPrefix(k, "kommunpuls_otlp_")
		switch {
		case !ok:
			if missing++; missing < 10 {
				t.Errorf("on /metrics and not received: %s", k)
			}
		case !moves && math.Float64bits(v) != math.Float64bits(want[k]):
			if wrong++; wrong < 10 {
				t.Errorf("%s: received %v, on /metrics %v", k, v, want[k])
			}
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("received and not on /metrics: %s", k)
		}
	}
	t.Logf("%d series compared", len(want))
}

// scraped returns the series of the real handler.
func scraped(t *testing.T, reg prometheus.Gatherer) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.HandlerFor(reg, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	parser := expfmt.NewTextParser(model.UTF8Validation)
	fs, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for name, f := range fs {
		for _, m := range f.Metric {
			for suffix, v := range flat(m) {
				labels := map[string]string{}
				for _, l := range m.Label {
					labels[l.GetName()] = l.GetValue()
				}
				k, val, _ := strings.Cut(suffix, "=")
				end := k
				if k == "quantile" || k == "le" {
					labels[k] = val
					end = ""
					if k == "le" {
						end = "_bucket"
					}
				}
				out[otlptest.Key(name+end, labels)] = v
			}
		}
	}
	return out
}

// flat returns the samples of one metric by what they add to its name.
func flat(m *dto.Metric) map[string]float64 {
	switch {
	case m.Counter != nil:
		return map[string]float64{"": m.Counter.GetValue()}
	case m.Gauge != nil:
		return map[string]float64{"": m.Gauge.GetValue()}
	case m.Summary != nil:
		out := map[string]float64{"_count": float64(m.Summary.GetSampleCount()), "_sum": m.Summary.GetSampleSum()}
		for _, q := range m.Summary.Quantile {
			out[fmt.Sprint("quantile=", q.GetQuantile())] = q.GetValue()
		}
		return out
	case m.Histogram != nil:
		out := map[string]float64{"_count": float64(m.Histogram.GetSampleCount()), "_sum": m.Histogram.GetSampleSum()}
		for _, b := range m.Histogram.Bucket {
			out[fmt.Sprint("le=", b.GetUpperBound())] = float64(b.GetCumulativeCount())
		}
		return out
	}
	return nil
}

func TestCountersBeginAtAFixedTimeAndTheirPointsAreNew(t *testing.T) {
	r := otlptest.Start(t, otlptest.Options{Authorization: authorization})
	b := newBench(t)
	reg, err := metrics.Registry(published(200), "1")
	if err != nil {
		t.Fatal(err)
	}
	b.begin(settings(r, false), reg)
	start := map[string]bool{}
	var at []int64
	for range 2 {
		for _, m := range r.Metrics() {
			for _, x := range m.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
				if x.Name() == "kommunpuls_probe_slots_total" {
					p := x.Sum().DataPoints().At(0)
					start[p.StartTimestamp().String()] = true
					at = append(at, int64(p.Timestamp()))
				}
			}
		}
		b.round()
	}
	if len(start) != 1 || len(at) != 2 || at[1] <= at[0] {
		t.Errorf("starts %v, points at %v", start, at)
	}
}

func TestFiguresOfSingleTargetsAreSentWhenAskedFor(t *testing.T) {
	for _, want := range []bool{false, true} {
		r := otlptest.Start(t, otlptest.Options{Authorization: authorization})
		b := newBench(t)
		probes := metrics.NewProbes()
		probes.Publish([]metrics.Probe{{Target: "sw1", Site: "centralskolan", Module: "icmp", Success: true, Duration: time.Second}})
		reg, err := metrics.ProbesRegistry(probes)
		if err != nil {
			t.Fatal(err)
		}
		s := settings(r, false)
		s.Probes = want
		if err := b.Start(t.Context(), Gatherers{Metrics: gauges(1), Probes: reg}, &s); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a round", func() bool { return b.rounds() > 0 })
		got := otlptest.Series(t, r.Metrics(), otlptranslator.UnderscoreEscapingWithSuffixes)
		if v, ok := got[`probe_duration_seconds{module="icmp",org_unit="",site="centralskolan",target="sw1"}`]; ok != want || want && v != 1 {
			t.Errorf("probes %v: %v", want, got)
		}
	}
}
