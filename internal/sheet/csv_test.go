package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// file writes content to a new file and returns its path.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// all reads a sheet: the text of every cell, by row.
func all(path, sheet string, opt Options) (rows [][]string, b *Book, err error) {
	b, err = Open(context.Background(), path, opt)
	if err != nil {
		return nil, nil, err
	}
	r, err := b.Rows(sheet)
	if err != nil {
		return nil, b, errors.Join(err, b.Close())
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, b, errors.Join(r.Close(), b.Close())
		}
		if err != nil {
			return rows, b, errors.Join(err, r.Close(), b.Close())
		}
		for int64(len(rows)+1) < row.Number {
			rows = append(rows, nil)
		}
		var cells []string
		for i := range row.Cells {
			cells = append(cells, row.Cells[i].Text)
		}
		rows = append(rows, cells)
	}
}

func TestCSVAsProgramsWriteIt(t *testing.T) {
	utf16 := func(s string) []byte {
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(b)
	}
	latin := func(s string) []byte {
		b, err := charmap.Windows1252.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(b)
	}
	want := [][]string{{"Namn", "Förvaltning"}, {"Åkeri", "Teknik; drift"}, {"", "rad 1\nrad 2"}}
	text := "Namn;Förvaltning\r\nÅkeri;\"Teknik; drift\"\r\n;\"rad 1\nrad 2\"\r\n"
	for _, c := range []struct {
		name     string
		content  []byte
		opt      Options
		encoding string
		want     [][]string
	}{
		{"UTF-8", []byte(text), Options{}, "utf-8", want},
		{"UTF-8 with a byte order mark", []byte("\ufeff" + text), Options{}, "utf-8", want},
		{"UTF-16", utf16(text), Options{}, "utf-16", want},
		{"UTF-16 without a mark", utf16(text)[2:], Options{}, "utf-16", want},
		{"Windows-1252", latin(text), Options{}, "windows-1252", want},
		{"Windows-1252 by setting", latin(text), Options{Encoding: "windows-1252"}, "windows-1252", want},
		{"quoted byte order mark", []byte("\ufeff\"Namn\";A\n"), Options{}, "utf-8", [][]string{{"Namn", "A"}}},
		{"comma", []byte("a,b\n\"1,5\",2\n"), Options{}, "utf-8", [][]string{{"a", "b"}, {"1,5", "2"}}},
		{"semicolon with decimal commas", []byte("a;b\n1,5;2,5\n3,5;4,5\n"), Options{}, "utf-8", [][]string{{"a", "b"}, {"1,5", "2,5"}, {"3,5", "4,5"}}},
		{"tab", []byte("a\tb\n1\t2\n"), Options{}, "utf-8", [][]string{{"a", "b"}, {"1", "2"}}},
		{"pipe", []byte("a|b\n1|2\n"), Options{}, "utf-8", [][]string{{"a", "b"}, {"1", "2"}}},
		{"Excel's hint", []byte("sep=,\r\na,b;c\r\n"), Options{}, "utf-8", [][]string{{"a", "b;c"}}},
		{"by setting", []byte("a;b#c\n"), Options{Delimiter: "#"}, "utf-8", [][]string{{"a;b", "c"}}},
		{"old line ends", []byte("a;b\r1;2\r"), Options{}, "utf-8", [][]string{{"a", "b"}, {"1", "2"}}},
		{"no last line end", []byte("a;b\n1;2"), Options{}, "utf-8", [][]string{{"a", "b"}, {"1", "2"}}},
		{"quotes in the middle", []byte("a;b\nSkärm 27\";5\" disk\n"), Options{}, "utf-8", [][]string{{"a", "b"}, {"Skärm 27\"", "5\" disk"}}},
		{"doubled quotes", []byte("a;b\n\"Skärm 27\"\"\";\"\"\n"), Options{}, "utf-8", [][]string{{"a", "b"}, {"Skärm 27\"", ""}}},
		{"empty lines", []byte("a;b\n\n1;2\n"), Options{}, "utf-8", [][]string{{"a", "b"}, {""}, {"1", "2"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, b, err := all(file(t, "x.csv", c.content), "", c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if b.Encoding() != c.encoding {
				t.Errorf("encoding %q, want %q", b.Encoding(), c.encoding)
			}
		})
	}
}

func TestEncodingIsFoundLateInAFile(t *testing.T) {
	ascii := strings.Repeat("abc;def\n", 20_000) // far beyond what is looked at first
	rows, b, err := all(file(t, "x.csv", []byte(ascii+"\xc5s;x\n")), "", Options{})
	if err != nil || rows[20_000][0] != "Ås" || b.Encoding() != "windows-1252" {
		t.Errorf("got %q, %v", rows[len(rows)-1], err)
	}
	_, _, err = all(file(t, "x.csv", []byte("å;x\n"+ascii+"\xc5s;x\n")), "", Options{})
	if !errors.Is(err, ErrEncoding) {
		t.Errorf("UTF-8 first and something else later: got %v", err)
	}
	if rows, _, err = all(file(t, "x.csv", []byte(ascii[:65535]+"å;x\n")), "", Options{}); err != nil || !strings.Contains(rows[len(rows)-1][1], "å") {
		t.Errorf("a character cut by a block: %q, %v", rows[len(rows)-1], err)
	}
}

func TestFilesThatAreNoTableAreRefusedWithWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name, file, content string
		reason              error
		text                string
	}{
		{"old Excel", "lista.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ErrFormat, "Spara som, Excel-arbetsbok (.xlsx)"},
		{"locked workbook", "lista.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ErrFormat, "skyddad med lösenord"},
		{"text called xlsx", "lista.xlsx", "a;b\n1;2\n", ErrFormat, "heter som en Excel-fil men är ingen"},
		{"web page called xls", "lista.xls", "<html><table><tr><td>1</td></tr></table></html>", ErrFormat, "webbsida"},
		{"pdf", "lista.csv", "%PDF-1.7", ErrFormat, "PDF"},
		{"empty", "lista.csv", "", ErrTruncated, "tom"},
		{"binary", "lista.csv", "a\x00b\x00\x01\x02;\n", ErrFormat, "inte text"},
		{"cut workbook", "lista.xlsx", "PK\x03\x04abcdefgh", ErrTruncated, "avkortad eller skadad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(context.Background(), file(t, c.file, []byte(c.content)), Options{})
			if !errors.Is(err, c.reason) || !strings.Contains(err.Error(), c.text) || !strings.HasPrefix(err.Error(), c.file+": ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestLineOfTwoGigabytesIsRefusedWhereItBegins uses a sparse file, so that it
// takes no room on disk.
func TestLineOfTwoGigabytesIsRefusedWhereItBegins(t *testing.T) {
	for name, start := range map[string]string{"no line end": "x", "quote never closed": "\"x\n"} {
		t.Run(name, func(t *testing.T) {
			content := "a;b\n1;2\n" + strings.Repeat("3;4\n", 100_000) + strings.Repeat(start, 1) + strings.Repeat("lång text ", 600_000)
			path := file(t, "x.csv", []byte(content))
			if err := os.Truncate(path, 2<<30); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			b, err := Open(context.Background(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := b.Rows("")
			n := 0
			for err == nil {
				_, err = rows.Next()
				n++
			}
			runtime.ReadMemStats(&after)
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, ErrTooLong) || e.Row != 100_003 {
				t.Errorf("row %d: %v", n, err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d MB allocated", used>>20)
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCellsOfAMegabyteAreRefused(t *testing.T) {
	_, _, err := all(file(t, "x.csv", []byte("a;b\n"+strings.Repeat("x", MaxCell+1)+";2\n")), "", Options{})
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrTooLong) || e.Row != 2 || !strings.Contains(e.Text, "kolumn A") {
		t.Errorf("got %v", err)
	}
}

func TestGlobPassesOverLockFiles(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{"b.xlsx", "~$b.xlsx", ".~lock.b.xlsx#", "a.xlsx"} {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "c.xlsx"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Glob(filepath.Join(dir, "*.xlsx*"))
	if err != nil || !slices.Equal(got, []string{filepath.Join(dir, "a.xlsx"), filepath.Join(dir, "b.xlsx")}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a;b\n1;2\n", "\"a\nb\";c", "sep=,\na,b", "\ufeffå;ä\r\n", "a\"b;\"c\"\"d\"\n", "\xff\xfea\x00;\x00b\x00", "\"", "å\n\xe5"} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "x.csv")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		rows, _, err := all(path, "", Options{})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		roundTrip(t, path, rows)
	})
}

// roundTrip writes rows with encoding/csv and reads them back.
func roundTrip(t *testing.T, path string, rows [][]string) {
	t.Helper()
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	w.Comma = ';'
	var want [][]string
	for _, r := range rows {
		for i := range r {
			r[i] = strings.ToValidUTF8(strings.ReplaceAll(strings.ReplaceAll(r[i], "\r", ""), "\x00", ""), "")
		}
		if len(r) == 0 || len(r) == 1 && r[0] == "" {
			continue
		}
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
		want = append(want, r)
	}
	w.Flush()
	if len(want) == 0 || strings.HasPrefix(strings.ToLower(buf.String()), "sep=") || strings.Contains(buf.String(), "\ufeff") || buf.Len() == 0 {
		return
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, b, err := all(path, "", Options{Delimiter: ";", Encoding: "utf-8"})
	if err != nil {
		if errors.Is(err, ErrFormat) { // begins like a web page or a PDF
			return
		}
		t.Fatal(err)
	}
	_ = b
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
