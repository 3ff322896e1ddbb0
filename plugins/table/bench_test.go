package table_test

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

// million is the number of rows of the benchmarks.
const million = 1_000_000

var ticketHeader = []string{"Ärendenummer", "Ärendetyp", "Status", "Skapad", "Löst", "Kö", "Förvaltning", "Kategori"}

// ticketRow makes ticket i: its own number, six words that recur, two times.
func ticketRow(i int) []string {
	opened := time.Date(2021, 1, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(i) * 150 * time.Second)
	if opened.Month() == time.March && opened.Hour() == 2 {
		opened = opened.Add(3 * time.Hour) // the hour that spring leaves out is in this month
	}
	row := []string{
		fmt.Sprintf("INC%07d", i), []string{"Felanmälan", "Beställning", "Fråga"}[i%3], []string{"Stängt", "Löst", "Pågår"}[i%7%3], opened.Format("2006-01-02 15:04"), "",
		[]string{"Servicedesk", "Drift", "Nät", "Klient"}[i%4], []string{"Socialförvaltningen", "Barn och utbildning", "Teknik"}[i%5%3], []string{"Skrivare", "Konto", "Nätverk", "Telefoni", "Annat"}[i%5],
	}
	if row[2] != "Pågår" {
		done := opened.Add(time.Duration(i%300) * 20 * time.Minute)
		if done.Month() == time.March && done.Hour() == 2 {
			done = done.Add(3 * time.Hour)
		}
		row[4] = done.Format("2006-01-02 15:04")
	}
	return row
}

const ticketSettings = `{"file":"%s","record":"ticket","covers":"all","columns":{"ticket_no":"Ärendenummer","kind":"Ärendetyp","status":"Status","opened_at":"Skapad","resolved_at":"Löst","queue":"Kö","org_unit":"Förvaltning","category":"Kategori"}}`

func millionCSV(tb testing.TB, path string, rows int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, err = fmt.Fprintln(w, strings.Join(ticketHeader, ";"))
	for i := 0; err == nil && i < rows; i++ {
		_, err = fmt.Fprintln(w, strings.Join(ticketRow(i), ";"))
	}
	if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
		tb.Fatal(err)
	}
}

// millionXLSX writes the sheet's XML itself: the numbers as shared texts, as
// Excel does, the rest inline.
func millionXLSX(tb testing.TB, path string, rows int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	zw := zip.NewWriter(f)
	part := func(name string, write func(w *bufio.Writer)) {
		p, err := zw.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		w := bufio.NewWriterSize(p, 1<<20)
		write(w)
		if err := w.Flush(); err != nil {
			tb.Fatal(err)
		}
	}
	text := func(s string) func(*bufio.Writer) { return func(w *bufio.Writer) { _, _ = w.WriteString(s) } } // Flush tells
	part("[Content_Types].xml", text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`))
	part("_rels/.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`))
	part("xl/workbook.xml", text(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Export" sheetId="1" r:id="rId1"/></sheets></workbook>`))
	part("xl/_rels/workbook.xml.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	part("xl/sharedStrings.xml", func(w *bufio.Writer) {
		_, _ = w.WriteString(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
		for i := range rows {
			_, _ = fmt.Fprintf(w, "<si><t>%s</t></si>", ticketRow(i)[0])
		}
		_, _ = w.WriteString(`</sst>`)
	})
	part("xl/worksheets/sheet1.xml", func(w *bufio.Writer) {
		_, _ = w.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
		for i := -1; i < rows; i++ {
			cells := ticketHeader
			if i >= 0 {
				cells = ticketRow(i)
			}
			_, _ = fmt.Fprintf(w, `<row r="%d">`, i+2)
			for c, v := range cells {
				if c == 0 && i >= 0 {
					_, _ = fmt.Fprintf(w, `<c r="A%d" t="s"><v>%d</v></c>`, i+2, i)
				} else {
					_, _ = fmt.Fprintf(w, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+c, i+2, v)
				}
			}
			_, _ = w.WriteString("</row>")
		}
		_, _ = w.WriteString(`</sheetData></worksheet>`)
	})
	if err := errors.Join(zw.Close(), f.Close()); err != nil {
		tb.Fatal(err)
	}
}

// counter is a sink that keeps nothing.
type counter struct{ records, refused int64 }

func (c *counter) Begin(sdk.Header) error { return nil }
func (c *counter) Write(recs []record.Record) error {
	c.records += int64(len(recs))
	return nil
}
func (c *counter) Warn(w sdk.Warning) error {
	if w.Refused {
		c.refused++
	}
	return nil
}
func (c *counter) Progress(int64, int64) error       { return nil }
func (c *counter) Purge(record.Kind, []string) error { return nil }

// peak is the highest resident memory of this process in MB, 0 where the
// system does not tell.
func peak() int {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	kb := 0
	if _, rest, ok := strings.Cut(string(b), "VmHWM:"); ok {
		if _, err := fmt.Sscan(rest, &kb); err != nil {
			return 0
		}
	}
	return kb / 1024
}

// TestReadOneLargeFile is the child of the memory tests: it reads one file,
// prints its rows, seconds and peak memory, and nothing else is in the process.
func TestReadOneLargeFile(t *testing.T) {
	path := os.Getenv("TABLE_READ")
	if path == "" {
		return // only the tests and benchmarks below start it
	}
	c := &counter{}
	start := time.Now()
	if _, err := (table.Source{}).Collect(context.Background(), request(t, filepath.Dir(path), fmt.Sprintf(ticketSettings, filepath.Base(path))), c); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\nread %d %d %.2f %d\n", c.records, c.refused, time.Since(start).Seconds(), peak())
}

// readAlone reads a file in a process of its own.
func readAlone(tb testing.TB, path string) (records int, seconds float64, mb int) {
	tb.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestReadOneLargeFile$") //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), "TABLE_READ="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	refusedRows := 0
	_, rest, _ := strings.Cut(string(out), "\nread ")
	if _, err := fmt.Sscan(rest, &records, &refusedRows, &seconds, &mb); err != nil || refusedRows > 0 {
		tb.Fatalf("%v, %d refused\n%s", err, refusedRows, out)
	}
	return records, seconds, mb
}

// TestMemoryDoesNotGrowWithTheFile reads 100,000 rows; the benchmark a million.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	dir := t.TempDir()
	for name, make := range map[string]func(testing.TB, string, int){"a.csv": millionCSV, "a.xlsx": millionXLSX} {
		path := filepath.Join(dir, name)
		make(t, path, 100_000)
		n, s, mb := readAlone(t, path)
		t.Logf("%s: %d rows in %.2f s, %d MB", name, n, s, mb)
		if n != 100_000 || mb > 200 {
			t.Errorf("%s: %d rows, %d MB; want 100000 and at most 200", name, n, mb)
		}
	}
}

// BenchmarkMillionRows prints rows a second and peak memory, beside
// encoding/csv reading the same CSV and doing nothing with it.
func BenchmarkMillionRows(b *testing.B) {
	dir := b.TempDir()
	text, book := filepath.Join(dir, "million.csv"), filepath.Join(dir, "million.xlsx")
	millionCSV(b, text, million)
	millionXLSX(b, book, million)
	var peer float64
	b.Run("peer encoding-csv", func(b *testing.B) {
		for range b.N {
			start := time.Now()
			f, err := os.Open(text)
			if err != nil {
				b.Fatal(err)
			}
			r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
			r.Comma, r.ReuseRecord = ';', true
			for {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
			peer = time.Since(start).Seconds()
		}
		b.ReportMetric(million/peer, "rows/s")
	})
	for _, path := range []string{text, book} {
		b.Run(filepath.Ext(path)[1:], func(b *testing.B) {
			for range b.N {
				n, s, mb := readAlone(b, path)
				if n != million || mb > 200 {
					b.Errorf("%d rows, %d MB", n, mb)
				}
				b.ReportMetric(float64(n)/s, "rows/s")
				b.ReportMetric(float64(mb), "MB-RSS")
				b.ReportMetric(s/peer, "×peer")
			}
		})
	}
}
