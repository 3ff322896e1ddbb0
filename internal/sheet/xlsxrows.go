package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// xlsxRows streams the rows of one sheet's part.
type xlsxRows struct {
	book  *Book
	w     *workbook
	sheet string
	part  *part
	raw   io.ReadCloser
	size  int64 // bytes of the part, unpacked
	done  int64 // of these, read
	out   Row
	row   int64 // of the row being read
	ended bool

	value   strings.Builder
	formula bool // the cell has a formula
	stored  bool // and a value, be it empty
}

func (w *workbook) rows(b *Book, name string) (Rows, error) {
	r, err := w.openSheet(b, name)
	if err != nil {
		return nil, err
	}
	if w.texts == nil && w.shared != "" {
		if f := w.find(w.shared); f != nil {
			if w.texts, err = loadTexts(f, b.opt.TempDir); err != nil {
				return nil, errors.Join(b.damaged(err), r.raw.Close())
			}
		}
	}
	return r, nil
}

// openSheet opens the part of a sheet.
func (w *workbook) openSheet(b *Book, name string) (*xlsxRows, error) {
	part, ok := w.sheets[name]
	if !ok {
		return nil, &Error{File: b.File, Sheet: name, Reason: ErrNoSheet, Text: "bladet finns inte i arbetsboken."}
	}
	f := w.find(part)
	if f == nil {
		return nil, b.damaged(fmt.Errorf("%s saknas", part))
	}
	rc, err := f.Open()
	if err != nil {
		return nil, b.damaged(err)
	}
	r := &xlsxRows{book: b, w: w, sheet: name, raw: rc, size: max(1, int64(f.UncompressedSize64))}
	r.part = newPart(counted{rc, &r.done})
	return r, nil
}

// Done implements Rows: the unpacked part measured against the file's size.
func (r *xlsxRows) Done() int64 {
	return int64(float64(r.book.Size) * float64(min(r.done, r.size)) / float64(r.size))
}

// Close implements Rows.
func (r *xlsxRows) Close() error { return r.raw.Close() }

// Next implements Rows.
func (r *xlsxRows) Next() (*Row, error) {
	for !r.ended {
		tok, err := r.part.token()
		switch {
		case errors.Is(err, io.EOF):
			r.ended = true
			return nil, io.EOF
		case err != nil:
			return nil, r.damaged(err)
		}
		switch el := tok.(type) {
		case xml.StartElement:
			switch el.Name.Local {
			case "row":
				r.startRow(el.Attr)
			case "c":
				if err := r.cell(el.Attr); err != nil {
					return nil, r.damaged(err)
				}
			}
		case xml.EndElement:
			if el.Name.Local == "row" {
				return &r.out, nil
			}
		}
	}
	return nil, io.EOF
}

func (r *xlsxRows) startRow(attrs []xml.Attr) {
	r.row++
	r.out = Row{Cells: r.out.Cells[:0]}
	for _, a := range attrs {
		switch a.Name.Local {
		case "r":
			if n, err := strconv.ParseInt(a.Value, 10, 64); err == nil && n > 0 {
				r.row = n
			}
		case "hidden":
			r.out.Hidden = truth(a.Value)
		}
	}
	r.out.Number = r.row
}

// cell reads one cell up to its end.
func (r *xlsxRows) cell(attrs []xml.Attr) error {
	col, styleID, typ := len(r.out.Cells), 0, ""
	for _, a := range attrs {
		switch a.Name.Local {
		case "r":
			c, _, ok := parseRef(a.Value)
			if !ok {
				return fmt.Errorf("cellen %q ligger utanför bladet", a.Value)
			}
			col = c
		case "s":
			styleID, _ = strconv.Atoi(a.Value)
		case "t":
			typ = a.Value
		}
	}
	c, err := r.content(typ, styleID)
	if err != nil || c.Kind == Empty {
		return err
	}
	if col < len(r.out.Cells) {
		return fmt.Errorf("cellen %s%d finns två gånger", Letter(col), r.row)
	}
	for len(r.out.Cells) < col {
		r.out.Cells = append(r.out.Cells, Cell{})
	}
	r.out.Cells = append(r.out.Cells, c)
	return nil
}

// content reads what stands between a cell's start and end.
func (r *xlsxRows) content(typ string, styleID int) (Cell, error) {
	r.value.Reset()
	r.formula, r.stored = false, false
	inline, inlineStruck, hasInline, inValue := "", false, false, false
	for {
		tok, err := r.part.token()
		if err != nil {
			return Cell{}, err
		}
		switch el := tok.(type) {
		case xml.StartElement:
			switch el.Name.Local {
			case "v":
				inValue, r.stored = true, true
			case "f":
				r.formula = true
			case "is":
				if inline, inlineStruck, err = r.part.rich("is"); err != nil {
					return Cell{}, err
				}
				hasInline = true
			}
		case xml.CharData:
			if inValue {
				r.value.Write(el)
			}
		case xml.EndElement:
			switch el.Name.Local {
			case "v":
				inValue = false
			case "c":
				st := r.w.style(styleID)
				if hasInline {
					return textCell(inline, st.struck || inlineStruck), nil
				}
				return r.make(typ, st)
			}
		}
	}
}

func textCell(s string, struck bool) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s, Struck: struck}
}

// make turns a stored value into a cell.
func (r *xlsxRows) make(typ string, st style) (Cell, error) {
	v := r.value.String()
	if v == "" {
		if r.formula && (typ != "str" || !r.stored) {
			return Cell{Kind: Fault, Text: "formel utan värde", Struck: st.struck}, nil
		}
		return Cell{}, nil
	}
	switch typ {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil {
			return Cell{}, fmt.Errorf("%q är ingen textplats", v)
		}
		text, struck, err := r.w.texts.at(i)
		return textCell(text, st.struck || struck), err
	case "str", "inlineStr", "d":
		return textCell(unescape(v), st.struck), nil
	case "e":
		return Cell{Kind: Fault, Text: v, Struck: st.struck}, nil
	case "b":
		c := Cell{Kind: Bool, Text: "0", Struck: st.struck}
		if truth(v) {
			c.Num, c.Text = 1, "1"
		}
		return c, nil
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return Cell{}, fmt.Errorf("%q är inget tal", v)
	}
	c := Cell{Kind: Number, Num: n, Text: plainNumber(n, st.pad), Struck: st.struck}
	if st.date {
		c.Kind = Date
	}
	return c, nil
}

// plainNumber writes a number as Excel shows it with the General format: at
// most fifteen digits, and with the zeros in front that its format asks for.
func plainNumber(n float64, pad int) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if len(s) > 16 {
		if r, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64); err == nil {
			s = strconv.FormatFloat(r, 'f', -1, 64)
		}
	}
	if pad > len(s) && n >= 0 && !strings.Contains(s, ".") {
		s = strings.Repeat("0", pad-len(s)) + s
	}
	return s
}

func (r *xlsxRows) damaged(err error) error {
	e := &Error{File: r.book.File, Sheet: r.sheet, Row: r.row, Reason: ErrTruncated, Text: "arbetsboken är avkortad eller skadad vid eller efter denna rad. Spara eller exportera den på nytt.", Cause: err}
	if errors.Is(err, errTokenTooLong) {
		e.Reason, e.Text = ErrTooLong, err.Error()+"."
	}
	return e
}
