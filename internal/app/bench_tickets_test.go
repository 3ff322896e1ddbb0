//go:build linux

package app

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// BenchmarkTicketsIntoStore measures a ticket export on its whole way: file,
// child process, wire, staging, store. Against the first import stands the
// .import of sqlite3: the same file into a table with the same columns and
// indexes, the same page cache, journal and fsync. Then the same export again
// with 5,000 rows changed, by a daemon that has just started, and an
// evaluation of every figure.
func BenchmarkTicketsIntoStore(b *testing.B) {
	for _, order := range []string{"ids in order", "ids in random order"} {
		b.Run(order, func(b *testing.B) {
			for b.Loop() {
				ticketsIntoStore(b, order, order != "ids in order")
			}
		})
	}
}

func ticketsIntoStore(b *testing.B, order string, shuffled bool) {
	n := *benchTickets
	config := benchConfig(b, "tickets", "table", ticketSettings())
	dir := filepath.Dir(config)
	export := filepath.Join(dir, ticketFile)
	must(b, writeTickets(export, ticketExport{rows: n, shuffled: shuffled, until: ticketsUntil()}))
	schema := indexes(b, filepath.Join(b.TempDir(), "empty.db"))
	shell := shellImport(b, export, n, schema)

	d := startDaemon(b, config)
	first, m1 := d.run("tickets")
	d.end()
	must(b, writeTickets(export, ticketExport{rows: n, changed: benchChanged, shuffled: shuffled, until: ticketsUntil()}))
	d = startDaemon(b, config)
	again, m2 := d.run("tickets")
	all, m3 := d.run("")
	d.end()

	if c := first.Counts; c.Inserted != int64(n) || c.Refused != 0 || len(c.Warnings) > 0 {
		b.Fatalf("%+v", c)
	}
	if c := again.Counts; c.Updated != benchChanged || c.Unchanged != int64(n-benchChanged) {
		b.Fatalf("%+v", c)
	}
	b.Logf("%d tickets, %s, %d columns, %d indexes and a unique id; WAL, synchronous=FULL, page cache %d MiB, into an empty store", n, order, len(ticketColumns), len(schema), sqlite.DefaultCacheKiB>>10)
	b.Logf("sqlite3 .import                %6.2f s", shell.Seconds())
	b.Logf("first import                   %6.2f s = %.2f× .import (≤ 3), longest write lock %.2f s, %s", first.Took.Seconds(), first.Took.Seconds()/shell.Seconds(), first.Counts.LockHeld.Seconds(), m1)
	b.Logf("again with %d rows changed   %6.2f s = %.2f× the first (≤ 0.25), longest write lock %.2f s, %s", benchChanged, again.Took.Seconds(), again.Took.Seconds()/first.Took.Seconds(), again.Counts.LockHeld.Seconds(), m2)
	b.Logf("then every figure, %d of them  %6.2f s, %s", all.KPIs, all.Took.Seconds(), m3)
	b.ReportMetric(first.Took.Seconds()/shell.Seconds(), "first/.import")
	b.ReportMetric(again.Took.Seconds()/first.Took.Seconds(), "again/first")
	b.ReportMetric(m2.over(), "again-MB")
	b.ReportMetric(max(first.Counts.LockHeld, again.Counts.LockHeld).Seconds(), "lock-s")
	b.ReportMetric(max(m1.peak(), m2.peak(), m3.peak()), "RSS-MB")
}

var storedIndex = regexp.MustCompile(`^CREATE INDEX \w+ ON ticket_now \(([^)]*)\)(.*)$`)

// indexes asks an empty store for the indexes of its tickets and returns them
// for a table with the export's columns.
func indexes(b *testing.B, path string) []string {
	b.Helper()
	s, err := sqlite.Open(b.Context(), path, sqlite.Options{})
	must(b, err)
	must(b, s.Close())
	out, err := exec.CommandContext(b.Context(), testneed.Program(b, "sqlite3"), path,
		"SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'ticket_now' AND sql LIKE 'CREATE INDEX%'").Output()
	must(b, err)
	var kept []string
	for _, text := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		m := storedIndex.FindStringSubmatch(text)
		if m == nil {
			b.Fatalf("cannot read %q", text)
		}
		if cols := imported(m[1]); cols != "" {
			kept = append(kept, fmt.Sprintf("CREATE INDEX t%d ON ticket (%s)%s;\n", len(kept), cols, m[2]))
		}
	}
	return kept
}

// imported keeps the columns that the export has; an index that begins with
// another holds nothing of it.
func imported(columns string) string {
	var kept []string
	for i, c := range strings.Split(columns, ", ") {
		for _, t := range ticketColumns {
			if t.field == strings.TrimSuffix(c, "_ref") {
				kept = append(kept, t.field)
			}
		}
		if i == 0 && len(kept) == 0 {
			return ""
		}
	}
	return strings.Join(kept, ", ")
}

// shellImport runs sqlite3 .import and returns how long it took.
func shellImport(b *testing.B, export string, n int, indexes []string) time.Duration {
	b.Helper()
	var cols []string
	for _, c := range ticketColumns {
		cols = append(cols, c.field+" "+c.typ)
	}
	script := fmt.Sprintf("PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\nPRAGMA cache_size=-%d;\nCREATE TABLE ticket (%s);\nCREATE UNIQUE INDEX ticket_id ON ticket (ticket_no);\n%s.import --csv --skip 1 %q ticket\nSELECT count(*) FROM ticket;\n",
		sqlite.DefaultCacheKiB, strings.Join(cols, ", "), strings.Join(indexes, ""), export)
	cmd := exec.CommandContext(b.Context(), testneed.Program(b, "sqlite3"), filepath.Join(b.TempDir(), "import.db"))
	cmd.Stdin = strings.NewReader(script)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), fmt.Sprint(n)) {
		b.Fatalf("sqlite3: %v\n%s", err, out)
	}
	return took
}
