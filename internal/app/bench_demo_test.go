//go:build linux

package app

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/demo"
)

// BenchmarkDemo measures the memory of a daemon and its children on the
// generated municipality: each source collected, then every figure computed.
func BenchmarkDemo(b *testing.B) {
	dir := b.TempDir()
	must(b, demo.Generate(dir, time.Now(), "127.0.0.1:0"))
	path := filepath.Join(dir, demo.ConfigFile)
	cfg, err := config.Load(path)
	must(b, err)
	for b.Loop() {
		d := startDaemon(b, path)
		most := 0.0
		for _, s := range cfg.Sources {
			did, m := d.run(s.Name)
			b.Logf("%-20s %7d rows  %6.2f s, %s", s.Name, did.Counts.Seen, did.Took.Seconds(), m)
			most = max(most, m.peak())
		}
		did, m := d.run("")
		d.end()
		b.Logf("%-20s %7d KPIs  %6.2f s, %s", "every figure", did.KPIs, did.Took.Seconds(), m)
		b.ReportMetric(max(most, m.peak()), "RSS-MB")
	}
}
