package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// Options are what is known of a file beforehand. The zero value finds out.
type Options struct {
	Encoding  string // CSV: see EncodingKnown; empty finds it
	Delimiter string // CSV: one character or "tab"; empty finds it
	TempDir   string // for texts of a large workbook; empty is the system's own
}

// Info is one sheet of a book.
type Info struct {
	Name   string
	Hidden bool
}

// Rows gives the rows of a sheet in order, empty ones included as far as the
// file has them.
type Rows interface {
	// Next returns the next row, valid until the next call; io.EOF after the last.
	Next() (*Row, error)
	// Done tells how many bytes of Size have been read.
	Done() int64
	Close() error
}

// Book is an open file. It is not safe for concurrent use; a sheet may be read
// several times, one at a time.
type Book struct {
	Format   string // "xlsx" or "csv"
	File     string // base name
	Size     int64
	Modified time.Time // the workbook's own date; zero if it has none
	FileTime time.Time // the file's own date
	Date1904 bool
	sheets   []Info

	path string
	opt  Options
	text text // of a CSV
	xlsx *workbook
	f    *os.File
}

// text is how a delimited file is written.
type text struct {
	delim    byte
	term     byte
	head     []byte
	encoding func() string
}

// openTries and openWait bound the wait for a file that another program holds.
const (
	openTries = 10
	openWait  = 500 * time.Millisecond
)

// Open opens a table.
func Open(ctx context.Context, path string, opt Options) (*Book, error) {
	f, err := OpenFile(ctx, path)
	if err != nil {
		return nil, err
	}
	b, err := open(f, path, opt)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return b, nil
}

// OpenFile opens a file for reading, shared with whoever has it open. A file
// that another program has locked is tried again for some seconds.
func OpenFile(ctx context.Context, path string) (*os.File, error) {
	name := filepath.Base(path)
	for try := 1; ; try++ {
		f, err := openShared(path)
		switch {
		case err == nil:
			return f, nil
		case !locked(err):
			return nil, fmt.Errorf("%s: %w", name, err)
		case try == openTries:
			return nil, &Error{File: name, Reason: ErrBusy, Text: "filen är låst av ett annat program. Stäng den där, eller läs en kopia.", Cause: err}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(openWait):
		}
	}
}

func open(f *os.File, path string, opt Options) (*Book, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b := &Book{File: filepath.Base(path), Size: st.Size(), FileTime: st.ModTime(), path: path, opt: opt, f: f}
	if st.IsDir() {
		return nil, b.refuse(ErrFormat, "detta är en mapp, inte en fil.")
	}
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, b.refuse(ErrTruncated, "filen gick inte att läsa: "+err.Error())
	}
	head = head[:n]
	if err := b.refuseOther(head); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		b.Format = "xlsx"
		return b, b.openWorkbook()
	}
	b.Format = "csv"
	return b, b.openText(head)
}

// refuseOther names files that are no table, or not one that is read here.
func (b *Book) refuseOther(head []byte) error {
	ext := strings.ToLower(filepath.Ext(b.File))
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head[:min(len(head), 1024)], []byte("\ufeff"))))
	switch {
	case len(head) == 0:
		return b.refuse(ErrTruncated, "filen är tom.")
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}) && (ext == ".xlsx" || ext == ".xlsm"):
		return b.refuse(ErrFormat, "arbetsboken är skyddad med lösenord eller märkt som konfidentiell. Spara en kopia utan lösenord.")
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return b.refuse(ErrFormat, "detta är Excels gamla format (.xls). Öppna filen i Excel eller LibreOffice, välj Spara som, Excel-arbetsbok (.xlsx), och peka ut den nya filen.")
	case bytes.HasPrefix(start, []byte("<?xml")), bytes.HasPrefix(start, []byte("<html")), bytes.HasPrefix(start, []byte("<!doctype")), bytes.HasPrefix(start, []byte("<table")):
		return b.refuse(ErrFormat, "filen är en webbsida eller XML, trots sitt namn. Öppna den i Excel, välj Spara som, Excel-arbetsbok (.xlsx), och peka ut den nya filen.")
	case (ext == ".xlsx" || ext == ".xlsm") && !bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return b.refuse(ErrFormat, "filen heter som en Excel-fil men är ingen. Är den text, döp om den till .csv; annars är den skadad och måste sparas på nytt.")
	case bytes.HasPrefix(head, []byte("%PDF")):
		return b.refuse(ErrFormat, "detta är en PDF. Exportera listan som Excel eller CSV i stället.")
	}
	return nil
}

func (b *Book) openText(head []byte) error {
	var n int64
	r, _, err := newDecoder(bytes.NewReader(head), b.opt.Encoding, head, &n)
	if err != nil {
		return b.refuse(ErrEncoding, err.Error()+".")
	}
	plain, err := io.ReadAll(io.LimitReader(r, 256<<10))
	if err != nil && !errors.Is(err, ErrEncoding) {
		return b.refuse(ErrEncoding, "texten gick inte att avkoda.")
	}
	if bytes.IndexByte(plain, 0) >= 0 {
		return b.refuse(ErrFormat, "filen är inte text och inte en Excel-fil. Exportera listan som Excel (.xlsx) eller CSV.")
	}
	b.text = text{head: head, term: findTerminator(plain), delim: findDelimiter(plain)}
	if b.opt.Delimiter != "" {
		if b.text.delim, err = parseDelimiter(b.opt.Delimiter); err != nil {
			return b.refuse(ErrFormat, err.Error()+".")
		}
	}
	b.sheets = []Info{{}}
	return nil
}

// Sheets lists the sheets in their order; a CSV has one without a name.
func (b *Book) Sheets() []Info { return b.sheets }

// Delimiter is a CSV's delimiter as settings write it, empty for a workbook.
func (b *Book) Delimiter() string {
	if b.Format != "csv" {
		return ""
	}
	return DelimiterName(b.text.delim)
}

// Encoding is what a CSV turned out to be, certain once all rows are read.
func (b *Book) Encoding() string {
	if b.text.encoding == nil {
		return ""
	}
	return b.text.encoding()
}

// Rows opens a sheet from its beginning.
func (b *Book) Rows(name string) (Rows, error) {
	if b.Format == "xlsx" {
		return b.xlsx.rows(b, name)
	}
	if _, err := b.f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("%s: %w", b.File, err)
	}
	done := new(int64)
	r, enc, err := newDecoder(b.f, b.opt.Encoding, b.text.head, done)
	if err != nil {
		return nil, b.refuse(ErrEncoding, err.Error()+".")
	}
	b.text.encoding = enc
	c := newCSVRows(b.File, r, b.text.delim, b.text.term, done, func() error { return nil })
	return c, c.start()
}

// Close closes the file and removes what was put aside.
func (b *Book) Close() error {
	if b.xlsx != nil {
		return errors.Join(b.xlsx.close(), b.f.Close())
	}
	return b.f.Close()
}

func (b *Book) refuse(reason error, text string) error {
	return &Error{File: b.File, Reason: reason, Text: text}
}

// Glob lists the files that a path or pattern means, in order of name, without
// Excel's lock files (~$…) and folders. A plain path is returned even if
// nothing is there, so that opening it tells what is wrong.
func Glob(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{pattern}, nil
	}
	found, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("mönstret %q går inte att tolka: %w", pattern, err)
	}
	files := found[:0]
	for _, p := range found {
		if strings.HasPrefix(filepath.Base(p), "~$") || strings.HasPrefix(filepath.Base(p), ".~lock.") {
			continue
		}
		if st, err := os.Stat(p); err == nil && st.IsDir() {
			continue
		}
		files = append(files, p)
	}
	sort.Strings(files)
	return files, nil
}
