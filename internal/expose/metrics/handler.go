package metrics

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves c and the process's own metrics. version stands on
// kommunpuls_build_info.
func Handler(c *Collector, version string, log *slog.Logger) (http.Handler, error) {
	reg := prometheus.NewPedanticRegistry()
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kommunpuls_build_info", Help: "The version that runs.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
	for _, x := range []prometheus.Collector{c, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
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
