package guess

import (
	"context"
	"errors"
	"io"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
)

// listed bounds how many places of one sort a report names; all are counted.
const listed = 20

// Options are what a person has already said about a file.
type Options struct {
	Encoding  string // CSV: utf-8, utf-16, windows-1252; empty finds it
	Delimiter string // CSV: one character or "tab"; empty finds it
	HeaderRow int    // 0 finds it
}

// Inspect reads a file once and tells what it seems to be, what is odd about
// it, and what a person must be asked. It keeps no more of the rows than three
// samples and the most frequent values of each column; those may name people
// and are for the screen of who runs it, never for a log.
func Inspect(ctx context.Context, path string, opt Options) (_ Report, err error) {
	b, err := sheet.Open(ctx, path, sheet.Options{Encoding: opt.Encoding, Delimiter: opt.Delimiter})
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	rep := Report{File: path, Format: b.Format, Delimiter: b.Delimiter(), Modified: b.Modified, ModifiedFrom: "workbook"}
	if b.Modified.IsZero() {
		rep.Modified, rep.ModifiedFrom = b.FileTime, "file"
	}
	for _, info := range b.Sheets() {
		s, err := inspectSheet(ctx, b, info, opt)
		if err != nil {
			return Report{}, err
		}
		rep.Sheets = append(rep.Sheets, s)
	}
	rep.Encoding = b.Encoding()
	rep.choose()
	rep.Questions = questions(&rep)
	return rep, nil
}

// inspectSheet goes through one sheet.
func inspectSheet(ctx context.Context, b *sheet.Book, info sheet.Info, opt Options) (s Sheet, err error) {
	s = Sheet{Name: info.Name, Hidden: info.Hidden}
	meta, err := b.Meta(info.Name)
	if err != nil {
		return s, err
	}
	rows, err := b.Rows(info.Name)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var top []sheet.Row
	for len(top) < sheet.LookAhead {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, err
		}
		top = append(top, row.Clone())
	}
	h, ok := sheet.FindHeader(top, sheet.HeaderOptions{Row: opt.HeaderRow, Merged: meta.Merged, Known: words.Known})
	if !ok {
		s.Empty = true
		for i := range top {
			s.Empty = s.Empty && top[i].Filled() == 0
		}
		return s, nil
	}
	w := newWatcher(b, &s, h, meta)
	for i := range top {
		w.row(&top[i])
	}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return s, ctx.Err()
		}
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, err
		}
		w.row(row)
	}
	w.finish()
	propose(&s)
	return s, nil
}
