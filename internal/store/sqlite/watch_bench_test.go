package sqlite

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// What a thousand targets, probed every 15 seconds, come to. A fortieth of the
// time is filled, by the statements that a watch uses and in its order: a
// quarter of the targets at a time, each row begun by one result and added to.
const (
	benchTargets   = 1000
	benchPart      = 40
	benchMinutes   = 35 * 24 * 60
	benchHours     = 5 * 8766
	benchDays      = 5 * 365
	benchLimitByte = 4e9
)

func BenchmarkRollupsOfAThousandTargets(b *testing.B) {
	for b.Loop() {
		s := openStore(b, Options{})
		minute := fillSpans(b, s, "minute", 60, benchMinutes/benchPart)
		hour := fillSpans(b, s, "hour", 3600, benchHours/benchPart)
		day := fillSpans(b, s, "day", 86400, benchDays/benchPart)
		total := benchTargets * (minute*benchMinutes + hour*benchHours + day*benchDays)
		b.ReportMetric(minute, "B/minute-row")
		b.ReportMetric(hour, "B/hour-row")
		b.ReportMetric(day, "B/day-row")
		b.ReportMetric(total/1e9, "GB")
		b.ReportMetric(total/benchLimitByte, "of-4GB")
	}
}

// fillSpans fills n minutes, hours or days of all targets and returns the bytes a row takes.
func fillSpans(b *testing.B, s *Store, unit string, length int64, n int) float64 {
	b.Helper()
	before := fileBytes(b, s)
	rnd := rand.New(rand.NewPCG(1, 2))
	const perTx = 60
	for from := 0; from < n; from += perTx {
		_, err := s.update(b.Context(), func(tx *sql.Tx) error {
			w := &writer{s: s, ctx: b.Context(), tx: tx, stmts: map[string]*sql.Stmt{}}
			for i := from; i < min(from+perTx, n); i++ {
				for turn := range int64(8) { // the second four add to what the first began
					spans := map[spanKey]*spanSums{}
					results := int64(1)
					if turn >= 4 {
						results = length/15 - 1
					}
					for t := turn % 4; t < benchTargets; t += 4 {
						ms := int64(10 + rnd.IntN(400))
						spans[spanKey{midnight + int64(i)*length, t + 1}] = &spanSums{samples: results, ok: results, latency: results * ms, highest: ms, timed: true, measured: 15 * results, up: 15 * results}
					}
					add := func() error { return w.addSpans(unit, spans) }
					if unit == "day" {
						add = func() error { return w.addDays(spans) }
					}
					if err := add(); err != nil {
						return err
					}
				}
			}
			return nil
		})
		check(b, err)
	}
	return float64(fileBytes(b, s)-before) / float64(n*benchTargets)
}

func fileBytes(b *testing.B, s *Store) int64 {
	b.Helper()
	var pages, size, free int64
	check(b, s.read.QueryRowContext(b.Context(), "SELECT (SELECT * FROM pragma_page_count()), (SELECT * FROM pragma_page_size()), (SELECT * FROM pragma_freelist_count())").Scan(&pages, &size, &free))
	return (pages - free) * size
}

// BenchmarkWatchBatch commits a second's results of 5,000 targets at 15 seconds.
func BenchmarkWatchBatch(b *testing.B) {
	s := openStore(b, Options{})
	at := midnight
	for b.Loop() {
		var recs []record.Record
		for i := range 333 {
			r := probe(b, "", subjectOf(i+int(at%15)*333), at, true, 12.5)
			recs = append(recs, r)
		}
		check(b, s.Commit(context.Background(), store.SourceInfo{Name: "sond", Plugin: "probe"}, sdk.WatchBatch{Mapped: probeFields, Records: recs}, time.Unix(at, 0)))
		at++
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/333, "µs/result")
}

func subjectOf(i int) string {
	return "mål-" + string(rune('a'+i%26)) + time.Unix(int64(i), 0).UTC().Format("150405")
}

func TestPruningRemovesOldMinutesAndHoursOfAWatchAndKeepsDays(t *testing.T) {
	s := openStore(t, Options{})
	commit := func(at int64) {
		t.Helper()
		check(t, s.Commit(t.Context(), store.SourceInfo{Name: "sond", Plugin: "probe"}, sdk.WatchBatch{Mapped: probeFields, Records: []record.Record{probe(t, "x", "skola", at, true, 1)}}, time.Unix(at, 0)))
	}
	const day = 86400
	for _, at := range []int64{midnight, midnight + 40*day, midnight + 6*365*day} {
		commit(at)
	}
	_, err := s.Prune(t.Context(), time.Unix(midnight+41*day, 0))
	check(t, err)
	for table, want := range map[string]int64{"watch_minute": 2, "watch_hour": 3, "watch_day": 3} {
		if got := countOf(t, s, table); got != want {
			t.Errorf("after 41 days: %d rows in %s, want %d", got, table, want)
		}
	}
	_, err = s.Prune(t.Context(), time.Unix(midnight+6*365*day, 0))
	check(t, err)
	for table, want := range map[string]int64{"watch_minute": 1, "watch_hour": 1, "watch_day": 3} {
		if got := countOf(t, s, table); got != want {
			t.Errorf("after six years: %d rows in %s, want %d", got, table, want)
		}
	}
}
