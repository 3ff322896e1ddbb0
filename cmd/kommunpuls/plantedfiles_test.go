//go:build linux && !race

package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/demo"
)

// planting says where persons are put in a list, by its columns.
type planting struct {
	file   string
	marker string // a column that is kept as it is: by it the row is known again
	texts  string // kept columns of text: a number stands in each
	typed  string // columns of times, numbers, choices: a name or a number stands in each
}

var plantings = []planting{
	{demo.TicketsFile, "Ärendenummer", "Kategori,Användargrupp,Förvaltning,System,Kö,Prioritet", "Typ,Kanal,Status,Åtgärdskod,Bekräftad,Väntat på användare (min),Skapad av maskin"},
	{demo.UnitsFile, "Enhet", "", "Slag,Antal anställda,Omsättning"},
	{demo.EquipmentFile, "Inventarienummer", "Plattform,Nätzon,Fysisk värd,Förvaltning", "Enhetstyp,Status,Användare,Inköpt,Centralt skött"},
	{demo.ServicesFile, "Namn", "Omfattning,Så beställs den,Så anmäls fel,Integrerat system", "Slag,Beställd,Ledtid timmar,E-legitimation,Pris"},
	{demo.LedgerFile, "Leverantör", "Förvaltning", "Kostnadsslag,Kategori,Budget"},
	{demo.ProjectsFile, "Projektnamn", "Förvaltning,Projektmodell", "Budget,Avslutat,Nytta beräknad"},
	{demo.FollowUpFile, "Benämning", "Gäller,Forum,Dokumenttyp,Leverantör,Revisor", "Beslutat,Planerat,It medverkade,Av,Ansvarig roll"},
	{demo.SurveysFile, "Område", "Gäller,System,Bedömare", "Lägst,Antal svar"},
	{demo.DisruptionFile, "Plats", "Orsak,Förvaltning", "Planerat,Antal berörda,Öppet"},
}

// Rows that are planted, as they are known again.
const (
	unread  = "MARKOR-A" // persons stand in columns that nobody reads
	inTexts = "MARKOR-B" // numbers stand in texts that are kept
	inTyped = "MARKOR-C" // names stand where a time, a number or a choice should
)

// extra columns are those that a ticket system or a list has beside the ones that are read.
var extra = []string{"Anmälare", "Beskrivning", "Personnummer", "E-post", "Zetterkvists anteckningar"}

var extraCells = []string{
	plantedName + " (" + plantedLogin + ")", "Hej! Jag heter " + plantedName + " och mitt nummer är 850709-9805. " + protectedName + " sitter bredvid.",
	"19" + plantedNumber, plantedLogin + "@exempelkommun.test", "Ring " + protectedName + ", 900104-2390",
}

// brokenSources cannot be read, and what is wrong with them stands beside a name.
var brokenSources = []string{"trasiga-rubriker", "trasig-lista", "trasig-katalog"}

// plant puts persons into every file of the demo, makes the large ones smaller,
// and returns the older registry that has some too.
func plant(t *testing.T, dir string, now time.Time) demo.Older {
	t.Helper()
	for _, p := range plantings {
		p.plant(t, dir)
	}
	copies := demo.History(now)
	older := copies[len(copies)-1]
	inRegistry(t, filepath.Join(dir, demo.SystemsFile))
	inRegistry(t, filepath.Join(dir, older.File))
	inDocuments(t, filepath.Join(dir, demo.DocumentsFile))
	inDirectory(t, filepath.Join(dir, demo.DirectoryFile))
	put(t, filepath.Join(dir, "rubriker.csv"), plantedName+";"+plantedLogin+"\nBygglov;850709-9805")
	put(t, filepath.Join(dir, "lista.csv"), "Systemnamn;Ägare\nBygglov;\""+plantedName+"\nLön;"+protectedName+"\n")
	put(t, filepath.Join(dir, "katalog2.ldif"), "version: 1\n\ndn: CN="+plantedName+",OU=Personal,DC=exempelkommun,DC=test\nobjectClass: user\n"+plantedName+" 850709-9805\n")
	config := filepath.Join(dir, demo.ConfigFile)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	put(t, config, string(text)+`  - {name: trasiga-rubriker, type: table, settings: {file: rubriker.csv, record: system, columns: {name: Systemnamn}}}
  - {name: trasig-lista, type: table, settings: {file: lista.csv, record: system, columns: {name: Systemnamn, "role:owner": Ägare}}}
  - {name: trasig-katalog, type: ldap, settings: {file: katalog2.ldif, bases: ["DC=exempelkommun,DC=test"], protected: {groups: [Skyddade personuppgifter]}}}
`)
	return older
}

// mark is what a planted row is known again by.
func (p planting) mark(of string) string { return of + "-" + strings.TrimSuffix(p.file, ".csv") }

// plant adds the further columns, and three rows.
func (p planting) plant(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, p.file)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) > 2000 {
		rows = append(rows[:1], rows[len(rows)-1500:]...)
	}
	header, like := rows[0], rows[len(rows)-1]
	for i := range rows {
		rows[i] = append(rows[i], make([]string, len(extra))...)
	}
	rows[0] = append(slices.Clone(header), extra...)
	set := func(row []string, column, value string) {
		i := slices.Index(header, column)
		if i < 0 {
			t.Fatalf("%s has no column %q", p.file, column)
		}
		row[i] = value
	}
	for _, marker := range []string{unread, inTexts, inTyped} {
		row := slices.Concat(like, extraCells)
		set(row, p.marker, p.mark(marker))
		if id := slices.Index(header, "Id"); id >= 0 {
			row[id] = p.mark(marker)
		}
		switch {
		case marker == inTexts && p.texts != "":
			for i, column := range strings.Split(p.texts, ",") {
				set(row, column, []string{"19" + plantedNumber, "ring 850709-9805 om det", protectedNumber}[i%3])
			}
		case marker == inTyped:
			for i, column := range strings.Split(p.typed, ",") {
				set(row, column, []string{"Zetterkvist", plantedLogin, plantedName, "850709-9805", "planterad zetterkvist"}[i%5])
			}
		}
		rows = append(rows, row)
	}
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.Comma = ';'
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// holders are ways to write who answers for a system.
var holders = []string{
	plantedName, "Zetterkvist, Planterad", strings.ToUpper(plantedName), plantedLogin, plantedLogin + "@exempelkommun.test", "EXEMPEL\\" + plantedLogin,
	plantedName + " (vik.)", plantedName + " 070-123 45 67", plantedName + " 850709-9805", "850709-9805", plantedName + ", " + protectedName,
	protectedName, protectedLogin, "f.d. " + plantedName, "Systemägare: " + plantedName, plantedName + "/" + protectedName,
}

// inRegistry puts persons into the cells of roles, beside them, above them, in
// remarks, on a sheet of their own and in what the workbook says of itself.
func inRegistry(t *testing.T, path string) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const sheet = "System"
	ok(f.SetCellValue(sheet, "A2", "Ansvarig: "+plantedName+", 850709-9805"))
	for i, h := range extra {
		cell, err := excelize.CoordinatesToCellName(29+i, 4)
		ok(err)
		ok(f.SetCellValue(sheet, cell, h))
	}
	for i, holder := range holders {
		row := 5 + i
		for _, column := range "CDEF" {
			ok(f.SetCellValue(sheet, fmt.Sprintf("%c%d", column, row), holder))
		}
		for k, v := range extraCells {
			cell, err := excelize.CoordinatesToCellName(29+k, row)
			ok(err)
			ok(f.SetCellValue(sheet, cell, v))
		}
	}
	for i, cell := range []string{"H41", "I42", "J43", "M44", "N45", "O46", "P47", "S48", "X49", "AA50"} {
		ok(f.SetCellValue(sheet, cell, []string{"Zetterkvist", plantedName, plantedLogin, "850709-9805"}[i%4]))
	}
	for i, cell := range []string{"G51", "Q52", "R53"} { // texts that are kept
		ok(f.SetCellValue(sheet, cell, []string{"850709-9805", "19" + plantedNumber, protectedNumber}[i]))
	}
	ok(f.AddComment(sheet, excelize.Comment{Cell: "C5", Author: plantedName, Paragraph: []excelize.RichTextRun{{Text: "Fråga " + plantedName + " 850709-9805"}}}))
	_, err = f.NewSheet("Kontakter")
	ok(err)
	ok(f.SetSheetRow("Kontakter", "A1", &[]any{"Namn", "Personnummer"}))
	ok(f.SetSheetRow("Kontakter", "A2", &[]any{plantedName, "850709-9805"}))
	ok(f.SetDocProps(&excelize.DocProperties{Creator: plantedName, LastModifiedBy: protectedName, Title: plantedName}))
	ok(f.Save())
	ok(f.Close())
}

// inDocuments puts persons beside the governing documents.
func inDocuments(t *testing.T, path string) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, "Förvaltning") })
		for i, r := range [][]string{extra, extraCells} {
			cell, err := excelize.CoordinatesToCellName(len(rows[at])+1, at+1+i)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(sheet, cell, &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Creator: plantedName, LastModifiedBy: plantedName}); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
