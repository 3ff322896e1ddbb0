// Package book writes XLSX workbooks as a stream: a sheet of a million rows is
// packed while its rows come, with no more than a row in memory, and the same
// rows give the same bytes. It writes texts, numbers and formulas and nothing
// else; docs/adr/0301-a-workbook-as-a-stream.md says why it is our own.
package book

import (
	"bufio"
	"compress/flate"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"
	"strings"
)

// MaxRows is how many rows a sheet can have.
const MaxRows = 1_048_576

// ErrRows is returned for a row beyond the last that a sheet can have.
var ErrRows = errors.New("more rows than a sheet can have")

// Cell is one cell. The zero cell is blank.
type Cell struct {
	Text    string
	Formula string // without "="
	Number  bool   // Text is a number
	Bold    bool
}

// Text is a cell with a text.
func Text(s string) Cell { return Cell{Text: s} }

// Bold is a cell with a text that stands out.
func Bold(s string) Cell { return Cell{Text: s, Bold: true} }

// Number is a cell with a number, blank for nil.
func Number(v *float64) Cell {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return Cell{}
	}
	return Cell{Text: strconv.FormatFloat(*v, 'g', -1, 64), Number: true}
}

// Formula is a cell that is computed.
func Formula(f string) Cell { return Cell{Formula: f} }

// Sheet is one sheet on its way: what is written goes packed to a file of its
// own, from which Write takes it.
type Sheet struct {
	name string
	to   *counter
	pack *flate.Writer
	out  *bufio.Writer
	sum  uint32
	size int64
	rows int
	cols []string // "A", "B" …
	err  error
}

// counter counts what goes through.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// NewSheet begins a sheet that is packed into w. frozen rows stay in sight.
func NewSheet(w io.Writer, name string, widths []float64, frozen int) (*Sheet, error) {
	s := &Sheet{name: name, to: &counter{w: w}}
	var err error
	if s.pack, err = flate.NewWriter(s.to, flate.BestSpeed); err != nil {
		return nil, err
	}
	s.out = bufio.NewWriterSize(summing{s}, 64<<10)
	s.write(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">`)
	if frozen > 0 {
		s.write(fmt.Sprintf(`<pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>`, frozen, frozen+1))
	}
	s.write(`</sheetView></sheetViews>`)
	if len(widths) > 0 {
		s.write(`<cols>`)
		for i, v := range widths {
			s.write(fmt.Sprintf(`<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, v))
		}
		s.write(`</cols>`)
	}
	s.write(`<sheetData>`)
	return s, s.err
}

// summing notes the size and the sum of what is packed.
type summing struct{ s *Sheet }

func (x summing) Write(b []byte) (int, error) {
	x.s.sum = crc32.Update(x.s.sum, crc32.IEEETable, b)
	x.s.size += int64(len(b))
	return x.s.pack.Write(b)
}

func (s *Sheet) write(text string) {
	if s.err == nil {
		_, s.err = s.out.WriteString(text)
	}
}

// Rows is how many rows there are.
func (s *Sheet) Rows() int { return s.rows }

// Row adds a row.
func (s *Sheet) Row(cells ...Cell) error {
	if s.rows == MaxRows {
		return ErrRows
	}
	s.rows++
	row := strconv.Itoa(s.rows)
	s.write(`<row r="`)
	s.write(row)
	s.write(`">`)
	for i := range cells {
		if len(s.cols) <= i {
			s.cols = append(s.cols, Column(i))
		}
		s.cell(s.cols[i], row, &cells[i])
	}
	s.write("</row>\n")
	return s.err
}

func (s *Sheet) cell(col, row string, c *Cell) {
	if c.Text == "" && c.Formula == "" {
		return
	}
	s.write(`<c r="`)
	s.write(col)
	s.write(row)
	if c.Bold {
		s.write(`" s="1`)
	}
	switch {
	case c.Formula != "":
		s.write(`"><f>`)
		s.escape(c.Formula)
		s.write(`</f></c>`)
	case c.Number:
		s.write(`"><v>`)
		s.write(c.Text)
		s.write(`</v></c>`)
	default:
		s.write(`" t="inlineStr"><is><t xml:space="preserve">`)
		s.escape(c.Text)
		s.write(`</t></is></c>`)
	}
}

// longest is how many characters a cell can hold.
const longest = 32_767

// escape writes a text as XML has it; what XML cannot hold becomes a blank.
func (s *Sheet) escape(text string) {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		c := text[i]
		plain = c >= ' ' && c < 0x80 && c != '<' && c != '>' && c != '&' && c != '"' && c != '\''
	}
	if plain {
		s.write(text)
		return
	}
	if s.err == nil {
		s.err = xml.EscapeText(s.out, []byte(text))
	}
}

// Close ends the sheet, and gives up the megabyte that packing takes: a
// workbook has many sheets that are done and wait for the last.
func (s *Sheet) Close() error {
	s.write(`</sheetData></worksheet>`)
	err := errors.Join(s.err, s.out.Flush(), s.pack.Close())
	s.out, s.pack = nil, nil
	return err
}

// Column is the letters of a column, the first being 0.
func Column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
