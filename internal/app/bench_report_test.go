//go:build linux

package app

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
)

// BenchmarkReports makes each report of the generated municipality as a command
// does beside a daemon: nothing is measured or remembered when it starts. It
// holds the processor time of each against what it may take.
func BenchmarkReports(b *testing.B) {
	dir := b.TempDir()
	must(b, demo.Generate(dir, time.Now(), "127.0.0.1:0"))
	open := func() *App {
		parts, err := Prepare(filepath.Join(dir, demo.ConfigFile), time.Now())
		must(b, err)
		a, err := Open(b.Context(), parts, Options{Version: "bench", Log: slog.New(slog.DiscardHandler), Now: time.Now})
		must(b, err)
		return a
	}
	a := open()
	must(b, a.Collect(b.Context(), ""))
	must(b, a.Close())
	for kind, limit := range map[string]time.Duration{
		compose.Leadership: 6 * time.Second, compose.Audit: 6 * time.Second, compose.Own: 6 * time.Second, compose.Monthly: 10 * time.Second,
	} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				before := processorTime(b)
				a := open()
				d, err := a.Report(b.Context(), ReportRequest{Kind: kind, OrgUnit: "soc"})
				must(b, err)
				must(b, RenderReport(&bytes.Buffer{}, d, FormatPDF))
				must(b, a.Close())
				b.ReportMetric((processorTime(b)-before).Seconds()/limit.Seconds(), "CPU-of-"+limit.String())
			}
		})
	}
}

// processorTime is what this process has used of the processors.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
