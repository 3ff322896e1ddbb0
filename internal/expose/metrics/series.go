package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// series is one gauge that was written down when it was published, so that a
// scrape only copies pointers.
type series struct {
	family family
	out    *dto.Metric
}

func newSeries(f family, v float64, labels []string) *series {
	return &series{family: f, out: &dto.Metric{Label: prometheus.MakeLabelPairs(f.desc, labels), Gauge: &dto.Gauge{Value: &v}}}
}

func (s *series) Desc() *prometheus.Desc { return s.family.desc }

func (s *series) Write(m *dto.Metric) error {
	m.Label, m.Gauge = s.out.Label, s.out.Gauge
	return nil
}

// Sample is one figure under its metric name, for other ways out that carry
// the same names and labels.
type Sample struct {
	Name, Help string
	Labels     [][2]string // sorted by name
	Value      float64
}

// Samples returns what a scrape would show of findings.
func Samples(fs []finding.Finding) []Sample {
	b := builder{d: newDescs(&list{})}
	for i := range fs {
		b.finding(&fs[i])
	}
	out := make([]Sample, 0, len(b.out))
	for _, m := range b.out {
		s, ok := m.(*series)
		if !ok {
			continue
		}
		x := Sample{Name: s.family.name, Help: s.family.help, Value: s.out.GetGauge().GetValue()}
		for _, l := range s.out.GetLabel() {
			x.Labels = append(x.Labels, [2]string{l.GetName(), l.GetValue()})
		}
		out = append(out, x)
	}
	return out
}
