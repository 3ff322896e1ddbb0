//go:build linux

package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

// What a snapshot may take.
const (
	demoLimit    = 5 * time.Second
	ticketsLimit = 60 * time.Second
	memoryLimit  = 250.0 // MB
)

// BenchmarkSnapshotOfDemo makes and checks a snapshot of the generated
// municipality, all evidence included.
func BenchmarkSnapshotOfDemo(b *testing.B) {
	dir := b.TempDir()
	must(b, demo.Generate(dir, time.Now(), "127.0.0.1:0"))
	path := filepath.Join(dir, demo.ConfigFile)
	cfg, err := config.Load(path)
	must(b, err)
	d := startDaemon(b, path)
	for _, s := range cfg.Sources {
		d.run(s.Name)
	}
	d.end()
	for b.Loop() {
		snapshotAndCheck(b, path, demoLimit)
	}
}

// BenchmarkSnapshotOfTickets does so of a million tickets.
func BenchmarkSnapshotOfTickets(b *testing.B) {
	path := benchConfig(b, "tickets", "table", ticketSettings())
	must(b, writeTickets(filepath.Join(filepath.Dir(path), ticketFile), ticketExport{rows: *benchTickets, until: ticketsUntil()}))
	d := startDaemon(b, path)
	d.run("tickets")
	d.end()
	for b.Loop() {
		snapshotAndCheck(b, path, ticketsLimit)
	}
}

// BenchmarkSnapshotOfManyRows does so where there are more rows behind the
// figures than a sheet can have: five million of them are evidence.
func BenchmarkSnapshotOfManyRows(b *testing.B) {
	// A ticket of the last year stands behind a little over two figures.
	n := *benchEvidence / 2
	path := benchConfig(b, "tickets", "table", ticketSettings())
	must(b, writeTickets(filepath.Join(filepath.Dir(path), ticketFile), ticketExport{rows: 5 * n, skip: 4 * n, until: time.Now()}))
	d := startDaemon(b, path)
	d.run("tickets")
	d.end()
	for b.Loop() {
		c := makeAndCheck(b, path)
		if c.evidence < *benchEvidence || c.checked.KPIs == 0 {
			b.Fatalf("%d rows of evidence, %d figures anew: one that takes too long on a busy machine has no rows", c.evidence, c.checked.KPIs)
		}
		b.ReportMetric(float64(c.rows+c.evidence)/c.made.Took.Seconds(), "rows/s")
		b.ReportMetric(float64(c.rows+c.evidence)/c.checked.Took.Seconds(), "verify-rows/s")
	}
}

// snapshotCost is what a snapshot took, and checking it.
type snapshotCost struct {
	made, checked  step
	rows, evidence int // of populations, and behind the figures
}

// snapshotAndCheck holds a snapshot against the time that it may take.
func snapshotAndCheck(b *testing.B, path string, limit time.Duration) {
	took := makeAndCheck(b, path).made.Took
	b.Logf("create %.2f of %s", took.Seconds()/limit.Seconds(), limit)
	b.ReportMetric(took.Seconds()/limit.Seconds(), fmt.Sprintf("of-%s", limit))
}

// makeAndCheck makes a snapshot and checks it, each in a process that has just
// started.
func makeAndCheck(b *testing.B, path string) snapshotCost {
	var c snapshotCost
	var m1, m2 memory
	d := startDaemon(b, path)
	c.made, m1 = d.run("snapshot " + b.TempDir())
	d.end()
	d = startDaemon(b, path)
	c.checked, m2 = d.run("verify " + c.made.Path)
	d.end()
	c.rows, c.evidence = tableRows(b, strings.Replace(c.made.Path, "_redovisning.zip", "_underlag.zip", 1))
	b.Logf("%d figures, %d rows of populations and %d of evidence, %.1f MB", c.made.KPIs, c.rows, c.evidence, float64(c.made.Size)/1e6)
	b.Logf("create %6.2f s, %s", c.made.Took.Seconds(), m1)
	b.Logf("verify %6.2f s = %.2f of create (≤ 1), %d figures anew, %s", c.checked.Took.Seconds(), c.checked.Took.Seconds()/c.made.Took.Seconds(), c.checked.KPIs, m2)
	b.ReportMetric(c.checked.Took.Seconds()/c.made.Took.Seconds(), "verify/create")
	b.ReportMetric(m1.peak()/memoryLimit, "RSS-of-250MB")
	b.ReportMetric(m2.peak()/memoryLimit, "verify-RSS-of-250MB")
	return c
}

// tableRows counts the rows of a bag's tables.
func tableRows(b *testing.B, zip string) (rows, evidence int) {
	x, err := bag.Open(zip, bag.DefaultLimits())
	must(b, err)
	for _, name := range x.Files() {
		if filepath.Ext(name) != ".csv" {
			continue
		}
		r, err := x.Read(name)
		must(b, err)
		n, in := -1, bufio.NewReaderSize(r, 1<<20) // without the head
		for {
			_, err := in.ReadSlice('\n')
			if err == io.EOF {
				break
			}
			must(b, err)
			n++
		}
		must(b, r.Close())
		if strings.HasPrefix(name, "underlag/") {
			evidence += n
		} else {
			rows += n
		}
	}
	must(b, x.Close())
	return rows, evidence
}

// benchSnapshot makes a snapshot of now.
func benchSnapshot(ctx context.Context, a *App, dir string) (step, error) {
	began := time.Now()
	w, err := a.Snapshot(ctx, SnapshotOptions{Dir: dir})
	did := step{Took: time.Since(began), Path: w.Report.Path, KPIs: len(a.Parts().Catalogue.KPIs)}
	for _, f := range []snapshot.File{w.Report, w.Evidence} {
		if info, err := os.Stat(f.Path); err == nil {
			did.Size += info.Size()
		}
	}
	return did, err
}

// benchVerify checks a snapshot by its files alone.
func benchVerify(ctx context.Context, path string) (step, error) {
	began := time.Now()
	v, err := snapshot.Verify(ctx, path, nil)
	if err == nil && len(v.Faults) > 0 {
		err = fmt.Errorf("%v", v.Faults[0])
	}
	return step{Took: time.Since(began), KPIs: v.Recomputed}, err
}
