package metrics

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves c, the process's own metrics and what more there is. version
// stands on kommunpuls_build_info.
func Handler(c *Collector, version string, log *slog.Logger, more ...prometheus.Collector) (http.Handler, error) {
	reg, err := Registry(c, version, more...)
	if err != nil {
		return nil, err
	}
	return HandlerFor(reg, log), nil
}

// Registry gathers what Handler serves, for other ways out that show the same.
func Registry(c *Collector, version string, more ...prometheus.Collector) (*prometheus.Registry, error) {
	reg := prometheus.NewPedanticRegistry()
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: c.d.build.name, Help: c.d.build.help, ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
	all := []prometheus.Collector{c, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})}
	for _, x := range append(all, more...) {
		if err := reg.Register(x); err != nil {
			return nil, err
		}
	}
	return reg, nil
}

// HandlerFor serves what g gathers, as much of it as can be gathered.
func HandlerFor(g prometheus.Gatherer, log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelError),
		ErrorHandling:     promhttp.ContinueOnError,
		EnableOpenMetrics: true,
	})
}
