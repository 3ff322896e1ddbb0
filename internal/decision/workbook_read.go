package decision

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/xuri/excelize/v2"
)

// maxUnzipped bounds what a workbook may unpack to: it is written by hand.
const maxUnzipped = 64 << 20

// book walks one workbook into a document.
type book struct {
	name   string
	f      *excelize.File
	shift  float64 // days to add where the workbook counts from 1904
	doc    document
	faults Faults
}

func readWorkbook(name string, r io.Reader) (document, Faults) {
	f, err := excelize.OpenReader(r, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, Faults{{File: name, Message: "filen är ingen arbetsbok i xlsx-format: " + err.Error()}}
	}
	defer func() { _ = f.Close() }() // in memory, nothing to lose
	b := &book{name: name, f: f, doc: document{}}
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		b.shift = 1462
	}
	b.sheets()
	return b.doc, b.faults
}

func (b *book) faultf(sheet string, row int, column, format string, args ...any) {
	b.faults = append(b.faults, Fault{File: b.name, Sheet: sheet, Row: row, Column: column, Message: fmt.Sprintf(format, args...)})
}

// sheets reads every known sheet. A sheet of another name is the person's own,
// unless its name is a near miss.
func (b *book) sheets() {
	names := make([]string, 0, len(sections()))
	for _, s := range sections() {
		names = append(names, s.sheet)
	}
	found := 0
	for _, sheet := range b.f.GetSheetList() {
		if fold(sheet) == fold(readmeSheet) || sheet == listsSheet {
			continue
		}
		known := false
		for _, s := range sections() {
			if fold(sheet) == fold(s.sheet) {
				known = true
				found++
				b.sheet(s, sheet)
			}
		}
		for _, n := range names {
			if !known && levenshtein.ComputeDistance(fold(sheet), fold(n)) <= 1+len([]rune(n))/5 {
				b.faultf(sheet, 0, "", "bladet läses inte; menas %s?", n)
			}
		}
	}
	if found == 0 && len(b.faults) == 0 {
		b.faultf("", 0, "", "inget av bladen %s finns", strings.Join(names, ", "))
	}
}

func (b *book) sheet(s section, sheet string) {
	rows, err := b.f.GetRows(sheet)
	if err != nil {
		b.faultf(sheet, 0, "", "bladet går inte att läsa: %s", err)
		return
	}
	head, cols := header(s, rows)
	if head < 0 {
		if anything(rows) {
			b.faultf(sheet, 0, "", "rubrikerna saknas; här väntas %s", headers(s))
		}
		return
	}
	b.headers(s, sheet, head, rows, cols)
	for i := head + 1; i < len(rows); i++ {
		e := entry{at: place{file: b.name, sheet: sheet, row: i + 1}, cells: map[string]cell{}}
		for j, raw := range rows[i] {
			if strings.TrimSpace(raw) == "" || j >= len(cols) || cols[j].key == "" {
				continue
			}
			if c, ok := b.cell(sheet, i+1, j+1, raw, cols[j]); ok {
				e.cells[cols[j].key] = c
			}
		}
		delete(e.cells, "note")
		if len(e.cells) > 0 {
			b.doc.add(s.key, e)
		}
	}
}

// header finds the header row, the first of ten with two known headers, and
// the column behind each cell.
func header(s section, rows [][]string) (int, []column) {
	for i := 0; i < len(rows) && i < 10; i++ {
		cols := make([]column, len(rows[i]))
		known := 0
		for j, h := range rows[i] {
			for _, c := range s.columns {
				if fold(h) == fold(c.header) || strings.TrimSpace(h) == c.key {
					cols[j] = c
					known++
				}
			}
		}
		if known >= 2 {
			return i, cols
		}
	}
	return -1, nil
}

// headers reports columns that are not known, missing or there twice.
func (b *book) headers(s section, sheet string, head int, rows [][]string, cols []column) {
	var names []string
	first := map[string]int{}
	for _, c := range s.columns {
		names = append(names, c.header)
	}
	for j, h := range rows[head] {
		switch at, twice := first[cols[j].key]; {
		case strings.TrimSpace(h) == "":
			continue
		case cols[j].key == "":
			b.faultf(sheet, head+1, columnName(j+1, h), "okänd rubrik%s. Egna uppgifter hör hemma i Anteckning", hint(h, names))
		case twice:
			b.faultf(sheet, head+1, columnName(j+1, h), "rubriken står två gånger, även i kolumn %s", columnName(at+1, h))
			cols[j] = column{}
		default:
			first[cols[j].key] = j
		}
	}
	for _, c := range s.columns {
		if _, ok := first[c.key]; !ok && c.required {
			b.faultf(sheet, head+1, "", "rubriken %s saknas", c.header)
		}
	}
}

func (b *book) cell(sheet string, row, col int, raw string, c column) (cell, bool) {
	out := cell{text: strings.TrimSpace(raw), at: place{file: b.name, sheet: sheet, row: row, column: columnName(col, c.header)}}
	at, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return out, false
	}
	kind, err := b.f.GetCellType(sheet, at)
	if err != nil {
		b.faultf(sheet, row, out.at.column, "rutan går inte att läsa: %s", err)
		return out, false
	}
	if kind == excelize.CellTypeError || strings.HasPrefix(out.text, "#") && strings.HasSuffix(out.text, "!") {
		b.faultf(sheet, row, out.at.column, "rutan visar ett fel, %s", out.text)
		return out, false
	}
	if kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber || kind == excelize.CellTypeDate || kind == excelize.CellTypeFormula {
		if n, err := strconv.ParseFloat(out.text, 64); err == nil {
			out.number, out.isNum = n, true
			if out.serial = c.cell == dateCell && n < 2958466; out.serial {
				out.number += b.shift
			}
		}
	}
	if c.cell == listCell {
		out.list = splitList(out.text)
	}
	return out, true
}

func columnName(col int, header string) string {
	name, err := excelize.ColumnNumberToName(col)
	if err != nil {
		name = strconv.Itoa(col)
	}
	return fmt.Sprintf("%s (%s)", name, strings.TrimSpace(header))
}

func headers(s section) string {
	var names []string
	for _, c := range s.columns {
		names = append(names, c.header)
	}
	return strings.Join(names, ", ")
}

func anything(rows [][]string) bool {
	for _, r := range rows {
		for _, c := range r {
			if strings.TrimSpace(c) != "" {
				return true
			}
		}
	}
	return false
}
