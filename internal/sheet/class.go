package sheet

import (
	"regexp"
	"strings"
)

// Class is what a row below the header is.
type Class uint8

// The classes of rows. Only Data counts.
const (
	Data    Class = iota
	Blank         // nothing in it
	Total         // Summa, Antal
	Note          // a remark under or beside the table
	Section       // a heading across the table
	Repeat        // the header once more
)

var (
	totalWord = regexp.MustCompile(`^(?i:(?:grand )?totalt?(?:summa)?|del(?:summa|total)|summa(?: totalt)?|summering|sum(?:mary)?|s:a|antal|genomsnitt|medel(?:värde)?|(?:summa|totalt?|antal) (?:antal )?(?:[a-zåäö-]*system|rader|ärenden|poster|kostnad(?:er)?|belopp|kr|kronor|kommunen|förvaltningen|per [a-zåäö]+|ja|nej))[ :=]*[\d\s.,]*(?: ?(?:st|stycken|system|rader|ärenden))?\.?$`)
	noteWord  = regexp.MustCompile(`^(?i:\*|obs\b|not[: ]|notera|anm(?:ärkning)?[.:]|källa|kommentar|förklaring|senast (?:uppdaterad|ändrad|reviderad)|uppdaterad|utskriven|utskrift|listan |fotnot|note\b|source:|generated|rapport(?:en)? skapad|exporterad|\d\) )`)
)

// sumOf is a sum of something, which a number must follow: "Delsumma skola".
var sumOf = regexp.MustCompile(`^(?i:(?:del)?summa|deltotal) .+$`)

// amountWord is a number with what it counts: "8 st".
var amountWord = regexp.MustCompile(`^[\d\s.,]+ ?(?i:st|stycken|system|rader|ärenden|kr|kronor|tkr|mkr)\.?$`)

// Classify tells what a row below the header is. sections are the rows that
// have a block merged across three columns or more.
func (h Header) Classify(r *Row, sections map[int64]bool) Class {
	filled, first := 0, -1
	for c := range r.Cells {
		if r.Text(c) == "" {
			continue
		}
		if filled++; first < 0 {
			first = c
		}
	}
	if filled == 0 {
		return Blank
	}
	head := r.Text(first)
	switch {
	case maybeTotal(head) && (totalWord.MatchString(head) || filled > 1 && sumOf.MatchString(head)) && !wordsAfter(r, first):
		return Total
	case filled == 1 && len(h.Names) > 2 && noteWord.MatchString(head):
		return Note
	case filled == 1 && len(h.Names) > 2 && len(strings.Fields(head)) > 8:
		return Note
	case filled == 1 && sections[r.Number]:
		return Section
	case filled > 1 && h.repeats(r):
		return Repeat
	}
	return Data
}

// maybeTotal is a cheap look before the regular expression: most rows are data.
func maybeTotal(head string) bool {
	if len(head) < 3 || len(head) > 60 {
		return false
	}
	switch strings.ToLower(head[:3]) {
	case "tot", "del", "sum", "s:a", "ant", "gra", "gen", "med":
		return true
	}
	return false
}

// wordsAfter tells that a cell after the first holds words, and not only numbers.
func wordsAfter(r *Row, first int) bool {
	for c := first + 1; c < len(r.Cells); c++ {
		if t := r.Text(c); t != "" && r.Cells[c].Kind == Text && !LooksValue(t) && !amountWord.MatchString(t) {
			return true
		}
	}
	return false
}

// repeats tells that a row says the header again.
func (h Header) repeats(r *Row) bool {
	for c := range r.Cells {
		t := r.Text(c)
		if t != "" && (c >= len(h.Names) || !strings.EqualFold(t, h.Names[c]) && fold(t) != h.folded(c)) {
			return false
		}
	}
	return true
}

func (h Header) folded(c int) string {
	if c < len(h.plain) {
		return h.plain[c]
	}
	return fold(h.Names[c])
}

// Sections lists the rows with a block merged across three columns or more.
func (m Meta) Sections() map[int64]bool {
	rows := make(map[int64]bool)
	for _, rg := range m.Merged {
		if rg.ToCol-rg.FromCol >= 2 {
			rows[rg.FromRow] = true
		}
	}
	return rows
}

// Fill copies values down into empty cells of a column: into exactly the cells
// that are merged downwards if the column has such, else into every empty one.
type Fill struct {
	col    int
	merged []Range // of this column, in order of row
	next   int
	last   Cell
	until  int64
}

// NewFill prepares a column for reading from its first row.
func NewFill(col int, first int64, merged []Range) *Fill {
	f := &Fill{col: col}
	for _, m := range merged {
		if m.FromCol <= col && col <= m.ToCol && m.ToRow > m.FromRow && m.ToRow >= first {
			f.merged = append(f.merged, m)
		}
	}
	return f
}

// Apply fills the row's cell if it is empty. Rows must come in order.
func (f *Fill) Apply(r *Row) {
	for f.next < len(f.merged) && f.merged[f.next].ToRow < r.Number {
		f.next++
	}
	if r.Text(f.col) != "" {
		f.last = r.Cell(f.col)
		f.until = 0
		if f.next < len(f.merged) && f.merged[f.next].FromRow <= r.Number {
			f.until = f.merged[f.next].ToRow
		}
		return
	}
	if f.last.Kind == Empty || (len(f.merged) > 0 && r.Number > f.until) {
		return
	}
	for len(r.Cells) <= f.col {
		r.Cells = append(r.Cells, Cell{})
	}
	c := f.last
	c.Struck = r.Struck()
	r.Cells[f.col] = c
}
