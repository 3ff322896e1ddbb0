package decision

import "strings"

// place is where a cell or an entry stands.
type place struct {
	file, sheet string
	row         int
	column      string // workbook: "D (Nivå)"
	field       string // YAML: "targets[1].value"
}

func (p place) fault(msg string) Fault {
	return Fault{File: p.file, Sheet: p.sheet, Row: p.row, Column: p.column, Field: p.field, Message: msg}
}

// short names a place within the same file, for faults that speak of two places.
func (p place) short() string {
	f := p.fault("")
	return strings.TrimPrefix(f.place(), f.File+": ")
}

// cell is one written value. A list holds its parts in list.
type cell struct {
	text   string
	list   []string
	number float64
	isNum  bool // number holds what stands in the cell
	serial bool // number is an Excel date serial if the column is a date
	at     place
}

// entry is one row of a section.
type entry struct {
	at    place
	cells map[string]cell
}

func (e entry) text(key string) string { return e.cells[key].text }

// where returns the place of a cell, or of the entry when it is not written.
func (e entry) where(key string) place {
	if c, ok := e.cells[key]; ok {
		return c.at
	}
	return e.at
}

// document is what one file says, before anything is interpreted. YAML and
// workbook both become one, so that they mean the same.
type document map[string][]entry

func (d document) add(section string, e entry) { d[section] = append(d[section], e) }
