package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvRows reads delimited text. It takes what spreadsheet programs and ticket
// systems write: quotes only where needed, quotes within unquoted cells, line
// breaks within quotes. It differs from encoding/csv in that a row and a cell
// have a bounded size, and that a quote left open is a located error.
type csvRows struct {
	file  string
	br    *bufio.Reader
	delim byte
	term  byte   // '\n', or '\r' for the oldest files
	row   int64  // that is being read
	long  []byte // a line that did not fit in the reader's buffer, or spans lines
	out   Row
	done  *int64
	close func() error
}

func newCSVRows(file string, r io.Reader, delim, term byte, done *int64, closer func() error) *csvRows {
	c := &csvRows{file: file, br: bufio.NewReaderSize(r, 64<<10), delim: delim, term: term, done: done, close: closer}
	return c
}

// start passes over a byte order mark and Excel's "sep=;" line.
func (c *csvRows) start() error {
	head, err := c.br.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return c.fault(err)
	}
	if rest, ok := bytes.CutPrefix(head, []byte("\ufeff")); ok {
		head = rest
		if _, err := c.br.Discard(3); err != nil {
			return c.fault(err)
		}
	}
	if _, ok := sepLine(head); ok {
		if _, _, err := c.line(nil); err != nil {
			return err
		}
	}
	return nil
}

// Next implements Rows.
func (c *csvRows) Next() (*Row, error) {
	c.row++
	line, cut, err := c.line(c.long[:0])
	if err != nil {
		return nil, err
	}
	c.out = Row{Number: c.row, Cells: c.out.Cells[:0], Cut: cut}
	if bytes.IndexByte(line, '"') < 0 {
		return &c.out, c.plain(string(line))
	}
	return c.quoted(line, cut)
}

// plain splits a line that has no quotes; its cells share one string.
func (c *csvRows) plain(line string) error {
	for {
		i := strings.IndexByte(line, c.delim)
		if i < 0 {
			return c.cell(line)
		}
		if err := c.cell(line[:i]); err != nil {
			return err
		}
		line = line[i+1:]
	}
}

func (c *csvRows) cell(s string) error {
	if len(s) > MaxCell || len(c.out.Cells) >= MaxColumns {
		return c.tooLong(fmt.Sprintf("kolumn %s är för lång för att vara en cell", Letter(len(c.out.Cells))))
	}
	if s == "" {
		c.out.Cells = append(c.out.Cells, Cell{})
		return nil
	}
	c.out.Cells = append(c.out.Cells, Cell{Kind: Text, Text: s})
	return nil
}

// quoted splits a line that has quotes, and reads on while one is open.
func (c *csvRows) quoted(line []byte, cut bool) (*Row, error) {
	var (
		cell []byte
		pos  int
	)
	for {
		cell = cell[:0]
		if pos < len(line) && line[pos] == '"' {
			pos++
			for {
				i := bytes.IndexByte(line[pos:], '"')
				if i < 0 {
					if cut {
						return nil, c.open()
					}
					grown, atEnd, err := c.line(append(append(c.long[:0], line...), c.term))
					if errors.Is(err, io.EOF) {
						return nil, c.open()
					}
					if err != nil {
						return nil, err
					}
					line, cut = grown, atEnd
					continue
				}
				cell = append(cell, line[pos:pos+i]...)
				pos += i + 1
				if pos < len(line) && line[pos] == '"' {
					cell = append(cell, '"')
					pos++
					continue
				}
				break
			}
		}
		end := bytes.IndexByte(line[pos:], c.delim)
		if end < 0 {
			cell = append(cell, line[pos:]...)
			c.out.Cut = cut
			return &c.out, c.cell(string(cell))
		}
		cell = append(cell, line[pos:pos+end]...)
		if err := c.cell(string(cell)); err != nil {
			return nil, err
		}
		pos += end + 1
	}
}

// line reads one line onto the end of into, without its end. It is valid until
// the next call. cut tells that the file ended without a line end.
func (c *csvRows) line(into []byte) (line []byte, cut bool, err error) {
	for {
		part, err := c.br.ReadSlice(c.term)
		switch {
		case err == nil:
			part = part[:len(part)-1]
			if c.term == '\n' && len(part) > 0 && part[len(part)-1] == '\r' {
				part = part[:len(part)-1]
			}
			if len(into) == 0 {
				return part, false, nil
			}
			c.long = append(into, part...)
			return c.long, false, c.bound(len(c.long))
		case errors.Is(err, bufio.ErrBufferFull):
			into = append(into, part...)
			c.long = into
			if err := c.bound(len(into)); err != nil {
				return nil, false, err
			}
		case errors.Is(err, io.EOF) && len(into)+len(part) > 0:
			c.long = append(into, part...)
			return c.long, true, nil
		case errors.Is(err, io.EOF):
			return nil, true, io.EOF
		default:
			return nil, false, c.fault(err)
		}
	}
}

func (c *csvRows) bound(n int) error {
	if n <= MaxLine {
		return nil
	}
	return c.tooLong(fmt.Sprintf("raden är längre än %d MB. Antingen saknar filen radslut, eller så öppnas ett citattecken (\") som aldrig stängs", MaxLine>>20))
}

func (c *csvRows) tooLong(text string) error {
	return &Error{File: c.file, Row: c.row, Reason: ErrTooLong, Text: text + "."}
}

func (c *csvRows) open() error {
	return &Error{File: c.file, Row: c.row, Reason: ErrTruncated,
		Text: "ett citattecken (\") öppnas här och stängs aldrig. Filen är troligen avkortad; exportera den igen."}
}

func (c *csvRows) fault(err error) error {
	if errors.Is(err, ErrEncoding) {
		return &Error{File: c.file, Row: c.row, Reason: ErrEncoding,
			Text: "filen börjar som UTF-8 men innehåller tecken som inte är det, någonstans efter denna rad. Spara den på nytt som CSV UTF-8, eller ange encoding i inställningarna."}
	}
	return &Error{File: c.file, Row: c.row, Reason: ErrTruncated, Text: "filen gick inte att läsa vidare.", Cause: err}
}

// Done implements Rows.
func (c *csvRows) Done() int64 { return *c.done }

// Close implements Rows.
func (c *csvRows) Close() error { return c.close() }
