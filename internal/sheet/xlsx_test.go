package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// packed makes the smallest workbook around one sheet's XML.
func packed(t testing.TB, sheetXML, sharedXML string) []byte {
	t.Helper()
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Blad1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheetXML},
		{"xl/sharedStrings.xml", sharedXML},
	} {
		w, err := zw.Create(p[0])
		if err == nil {
			_, err = io.WriteString(w, p[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const (
	sheetStart = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	sheetEnd   = `</sheetData></worksheet>`
	noTexts    = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></sst>`
)

func TestCellsOfEveryType(t *testing.T) {
	xml := sheetStart + `<row r="2"><c r="B2" t="s"><v>0</v></c><c r="D2"><v>1234.5</v></c><c r="E2" t="b"><v>1</v></c><c r="F2" t="e"><v>#N/A</v></c>` +
		`<c r="G2" t="inlineStr"><is><r><t>delad </t></r><r><rPr><strike/></rPr><t>bort</t></r></is></c><c r="H2"><f>A1</f></c><c r="I2" t="str"><f>A1</f><v></v></c><c r="J2" t="str"><f>A1</f><v>klar</v></c><c r="K2"><v>0.30000000000000004</v></c></row>` +
		`<row><c t="s"><v>1</v></c></row>` + sheetEnd
	shared := `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Å&amp;_x000D_</t><rPh><t>läshjälp</t></rPh></si><si><r><rPr><strike val="1"/></rPr><t>allt</t></r></si></sst>`
	b, err := Open(context.Background(), file(t, "x.xlsx", packed(t, xml, shared)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.Rows("Blad1")
	if err != nil {
		t.Fatal(err)
	}
	r, err := rows.Next()
	if err != nil {
		t.Fatal(err)
	}
	want := []Cell{{}, {Kind: Text, Text: "Å&\r"}, {}, {Kind: Number, Text: "1234.5", Num: 1234.5}, {Kind: Bool, Text: "1", Num: 1}, {Kind: Fault, Text: "#N/A"},
		{Kind: Text, Text: "delad "}, {Kind: Fault, Text: "formel utan värde"}, {}, {Kind: Text, Text: "klar"}, {Kind: Number, Text: "0.3", Num: 0.30000000000000004}}
	if r.Number != 2 || fmt.Sprint(r.Cells) != fmt.Sprint(want) {
		t.Errorf("row %d: %v, want %v", r.Number, r.Cells, want)
	}
	if r, err = rows.Next(); err != nil || r.Number != 3 || !r.Struck() || r.Text(0) != "allt" {
		t.Errorf("second row: %+v, %v", r, err)
	}
	if _, err = rows.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want the end", err)
	}
	if err := errors.Join(rows.Close(), b.Close()); err != nil {
		t.Error(err)
	}
}

func TestDamagedWorkbooksSayWhere(t *testing.T) {
	for _, c := range []struct {
		name, xml string
		row       int64
		reason    error
	}{
		{"XML that ends early", sheetStart + `<row r="1"><c r="A1"><v>1</v></c></row><row r="7"><c r="A7"><v>1`, 7, ErrTruncated},
		{"the sheet never ends", sheetStart + `<row r="1"><c r="A1"><v>1</v></c></row>`, 1, ErrTruncated},
		{"no number", sheetStart + `<row r="3"><c r="A3"><v>ett</v></c></row>` + sheetEnd, 3, ErrTruncated},
		{"a text that is not there", sheetStart + `<row r="3"><c r="A3" t="s"><v>9</v></c></row>` + sheetEnd, 3, ErrTruncated},
		{"a cell outside the sheet", sheetStart + `<row r="3"><c r="XFE3"><v>9</v></c></row>` + sheetEnd, 3, ErrTruncated},
		{"a cell twice", sheetStart + `<row r="3"><c r="A3"><v>9</v></c><c r="A3"><v>8</v></c></row>` + sheetEnd, 3, ErrTruncated},
		{"a cell of four megabytes", sheetStart + `<row r="3"><c r="A3" t="inlineStr"><is><t>` + strings.Repeat("x", 4<<20) + `</t></is></c></row>` + sheetEnd, 3, ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := all(file(t, "x.xlsx", packed(t, c.xml, noTexts)), "Blad1", Options{})
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, c.reason) || e.Row != c.row || e.Sheet != "Blad1" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWorkbookCutAnywhereIsDamaged(t *testing.T) {
	whole := packed(t, sheetStart+strings.Repeat(`<row><c><v>1</v></c></row>`, 100)+sheetEnd, noTexts)
	for _, n := range []int{5, len(whole) / 3, len(whole) / 2, len(whole) - 1} {
		_, _, err := all(file(t, "x.xlsx", whole[:n]), "Blad1", Options{})
		if !errors.Is(err, ErrTruncated) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	flipped := bytes.Clone(whole)
	at := bytes.Index(flipped, []byte("xl/worksheets/sheet1.xml")) + len("xl/worksheets/sheet1.xml") + 20
	flipped[at] ^= 0xff
	if _, _, err := all(file(t, "x.xlsx", flipped), "Blad1", Options{}); !errors.Is(err, ErrTruncated) {
		t.Errorf("a changed byte: %v", err)
	}
}

// TestBombsDoNotFillMemory: a small file that unpacks to a cell of 64 megabytes.
func TestBombsDoNotFillMemory(t *testing.T) {
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	small := packed(t, "", noTexts)
	zr, err := zip.NewReader(bytes.NewReader(small), int64(len(small)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range zr.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			if err := zw.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	w, err := zw.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	block := strings.Repeat("x", 1<<20)
	_, err = io.WriteString(w, sheetStart+`<row r="1"><c r="A1" t="inlineStr"><is><t>`)
	for i := 0; err == nil && i < 64; i++ {
		_, err = io.WriteString(w, block)
	}
	if err = errors.Join(err, zw.Close()); err != nil {
		t.Fatal(err)
	}
	_, _, err = all(file(t, "x.xlsx", buf.Bytes()), "Blad1", Options{})
	if !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v", err)
	}
}

func TestWhatSurroundsTheCells(t *testing.T) {
	f := excelize.NewFile()
	steps := []func() error{
		func() error { return f.MergeCell("Sheet1", "A2", "A4") },
		func() error { return f.MergeCell("Sheet1", "B1", "D1") },
		func() error { return f.SetColVisible("Sheet1", "C:D", false) },
		func() error {
			return f.AddComment("Sheet1", excelize.Comment{Cell: "B3", Author: "x", Text: "Fråga Anna"})
		},
		func() error { return f.SetCellValue("Sheet1", "A2", "</sheetData> & sheetData/>") },
		func() error { return f.SetRowVisible("Sheet1", 2, false) },
	}
	for _, s := range steps {
		if err := s(); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := errors.Join(f.SaveAs(path), f.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.Meta("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if want := (Meta{Merged: []Range{{1, 3, 1, 1}, {0, 0, 2, 4}}, HiddenColumns: []int{2, 3}, Remarks: []string{"B3"}}); fmt.Sprint(m) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", m, want)
	}
	if !b.Modified.IsZero() {
		t.Errorf("the date of a template was taken for the content's: %v", b.Modified)
	}
	rows, err := b.Rows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for {
		r, err := rows.Next()
		if err != nil {
			t.Fatal(err)
		}
		if r.Number == 2 {
			if !r.Hidden || r.Text(0) != "</sheetData> & sheetData/>" {
				t.Errorf("%+v", r)
			}
			break
		}
	}
	if _, err := b.Rows("Blad9"); !errors.Is(err, ErrNoSheet) {
		t.Errorf("got %v", err)
	}
	if err := errors.Join(rows.Close(), b.Close()); err != nil {
		t.Error(err)
	}
}

func TestTextsBeyondMemoryWaitInAFileThatIsRemoved(t *testing.T) {
	dir := t.TempDir()
	var shared, rows strings.Builder
	const n = 9000
	for i := range n {
		fmt.Fprintf(&shared, "<si><t>%d %s</t></si>", i, strings.Repeat("text", 1000))
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, n-1-i)
	}
	path := file(t, "x.xlsx", packed(t, sheetStart+rows.String()+sheetEnd, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+shared.String()+`</sst>`))
	b, err := Open(context.Background(), path, Options{TempDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Rows("Blad1")
	if err != nil {
		t.Fatal(err)
	}
	if aside, err := os.ReadDir(dir); err != nil || len(aside) != 1 {
		t.Errorf("%d files put aside, %v", len(aside), err)
	}
	for i := range n {
		row, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%d text", n-1-i); !strings.HasPrefix(row.Text(0), want) {
			t.Fatalf("row %d: %.20q, want %q", i, row.Text(0), want)
		}
	}
	if err := errors.Join(r.Close(), b.Close()); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%d files left, %v", len(left), err)
	}
}

func TestFormatsThatShowDates(t *testing.T) {
	for f, want := range map[string]bool{"yyyy-mm-dd": true, `[$-41D]d mmmm yyyy;@`: true, "hh:mm": true, "[h]:mm": true, "General": false, "0.00": false, `#,##0 "st"`: false, `0 "dagar"`: false, "[Red]0": false, "@": false, `"d"0`: false} {
		if got := dateFormat(f); got != want {
			t.Errorf("%q: %v", f, got)
		}
	}
}

// FuzzXLSXCells is best run with -fuzzminimizetime 10x: compression makes the
// coverage differ from run to run, and minimising would take all the time.
func FuzzXLSXCells(f *testing.F) {
	f.Add([]byte(`<row r="2"><c r="B2" t="s"><v>0</v></c><c t="b"><v>1</v></c></row>`), []byte(`<si><t>a</t></si>`))
	f.Add([]byte(`<row><c t="inlineStr"><is><r><rPr><strike/></rPr><t>x</t></r></is></c><c><f>A1</f></c></row>`), []byte(`<si><r><t>_x000D_</t></r></si>`))
	f.Add([]byte(`</sheetData><mergeCells><mergeCell ref="A1:B9"/></mergeCells>`), []byte(``))
	f.Fuzz(func(t *testing.T, cells, texts []byte) {
		path := file(t, "x.xlsx", packed(t, sheetStart+string(cells)+sheetEnd, "<sst>"+string(texts)+"</sst>"))
		b, err := Open(context.Background(), path, Options{})
		if err != nil {
			return
		}
		if _, err := b.Meta("Blad1"); err != nil && !errors.Is(err, ErrTruncated) {
			t.Errorf("an error without a place: %v", err)
		}
		rows, err := b.Rows("Blad1")
		last := int64(0)
		for err == nil {
			var row *Row
			if row, err = rows.Next(); err == nil {
				if len(row.Cells) > MaxColumns {
					t.Errorf("%d cells", len(row.Cells))
				}
				last = row.Number
			}
		}
		var e *Error
		if !errors.Is(err, io.EOF) && !errors.As(err, &e) {
			t.Errorf("after row %d, an error without a place: %v", last, err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
}
