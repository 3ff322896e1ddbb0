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
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelError),
		ErrorHandling:     promhttp.ContinueOnError,
		EnableOpenMetrics: true,
	}), nil
}
