package guess

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
)

// watcher gathers what a report says of one sheet, row by row.
type watcher struct {
	s        *Sheet
	h        sheet.Header
	meta     sheet.Meta
	sections map[int64]bool
	nulls    value.Nulls
	columns  []*columnWatch
	tail     *sheet.Tail
}

func newWatcher(b *sheet.Book, s *Sheet, h sheet.Header, meta sheet.Meta) *watcher {
	w := &watcher{s: s, h: h, meta: meta, sections: meta.Sections(), nulls: value.NewNulls(nil), tail: sheet.NewTail(h)}
	s.HeaderRow, s.HeaderRows, s.HeaderConfidence = int(h.Row), h.Rows, h.Confidence
	for i, name := range h.Names {
		w.columns = append(w.columns, newColumnWatch(i, name, b.Date1904))
		if base, ok := strings.CutSuffix(name, " (1)"); ok && h.Index(base+" (2)") >= 0 {
			s.DuplicateHeaders = append(s.DuplicateHeaders, base)
		}
	}
	for _, c := range meta.HiddenColumns {
		if c < len(h.Names) {
			s.HiddenColumns = append(s.HiddenColumns, h.Names[c])
		}
	}
	s.CommentCount = len(meta.Remarks)
	for _, cell := range meta.Remarks[:min(listed, len(meta.Remarks))] {
		_, row, _ := sheet.Ref(cell)
		s.Comments = append(s.Comments, Located{Row: row, Cell: cell})
	}
	return w
}

func (w *watcher) row(row *sheet.Row) {
	if row.Number < w.h.Row {
		for c := range row.Cells {
			if t := row.Text(c); t != "" && len(w.s.Titles) < listed {
				w.s.Titles = append(w.s.Titles, Located{Row: row.Number, Cell: fmt.Sprintf("%s%d", sheet.Letter(c), row.Number), Text: t})
			}
		}
		return
	}
	if row.Number < w.h.First() {
		return
	}
	class := w.h.Classify(row, w.sections)
	w.tail.Pass(row, class)
	switch class {
	case sheet.Blank, sheet.Repeat:
	case sheet.Total:
		w.s.Totals = append(w.s.Totals, first(row))
	case sheet.Note:
		w.s.Notes = append(w.s.Notes, first(row))
	case sheet.Section:
		w.s.Sections = append(w.s.Sections, first(row))
	default:
		_ = w.tail.Data(row, w.data) // data never fails
	}
}

func first(row *sheet.Row) Located {
	for c := range row.Cells {
		if t := row.Text(c); t != "" {
			return Located{Row: row.Number, Cell: fmt.Sprintf("%s%d", sheet.Letter(c), row.Number), Text: t}
		}
	}
	return Located{Row: row.Number}
}

func (w *watcher) data(row *sheet.Row) error {
	s := w.s
	s.DataRows++
	if s.FirstRow == 0 {
		s.FirstRow = row.Number
	}
	s.LastRow = row.Number
	if row.Hidden {
		s.HiddenRows++
		if len(s.HiddenRowList) < listed {
			s.HiddenRowList = append(s.HiddenRowList, row.Number)
		}
	}
	if row.Struck() {
		s.Struck++
		if len(s.StruckRows) < listed {
			s.StruckRows = append(s.StruckRows, row.Number)
		}
	}
	for i, c := range w.columns {
		c.cell(row.Number, row.Cell(i), w.nulls)
	}
	return nil
}

func (w *watcher) finish() {
	s := w.s
	below := w.tail.End()
	for i := range below {
		s.Notes = append(s.Notes, first(&below[i]))
	}
	for i, c := range w.columns {
		s.Columns = append(s.Columns, c.column())
		m := Merged{Header: w.h.Names[i], Letter: sheet.Letter(i)}
		for _, r := range w.meta.Merged {
			if r.FromCol == i && r.ToRow > r.FromRow && r.FromRow >= w.h.First() && r.ToCol == r.FromCol {
				m.Ranges++
				m.Cells += int(r.ToRow - r.FromRow)
			}
		}
		if m.Ranges > 0 {
			s.Merged = append(s.Merged, m)
		}
	}
	s.Empty = s.DataRows == 0 && len(s.Columns) == 0
}

// maxDistinct is how many different values a column may have and still be
// listed; more of each text than maxShown is not kept.
const (
	maxDistinct = 40
	maxShown    = 120
	typeRows    = 5000 // rows whose cells are all typed; after them one in 50
)

// columnWatch gathers what a report says of one column.
type columnWatch struct {
	c                                Column
	dates                            value.Dates
	distinct                         map[string]int64
	markers                          map[string]int64
	overflow                         bool
	n                                int64
	typed                            int64
	asDate, asTime, asNumber, asBool int64
	dmySeen, dmyOK, mdyOK            bool
	badDates                         []Located
}

func newColumnWatch(i int, header string, date1904 bool) *columnWatch {
	return &columnWatch{
		c:        Column{Index: i, Letter: sheet.Letter(i), Header: header},
		dates:    value.Dates{Order: "dmy", Date1904: date1904},
		distinct: make(map[string]int64), markers: make(map[string]int64), dmyOK: true, mdyOK: true,
	}
}

func (w *columnWatch) cell(row int64, cell sheet.Cell, nulls value.Nulls) {
	w.n++
	text := sheet.Trim(cell.Text)
	switch {
	case text == "":
		w.c.Blank++
		return
	case nulls.Is(text):
		if len(w.markers) < listed || w.markers[text] > 0 {
			w.markers[text]++
		}
		w.keep(text)
		return
	}
	w.c.Filled++
	if cell.Kind == sheet.Fault {
		if len(w.c.Faults) < listed {
			w.c.Faults = append(w.c.Faults, Located{Row: row, Cell: fmt.Sprintf("%s%d", w.c.Letter, row), Text: text})
		}
		return
	}
	w.keep(text)
	if w.n > typeRows && w.n%50 != 0 {
		return
	}
	w.typed++
	w.typeOf(row, cell, text)
}

// keep remembers a value for the list of values and the samples.
func (w *columnWatch) keep(text string) {
	if len(text) > maxShown {
		text = text[:strings.LastIndexByte(text[:maxShown], ' ')+1] + "…"
	}
	if len(w.c.Samples) < 3 && !slices.Contains(w.c.Samples, text) {
		w.c.Samples = append(w.c.Samples, text)
	}
	if w.overflow {
		return
	}
	if w.distinct[text]++; len(w.distinct) > maxDistinct {
		w.overflow, w.distinct = true, nil
	}
}

// typeOf counts what a cell could be.
func (w *columnWatch) typeOf(row int64, cell sheet.Cell, text string) {
	if cell.Kind == sheet.Date {
		w.asDate++
		if c, err := value.Serial(cell.Num, w.dates.Date1904); err == nil && c.HasTime {
			w.asTime++
		}
		return
	}
	if cell.Kind == sheet.Number {
		w.asNumber++
	}
	if _, err := value.Bool(text); err == nil {
		w.asBool++
	}
	if cell.Kind == sheet.Number || cell.Kind == sheet.Bool {
		return
	}
	if _, err := value.Number(text, ""); err == nil {
		w.asNumber++
		if len(text) != 8 {
			return
		}
	}
	c, err := w.dates.Text(text)
	dmy, mdy := value.Orders(text)
	if dmy || mdy {
		w.dmySeen, w.dmyOK, w.mdyOK = true, w.dmyOK && dmy, w.mdyOK && mdy
	}
	switch {
	case err == nil || dmy || mdy:
		w.asDate++
		if c.HasTime {
			w.asTime++
		}
	case len(w.badDates) < listed:
		w.badDates = append(w.badDates, Located{Row: row, Cell: fmt.Sprintf("%s%d", w.c.Letter, row), Text: text})
	}
}

// column sums up.
func (w *columnWatch) column() Column {
	c := w.c
	c.Looks = w.looks()
	if c.Looks == "date" || c.Looks == "time" {
		c.BadDates = w.badDates
		if w.dmySeen {
			if w.dmyOK {
				c.DateOrders = append(c.DateOrders, "dmy")
			}
			if w.mdyOK {
				c.DateOrders = append(c.DateOrders, "mdy")
			}
		}
	}
	if !w.overflow {
		c.Distinct = counts(w.distinct)
	}
	c.Markers = counts(w.markers)
	return c
}

func (w *columnWatch) looks() string {
	switch n := float64(w.typed); {
	case n == 0:
		return "empty"
	case float64(w.asDate) >= 0.6*n && w.asTime*2 > w.asDate:
		return "time"
	case float64(w.asDate) >= 0.6*n:
		return "date"
	case float64(w.asBool) >= 0.9*n && !w.overflow && len(w.distinct) <= 6:
		return "bool"
	case float64(w.asNumber) >= 0.9*n:
		return "number"
	}
	return "text"
}

// counts lists values, the most frequent first.
func counts(m map[string]int64) []Count {
	out := make([]Count, 0, len(m))
	for v, n := range m {
		out = append(out, Count{Value: v, N: n})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].N != out[j].N {
			return out[i].N > out[j].N
		}
		return out[i].Value < out[j].Value
	})
	return out
}
