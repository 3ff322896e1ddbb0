package sqlite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

const benchTickets = 1_000_000

// BenchmarkImport measures a ticket export against sqlite3's own .import of
// the same file into the same columns and indexes, with the same page cache,
// journal and fsync, and the same export again with 5,000 rows changed.
func BenchmarkImport(b *testing.B) {
	for _, shuffled := range []bool{false, true} {
		name := "ids in order"
		if shuffled {
			name = "ids in random order"
		}
		b.Run(name, func(b *testing.B) {
			first, again := writeTickets(b, benchTickets, 0, shuffled), writeTickets(b, benchTickets, 5000, shuffled)
			for b.Loop() {
				benchImport(b, name, first, again)
			}
		})
	}
}

func benchImport(b *testing.B, order, first, again string) {
	shell := shellImport(b, first)
	s := openStore(b, Options{})
	one := importOnce(b, s, first, time.Unix(genNow, 0))
	two := importOnce(b, s, again, time.Unix(genNow+86400, 0))
	if one.counts.Inserted != benchTickets || two.counts.Updated != 5000 || two.counts.Unchanged != benchTickets-5000 {
		b.Fatalf("%+v\n%+v", one.counts, two.counts)
	}
	b.Logf("%d tickets, %s; WAL, synchronous=FULL, page cache %d MiB, 5 indexes and a unique id", benchTickets, order, DefaultCacheKiB>>10)
	b.Logf("sqlite3 .import                %6.2f s", shell.Seconds())
	b.Logf("first import, CSV and all      %6.2f s = %.2f× (read and staged %.2f s), longest lock %.2f s, peak RSS %d MiB", one.took.Seconds(), one.took.Seconds()/shell.Seconds(), one.staged.Seconds(), one.counts.LockHeld.Seconds(), one.peak)
	b.Logf("again with 5,000 rows changed  %6.2f s = %.2f× the first (read and staged %.2f s), longest lock %.2f s, peak RSS %d MiB, %d MiB above what was held before", two.took.Seconds(), two.took.Seconds()/one.took.Seconds(), two.staged.Seconds(), two.counts.LockHeld.Seconds(), two.peak, two.peak-two.before)
	b.ReportMetric(one.took.Seconds()/shell.Seconds(), "first/.import")
	b.ReportMetric(two.took.Seconds()/one.took.Seconds(), "again/first")
	b.ReportMetric(max(one.counts.LockHeld, two.counts.LockHeld).Seconds(), "lock-s")
	b.ReportMetric(float64(max(one.peak, two.peak)), "RSS-MiB")
}

type importRun struct {
	took, staged time.Duration
	counts       store.Counts
	before, peak int
}

func importOnce(b *testing.B, s *Store, path string, now time.Time) importRun {
	b.Helper()
	debug.FreeOSMemory()
	resetPeak(b)
	run := importRun{before: statusMiB(b, "VmRSS:")}
	start := time.Now()
	st, err := s.Stage(b.Context(), store.SourceInfo{Name: "kö", Plugin: "table"}, now)
	check(b, err)
	check(b, st.Begin(ticketHeader()))
	seen, err := readTickets(path, st)
	check(b, err)
	run.staged = time.Since(start)
	run.counts, err = st.Apply(b.Context(), sdk.End{Seen: seen}, store.ApplyOptions{})
	check(b, err)
	run.took = time.Since(start)
	run.peak = statusMiB(b, "VmHWM:")
	return run
}

// shellImport runs sqlite3 .import and returns how long it took.
func shellImport(b *testing.B, path string) time.Duration {
	b.Helper()
	shell := testneed.Program(b, "sqlite3")
	cols := make([]string, len(ticketFields))
	s, _ := newTables().of("ticket")
	for i, f := range ticketFields {
		typ := s.columns[s.schema.Index(f)].typ
		if strings.HasSuffix(s.columns[s.schema.Index(f)].name, "_ref") {
			typ = "TEXT"
		}
		cols[i] = f + " " + typ
	}
	script := fmt.Sprintf("PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\nPRAGMA cache_size=-%d;\nCREATE TABLE ticket (id TEXT NOT NULL, %s);\nCREATE UNIQUE INDEX ticket_id ON ticket (id);\n", DefaultCacheKiB, strings.Join(cols, ", "))
	for _, ix := range indexesOf("ticket") {
		if onlyImported(ix.columns) == "" {
			continue
		}
		script += fmt.Sprintf("CREATE INDEX %s ON ticket (%s)", ix.name, onlyImported(ix.columns))
		if ix.where != "" {
			script += " WHERE " + ix.where
		}
		script += ";\n"
	}
	script += fmt.Sprintf(".import --csv --skip 1 %q ticket\nSELECT count(*) FROM ticket;\n", path)
	cmd := exec.CommandContext(b.Context(), shell, filepath.Join(b.TempDir(), "import.db"))
	cmd.Stdin = strings.NewReader(script)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if err != nil || !strings.Contains(string(out), fmt.Sprint(benchTickets)) {
		b.Fatalf("sqlite3: %v\n%s", err, out)
	}
	return took
}

// onlyImported keeps the index columns that the export has.
func onlyImported(columns string) string {
	var kept []string
	for _, c := range strings.Split(columns, ", ") {
		c = strings.TrimSuffix(c, "_ref")
		for _, f := range ticketFields {
			if f == c {
				kept = append(kept, c)
			}
		}
	}
	return strings.Join(kept, ", ")
}

func resetPeak(b *testing.B) {
	b.Helper()
	check(b, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
}

// statusMiB reads a line of this process's status.
func statusMiB(b *testing.B, key string) int {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	check(b, err)
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, key); ok {
			var kib int
			if _, err := fmt.Sscanf(rest, "%d kB", &kib); err != nil {
				b.Fatal(err)
			}
			return kib >> 10
		}
	}
	b.Fatalf("no %s", key)
	return 0
}
