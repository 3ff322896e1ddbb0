package sheet

import (
	"fmt"
	"strings"
)

// LookAhead is how many rows from the top are searched for a header.
const LookAhead = 60

// Header says where a table begins and what its columns are called.
type Header struct {
	Row   int64 // of its first row
	Rows  int   // 1 or 2
	Names []string
	// Confidence that this is the header, 0–1.
	Confidence float64

	plain []string // Names made comparable
}

// HeaderOptions are what is known of a header beforehand.
type HeaderOptions struct {
	Row    int // 0 finds it
	Rows   int // 0 finds it
	Merged []Range
	// Known tells whether a name is one that is looked for; nil knows none.
	Known func(name string) bool
}

// First is the first row below the header.
func (h Header) First() int64 { return h.Row + int64(h.Rows) }

// Index returns the column that is called name, regardless of case and space,
// or -1.
func (h Header) Index(name string) int {
	want := fold(name)
	for i, n := range h.Names {
		if n != "" && fold(n) == want {
			return i
		}
	}
	return -1
}

// FindHeader looks for the header among the first rows of a sheet: the row
// that has most of the table's columns filled with different, short texts that
// are neither numbers nor dates, and that knows most of the names looked for.
func FindHeader(rows []Row, opt HeaderOptions) (Header, bool) {
	widest := 0
	for i := range rows {
		widest = max(widest, rows[i].Filled())
	}
	best, bestScore := -1, 0.0
	for i := range rows {
		if opt.Row > 0 {
			if rows[i].Number == int64(opt.Row) {
				best, bestScore = i, 1
			}
			continue
		}
		if s := headerScore(rows, i, widest, opt); s > bestScore {
			best, bestScore = i, s
		}
	}
	if best < 0 || (opt.Row == 0 && bestScore < 0.35) {
		return Header{}, false
	}
	if opt.Row == 0 && opt.Rows != 1 && best > 0 && twoRows(rows, best-1, opt) {
		best-- // the lower of two rows names the columns, so it scores more
	}
	h := Header{Row: rows[best].Number, Rows: max(1, opt.Rows), Confidence: min(1, bestScore)}
	if opt.Rows == 0 && best+1 < len(rows) && twoRows(rows, best, opt) {
		h.Rows = 2
	}
	h.Names = names(rows, best, h.Rows)
	for _, n := range h.Names {
		h.plain = append(h.plain, fold(n))
	}
	return h, true
}

func headerScore(rows []Row, i, widest int, opt HeaderOptions) float64 {
	r := &rows[i]
	filled, texts, known, length := 0, 0, 0, 0
	seen := make(map[string]bool)
	for c := range r.Cells {
		t := r.Text(c)
		if t == "" {
			continue
		}
		filled++
		length += len(t)
		if r.Cells[c].Kind == Text && !LooksValue(t) {
			texts++
		}
		seen[fold(t)] = true
		if opt.Known != nil && opt.Known(t) {
			known++
		}
	}
	if filled == 0 || widest == 0 || (filled == 1 && widest > 1 && known == 0) {
		return 0
	}
	f := float64(filled)
	score := 0.35*min(1, f/float64(widest)) + 0.3*float64(texts)/f + 0.15*float64(len(seen))/f
	if float64(length)/f > 40 {
		score -= 0.3
	}
	if below(rows, i) {
		score += 0.1
	}
	return score + 0.6*float64(known)/f - 0.004*float64(i)
}

// below tells that the next row goes on with a table.
func below(rows []Row, i int) bool {
	return i+1 < len(rows) && rows[i+1].Number <= rows[i].Number+2 && rows[i+1].Filled()*2 >= rows[i].Filled()
}

// LooksValue tells texts that are data and not names: numbers, dates, clock times.
func LooksValue(s string) bool {
	digits, letters := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r > ' ' && !strings.ContainsRune(".,:/-+%", r):
			letters++
		}
	}
	return digits > letters*2
}

// twoRows tells whether the row after the header continues it.
func twoRows(rows []Row, i int, opt HeaderOptions) bool {
	top, sub := &rows[i], &rows[i+1]
	if sub.Number != top.Number+1 || sub.Filled() == 0 {
		return false
	}
	for _, m := range opt.Merged {
		if m.FromRow == top.Number && m.ToRow == sub.Number {
			return true
		}
	}
	under, alone, firstTop := 0, 0, -1
	for c := range max(len(top.Cells), len(sub.Cells)) {
		t, s := top.Text(c), sub.Text(c)
		if s != "" && (len(s) > 30 || sub.Cells[c].Kind != Text || LooksValue(s)) {
			return false
		}
		if t != "" && firstTop < 0 {
			firstTop = c
			if s != "" {
				return false
			}
		}
		switch {
		case t == "" && s != "" && firstTop >= 0:
			under++
		case t != "" && s == "":
			alone++
		}
	}
	return under > 0 && alone > 0
}

// names gives each column its name. A name that stands twice is numbered, so
// that settings must say which; a column without one is called by its letter.
func names(rows []Row, i, n int) []string {
	width := tableWidth(rows, i, n)
	out := make([]string, width)
	group := ""
	for c := range out {
		top := oneLine(rows[i].Text(c))
		if n == 1 || i+1 >= len(rows) {
			out[c] = top
			continue
		}
		sub := oneLine(rows[i+1].Text(c))
		switch {
		case top != "" && sub != "":
			group, out[c] = top, top+" / "+sub
		case top != "":
			group, out[c] = "", top
		case sub != "" && group != "":
			out[c] = group + " / " + sub
		default:
			out[c] = sub
		}
	}
	count := make(map[string]int)
	for c := range out {
		if out[c] == "" {
			out[c] = "Kolumn " + Letter(c)
		}
		count[fold(out[c])]++
	}
	nth := make(map[string]int)
	for c := range out {
		if k := fold(out[c]); count[k] > 1 {
			nth[k]++
			out[c] = fmt.Sprintf("%s (%d)", out[c], nth[k])
		}
	}
	return out
}

// tableWidth reaches to the last name, and further to columns without one that
// several rows fill; what a single row has beyond that is a row gone wrong.
func tableWidth(rows []Row, i, n int) int {
	width, filled := 0, make(map[int]int)
	for j := i; j < len(rows); j++ {
		for c := range rows[j].Cells {
			if rows[j].Text(c) == "" {
				continue
			}
			if filled[c]++; j < i+n {
				width = max(width, c+1)
			}
		}
	}
	for c, k := range filled {
		if k > 1 && k*10 >= len(rows)-i-n {
			width = max(width, c+1)
		}
	}
	return width
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fold makes headers comparable: case, space, soft hyphens and a trailing
// colon, star or point do not matter.
func fold(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 || r < ' ' }) && !strings.Contains(s, "  ") {
		return strings.TrimRight(strings.ToLower(strings.Trim(s, " ")), " :*.")
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00ad', '\u200b', '\ufeff':
			return -1
		}
		return r
	}, strings.ToLower(s))
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), " :*.")
}

// Fold makes headers comparable as Header.Index does.
func Fold(s string) string { return fold(s) }
