package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"
)

// Range is a block of merged cells; columns from 0, rows from 1, both inclusive.
type Range struct {
	FromCol, ToCol int
	FromRow, ToRow int64
}

// Meta is what a workbook says of a sheet apart from its cells.
type Meta struct {
	Merged        []Range // in order of row, then column
	HiddenColumns []int
	Remarks       []string // cells that carry a note or comment, "C14"
	Filtered      bool     // a filter is set: hidden rows are filtered out, not removed
}

// maxMerged bounds how many merged blocks are kept.
const maxMerged = 1 << 20

// Meta reads what surrounds the cells of a sheet: a pass over the part without
// looking at its rows. A CSV has none.
func (b *Book) Meta(name string) (Meta, error) {
	var m Meta
	if b.Format != "xlsx" {
		return m, nil
	}
	if err := b.xlsx.before(b, name, &m); err != nil {
		return m, err
	}
	if err := b.xlsx.after(b, name, &m); err != nil {
		return m, err
	}
	comments, err := b.xlsx.small.GetComments(name)
	if err != nil {
		return m, b.damaged(err)
	}
	for _, c := range comments {
		m.Remarks = append(m.Remarks, c.Cell)
	}
	sort.Slice(m.Merged, func(i, j int) bool {
		if m.Merged[i].FromRow != m.Merged[j].FromRow {
			return m.Merged[i].FromRow < m.Merged[j].FromRow
		}
		return m.Merged[i].FromCol < m.Merged[j].FromCol
	})
	return m, nil
}

// before reads the hidden columns, which stand before the rows.
func (w *workbook) before(b *Book, name string, m *Meta) (err error) {
	r, err := w.openSheet(b, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		tok, err := r.part.token()
		if err != nil {
			return r.damaged(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "sheetData":
			return nil
		case "col":
			from, to, hidden := 0, 0, false
			for _, a := range el.Attr {
				switch a.Name.Local {
				case "min":
					from, _ = strconv.Atoi(a.Value)
				case "max":
					to, _ = strconv.Atoi(a.Value)
				case "hidden":
					hidden = truth(a.Value)
				}
			}
			for c := from; hidden && c >= 1 && c <= min(to, MaxColumns); c++ {
				m.HiddenColumns = append(m.HiddenColumns, c-1)
			}
		}
	}
}

// after reads the merged cells, which stand after the rows.
func (w *workbook) after(b *Book, name string, m *Meta) (err error) {
	r, err := w.openSheet(b, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	rest, err := skipRows(r.raw)
	if err != nil {
		return r.damaged(err)
	}
	dec := xml.NewDecoder(rest)
	dec.CharsetReader = charset
	for {
		tok, err := dec.RawToken()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return r.damaged(err)
		}
		switch el := tok.(type) {
		case xml.EndElement:
			if el.Name.Local == "worksheet" {
				return nil
			}
		case xml.StartElement:
			switch el.Name.Local {
			case "mergeCell":
				if rg, ok := mergedRange(el.Attr); ok && len(m.Merged) < maxMerged {
					m.Merged = append(m.Merged, rg)
				}
			case "filterColumn":
				m.Filtered = true
			}
		}
	}
}

func mergedRange(attrs []xml.Attr) (Range, bool) {
	for _, a := range attrs {
		if a.Name.Local != "ref" {
			continue
		}
		from, to, ok := strings.Cut(a.Value, ":")
		if !ok {
			return Range{}, false
		}
		c1, r1, ok1 := parseRef(from)
		c2, r2, ok2 := parseRef(to)
		return Range{FromCol: c1, ToCol: c2, FromRow: r1, ToRow: r2}, ok1 && ok2 && c2 >= c1 && r2 >= r1
	}
	return Range{}, false
}

// skipRows passes over everything up to the end of sheetData, without parsing
// it, and returns a reader of what follows.
func skipRows(r io.Reader) (io.Reader, error) {
	const name = "sheetData"
	buf, have := make([]byte, 256<<10), 0
	for {
		n, err := r.Read(buf[have:])
		have += n
		for at := 0; ; {
			i := bytes.Index(buf[at:have], []byte(name))
			if i < 0 || at+i+len(name)+2 > have {
				break
			}
			i += at
			at = i + len(name)
			open := bytes.LastIndexByte(buf[max(0, i-64):i], '<')
			if open < 0 {
				continue
			}
			open += max(0, i-64)
			closing := open+1 < have && buf[open+1] == '/' && buf[at] == '>'
			empty := bytes.HasPrefix(buf[at:], []byte("/>"))
			if closing {
				return io.MultiReader(bytes.NewReader(buf[at+1:have]), r), nil
			}
			if empty {
				return io.MultiReader(bytes.NewReader(buf[at+2:have]), r), nil
			}
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if keep := 128; have == len(buf) {
			copy(buf, buf[have-keep:])
			have = keep
		}
	}
}
