package table_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

var update = flag.Bool("update", false, "rewrite the files under testdata")

// workbook is one ugly file under testdata and the program that writes it.
type workbook struct {
	path  string
	build func(t *testing.T) []byte
}

func workbooks() []workbook {
	return []workbook{
		{"titlar-summa/Systemlista.xlsx", titlesAndTotals},
		{"tva-rubrikrader/Systemlista.xlsx", twoRowHeader},
		{"blad-per-forvaltning/Systemlista.xlsx", sheetPerUnit},
		{"windows-1252/kostnader.csv", oldCSV},
		{"dubbla-timmar/arenden.xlsx", ticketsTwice},
		{"agare/Systemlista.xlsx", owners},
		{"utskrift/Systemlista.xlsx", printed},
		{"oklara-datum/arenden.csv", unclearDates},
	}
}

// TestWorkbooksAreAsTheGeneratorWritesThem finds drift between the committed
// files and the program; -update rewrites the files.
func TestWorkbooksAreAsTheGeneratorWritesThem(t *testing.T) {
	for _, w := range workbooks() {
		t.Run(w.path, func(t *testing.T) {
			path := filepath.Join("testdata", w.path)
			want := w.build(t)
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, want, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(path) == ".csv" {
				if !bytes.Equal(got, want) {
					t.Error("the file differs; run go test ./plugins/table -update")
				}
				return
			}
			a, b := unzip(t, got), unzip(t, want)
			for name := range b {
				if a[name] != b[name] {
					t.Errorf("%s differs; run go test ./plugins/table -update", name)
				}
			}
			if len(a) != len(b) {
				t.Errorf("%d parts, want %d", len(a), len(b))
			}
		})
	}
}

func unzip(t *testing.T, b []byte) map[string]string {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	parts := make(map[string]string)
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
	}
	return parts
}

// maker writes a workbook and fails the test at any error.
type maker struct {
	t *testing.T
	f *excelize.File
}

func newMaker(t *testing.T, sheets ...string) *maker {
	t.Helper()
	m := &maker{t, excelize.NewFile()}
	m.ok(m.f.SetSheetName("Sheet1", sheets[0]))
	for _, s := range sheets[1:] {
		_, err := m.f.NewSheet(s)
		m.ok(err)
	}
	m.ok(m.f.SetDocProps(&excelize.DocProperties{Creator: "kommunpuls", Created: "2024-01-08T08:00:00Z", Modified: "2026-03-03T09:30:00Z"}))
	return m
}

func (m *maker) ok(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// rows writes rows from a cell on; nil leaves a cell empty.
func (m *maker) rows(sheet string, first int, rows ...[]any) {
	m.t.Helper()
	for i, r := range rows {
		for c, v := range r {
			if v == nil {
				continue
			}
			cell, err := excelize.CoordinatesToCellName(c+1, first+i)
			m.ok(err)
			m.ok(m.f.SetCellValue(sheet, cell, v))
		}
	}
}

func (m *maker) strike(sheet, from, to string) {
	m.t.Helper()
	id, err := m.f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	m.ok(err)
	m.ok(m.f.SetCellStyle(sheet, from, to, id))
}

func (m *maker) format(sheet, from, to, format string) {
	m.t.Helper()
	id, err := m.f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	m.ok(err)
	m.ok(m.f.SetCellStyle(sheet, from, to, id))
}

func (m *maker) bytes() []byte {
	m.t.Helper()
	b, err := m.f.WriteToBuffer()
	m.ok(err)
	m.ok(m.f.Close())
	return b.Bytes()
}

// titlesAndTotals: a title, a date and an empty row above the header; two rows
// struck through; a former owner crossed out before the new one; a comment; a
// sum; a remark.
func titlesAndTotals(t *testing.T) []byte {
	m := newMaker(t, "System")
	m.rows("System", 1, []any{"Systemförteckning"}, []any{"Fastställd av it-chefen, senast ändrad 2026-03-03"}, nil,
		[]any{"Systemnamn", "Förvaltning", "Systemägare", "Klass", "Antal användare"},
		[]any{"Ekonomisystemet", "Kommunledning", "Anna Andersson", "Guld", 240},
		[]any{"Skolplattformen", "Barn och utbildning", "Bo Berg", "Guld", 3100},
		[]any{"Journalsystemet", "Social", "Cecilia Ceder", "Guld", 820},
		[]any{"Gamla lönesystemet", "Kommunledning", "Dan Dahl", "Silver", 40},
		[]any{"Bygglov", "Teknik", nil, "Silver", 65},
		[]any{"Ledningskartan", "Teknik", "okänd", "Brons", 12},
		[]any{"Biblioteket", "Kultur", "Eva Ek", "Brons", 30},
		[]any{"Faxservern", "Kommunledning", "Fredrik Falk", "Koppar", 3},
		[]any{"Summa", nil, nil, nil, 4310},
		nil,
		[]any{"* Listan revideras varje år i mars"})
	m.strike("System", "A8", "E8")
	m.strike("System", "A12", "E12")
	m.ok(m.f.SetCellRichText("System", "C7", []excelize.RichTextRun{{Text: "Gunnar Grå ", Font: &excelize.Font{Strike: true}}, {Text: "Cecilia Ceder"}}))
	m.ok(m.f.AddComment("System", excelize.Comment{Cell: "C9", Author: "IT", Text: "Frågan ligger hos tekniska"}))
	return m.bytes()
}

// twoRowHeader: group headings above K, R and T and above the roles; the
// förvaltning merged downwards.
func twoRowHeader(t *testing.T) []byte {
	m := newMaker(t, "Förteckning")
	s := "Förteckning"
	m.rows(s, 2,
		[]any{"Förv.", "Systemnamn", "Klassning", nil, nil, "Roller", nil, "Klassad"},
		[]any{nil, nil, "K", "R", "T", "Systemägare", "Systemansvarig", nil},
		[]any{"Social", "Journal", 4, 3, 3, "Skolchef", "Anna Andersson", 46082},
		[]any{nil, "Avvikelser", 3, 2, 2, "Bo Berg", nil, 45292},
		[]any{nil, "Matsedel", nil, nil, nil, "Bo Berg", "Vakant", nil},
		[]any{"Teknik", "Bygglov", 1, 2, 2, "Cecilia Ceder", "Dan Dahl", 46023},
		[]any{nil, "Karta", 0, 1, 2, nil, "Dan Dahl", 46023},
		[]any{"Kultur", "Bibliotek", 1, nil, 1, "Eva Ek", "Eva Ek", nil})
	for _, c := range []string{"A", "B", "H"} {
		m.ok(m.f.MergeCell(s, c+"2", c+"3"))
	}
	for _, r := range [][2]string{{"C2", "E2"}, {"F2", "G2"}, {"A4", "A6"}, {"A7", "A8"}} {
		m.ok(m.f.MergeCell(s, r[0], r[1]))
	}
	m.format(s, "H4", "H9", "yyyy-mm-dd")
	return m.bytes()
}

// sheetPerUnit: one sheet per förvaltning, each with its own order and names
// of the columns, and a page of instructions.
func sheetPerUnit(t *testing.T) []byte {
	m := newMaker(t, "Läs mig", "Socialförvaltningen", "Barn och utbildning", "Teknik")
	m.rows("Läs mig", 1, []any{"Fyll i era system på er flik."}, []any{"Frågor: it-enheten"})
	m.rows("Socialförvaltningen", 1,
		[]any{"Systemnamn", "Systemägare", "Klass", "Driftform", "Leverantör"},
		[]any{"Journal", "Anna Andersson", "Guld", "Egen drift", "Bolag Ett"},
		[]any{"Avvikelser", "Vakant", "Silver", "Molntjänst", "Bolag Två"},
		[]any{"Trygghetslarm", "Bo Berg", "Guld", "Extern drift", "Bolag Tre"})
	m.rows("Barn och utbildning", 3,
		[]any{"Leverantör", "Klass", "Systemnamn", "Ägare", "Driftform"},
		[]any{"Bolag Ett", "Guld", "Skolplattform", "Rektor", "Molntjänst"},
		[]any{"Bolag Fyra", nil, "Schema", "Cecilia Ceder", "Egen drift"})
	m.rows("Teknik", 1,
		[]any{"System", "Driftform", "Leverantör", "Systemägare"},
		[]any{"Bygglov", "Egen drift", "Bolag Två", "Dan Dahl"},
		[]any{"Karta", "Publikt moln", "Bolag Fem", "-"})
	return m.bytes()
}

// oldCSV: Windows-1252 with semicolons, decimal comma, dates in five forms,
// two equal bookings and a sum.
func oldCSV(t *testing.T) []byte {
	text := strings.Join([]string{
		"Bokföringsdatum;Förvaltning;Konto;Leverantör;Belopp;Budget",
		"2026-10-01;Social;5420;Bolag Ett;12 345,50;20 000",
		"1/10 2026;Barn och utbildning;5420;Bolag Två;-345,50;0",
		"15-10-2026;Teknik;6540;Bolag Å;1 000 000,00;900 000,00",
		"5-10-2026;Teknik;6540;Bolag Å;250,25;",
		"5-10-2026;Teknik;6540;Bolag Å;250,25;",
		"3 nov 2026;Kultur;5420;Bolag Ö;99,50;1000",
		"2026-02-31;Kultur;5420;Bolag Ö;1,00;",
		"Summa;;;;1 012 600,00;",
	}, "\r\n") + "\r\n"
	b, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(b)
}

// ticketsTwice: several rows for a ticket, the last one holding, and times in
// the hour that comes twice and in the hour that does not come.
func ticketsTwice(t *testing.T) []byte {
	m := newMaker(t, "Export")
	day := func(s string) time.Time {
		d, err := time.Parse("2006-01-02 15:04", s)
		m.ok(err)
		return d
	}
	m.rows("Export", 1,
		[]any{"Ärendenummer", "Ärendetyp", "Status", "Skapad", "Löst", "Stängd", "Kö", "Förvaltning"},
		[]any{"A-1", "Felanmälan", "Pågår", day("2026-10-01 08:00"), nil, nil, "Servicedesk", "Social"},
		[]any{"A-1", "Felanmälan", "Löst", day("2026-10-01 08:00"), day("2026-10-01 15:30"), nil, "Servicedesk", "Social"},
		[]any{"A-2", "Felanmälan", "Löst", day("2026-10-25 02:50"), day("2026-10-25 02:10"), nil, "Drift", "Teknik"},
		[]any{"A-3", "Felanmälan", "Löst", day("2026-10-24 02:30"), day("2026-10-25 02:30"), nil, "Drift", "Teknik"},
		[]any{"A-4", "Felanmälan", "Löst", day("2026-03-29 02:30"), day("2026-03-30 02:30"), nil, "Drift", "Teknik"},
		[]any{"A-5", "Beställning", "Väntar på leverantör", day("2026-10-02 10:00"), nil, nil, "Servicedesk", "Kultur"},
		[]any{"A-6", "Felanmälan", "Vilar hos chefen", "2026-10-03 10:00", nil, nil, "Servicedesk", "Kultur"},
		[]any{"A-5", "Beställning", "Stängt", day("2026-10-02 10:00"), day("2026-10-09 10:00"), day("2026-10-16 10:00"), "Servicedesk", "Kultur"})
	m.format("Export", "D2", "F9", "yyyy-mm-dd hh:mm")
	return m.bytes()
}

// owners: two people in one cell, titles, vacancies in many words, hidden rows.
func owners(t *testing.T) []byte {
	m := newMaker(t, "System")
	m.rows("System", 1,
		[]any{"Systemnamn", "Förvaltning", "Systemägare", "Systemansvarig"},
		[]any{"S1", "Social", "A. Svensson / B. Berg", "Anna Andersson"},
		[]any{"S2", "Social", "Svensson, Anna", "Anna Andersson och Bo Berg"},
		[]any{"S3", "Social", "Skolchef", "IT-avdelningen"},
		[]any{"S4", "Social", "Vakant", "Anna Andersson; Bo Berg; Cecilia Ceder"},
		[]any{"S5", "Social", "ej utsedd", "anna.andersson@example.org"},
		[]any{"S6", "Social", "?", "EXEMPEL\\anna01"},
		[]any{"S7", "Social", "Enhetschef Anna Andersson", "Anna Andersson (vik.)"},
		[]any{"S8", "Social", nil, "Anna Andersson, skolchef"},
		[]any{"S9", "Social", "t.f. Bo Berg", "servicedesk@example.org"},
		[]any{"S10", "Social", "Anna Andersson / vakant", "–"})
	m.ok(m.f.SetRowVisible("System", 4, false))
	m.ok(m.f.SetRowVisible("System", 10, false))
	return m.bytes()
}

// printed: a list made for paper, with a heading across the table for each
// förvaltning, the header once more on each page, sums per part, and a formula
// whose value was never stored.
func printed(t *testing.T) []byte {
	m := newMaker(t, "Lista", "Gammalt")
	m.rows("Lista", 1,
		[]any{"Systemnamn", "Systemägare", "Antal användare", "Leverantör"},
		[]any{"Socialförvaltningen"},
		[]any{"Journal", "Anna Andersson", 800, "Bolag Ett"},
		[]any{"Avvikelser", "Bo Berg", 300, "Bolag Två"},
		[]any{"Delsumma", nil, 1100},
		[]any{"Systemnamn", "Systemägare", "Antal användare", "Leverantör"},
		[]any{"Tekniska"},
		[]any{"Bygglov", nil, 60, "Bolag Två"},
		[]any{"Karta", "Dan Dahl", nil, "Bolag Fem"},
		[]any{"Totalt", nil, 1160})
	m.ok(m.f.SetCellFormula("Lista", "C9", "C8*2"))
	m.ok(m.f.MergeCell("Lista", "A2", "D2"))
	m.ok(m.f.MergeCell("Lista", "A7", "D7"))
	m.rows("Gammalt", 1, []any{"Systemnamn", "Systemägare", "Antal användare", "Leverantör"}, []any{"Diskettarkivet", "Eva Ek", 1, "Bolag Noll"})
	m.ok(m.f.SetSheetVisible("Gammalt", false))
	return m.bytes()
}

// unclearDates: every date can be read with day or month first.
func unclearDates(*testing.T) []byte {
	return []byte("\ufeffÄrendenummer,Skapad,Löst,Status,Kategori\n" +
		"1,05/11/2026 08:00,06/11/2026 07:00,Löst,\"Skrivare, nätverk\"\n" +
		"2,06/11/2026 09:00,06/11/2026 12:00,Löst,Konto\n" +
		"3,07/11/2026 10:00,,Pågår,\"Skärm 27\"\" trasig\"\n")
}
