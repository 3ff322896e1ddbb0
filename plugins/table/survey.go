package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// survey is what is known before the first record: every sheet bound, every
// column's date order, and when the content last changed.
type survey struct {
	bound   []*binding
	skipped []string // sheets without any of the headers, "Systemlista.xlsx, blad Läs mig"
	content time.Time
	newest  time.Time // within the present file
}

// book surveys one file.
func (s *survey) book(ctx context.Context, p *plan, b *sheet.Book, path string, now time.Time) error {
	names, err := p.sheets(b)
	if err != nil {
		return err
	}
	var (
		fits []*binding
		miss error
		best = -1
	)
	for _, name := range names {
		bd, matched, err := s.sheet(ctx, p, b, path, name, now)
		switch {
		case err == nil && bd != nil:
			fits = append(fits, bd)
		case err != nil && !errors.Is(err, sdk.ErrBadInput):
			return err
		case p.Sheet == "*" && matched > 0:
			miss, best = errors.Join(miss, err), matched
		case p.Sheet == "*":
			s.skipped = append(s.skipped, sheet.Place(b.File, name, 0))
		case matched > best:
			miss, best = err, matched
		}
	}
	switch {
	case p.Sheet == "*" && best > 0, len(fits) == 0 && miss != nil:
		return miss
	case len(fits) == 0:
		return p.faulty(b, "", 0, "inget blad har de rubriker som inställningarna pekar ut.")
	case p.Sheet == "" && len(fits) > 1:
		var list []string
		for _, f := range fits {
			list = append(list, f.sheet)
		}
		return p.faulty(b, "", 0, fmt.Sprintf("flera blad passar: %s. Ange sheet, eller * för alla.", strings.Join(list, ", ")))
	}
	s.bound = append(s.bound, fits...)
	s.date(p, b)
	return nil
}

// date adds what this file says of the age of its content: the newest changed
// row if it has such a column, else the workbook's own date, else the file's.
func (s *survey) date(p *plan, b *sheet.Book) {
	switch {
	case p.ContentDate == "file":
		s.later(b.FileTime)
	case !s.newest.IsZero():
		s.later(s.newest)
	case !b.Modified.IsZero():
		s.later(b.Modified)
	default:
		s.later(b.FileTime)
	}
	s.newest = time.Time{}
}

// later keeps the newest date.
func (s *survey) later(t time.Time) { s.content = latest(s.content, t) }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC()
	}
	return a
}

// sheets lists the sheets to look at.
func (p *plan) sheets(b *sheet.Book) ([]string, error) {
	var all, visible []string
	for _, s := range b.Sheets() {
		all = append(all, s.Name)
		if !s.Hidden {
			visible = append(visible, s.Name)
		}
	}
	switch {
	case b.Format == "csv" || p.Sheet == "" || p.Sheet == "*":
		return visible, nil
	case slices.Contains(all, p.Sheet):
		return []string{p.Sheet}, nil
	}
	for _, n := range all {
		if sheet.Fold(n) == sheet.Fold(p.Sheet) {
			return []string{n}, nil
		}
	}
	text := fmt.Sprintf("bladet ”%s” finns inte.", p.Sheet)
	if near, at := closest(p.Sheet, all); at >= 0 {
		text += fmt.Sprintf(" Närmast är ”%s”.", near)
	}
	return nil, p.faulty(b, "", 0, text)
}

// sheet binds one sheet and reads as much of it as is needed to know its dates.
func (s *survey) sheet(ctx context.Context, p *plan, b *sheet.Book, path, name string, now time.Time) (_ *binding, matched int, err error) {
	meta, err := b.Meta(name)
	if err != nil {
		return nil, 0, err
	}
	rows, err := b.Rows(name)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var top []sheet.Row
	for len(top) < sheet.LookAhead {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		top = append(top, row.Clone())
	}
	bd, matched, err := p.bind(b, path, name, meta, top, now)
	if err != nil {
		return bd, matched, err
	}
	l := newLook(p, bd)
	for i := range top {
		if top[i].Number >= bd.header.First() {
			l.row(&top[i])
		}
	}
	for n := 0; !l.enough(n); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		l.row(row)
	}
	l.settle()
	s.newest = latest(s.newest, l.newest)
	if ref, ok := strings.CutPrefix(p.ContentDate, "cell:"); ok && s.newest.IsZero() {
		t, err := cellDate(p, b, bd, top, ref)
		if err != nil {
			return bd, matched, err
		}
		s.newest = t
	}
	return bd, matched, nil
}

// dateIn finds a date within a text such as "Uppdaterad 2026-03-03 av IT".
var dateIn = regexp.MustCompile(`\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2} \d{4}|\d{1,2} [a-zåäö]{3,9} \d{4}`)

func cellDate(p *plan, b *sheet.Book, bd *binding, top []sheet.Row, ref string) (time.Time, error) {
	col, at, _ := sheet.Ref(ref) // checked with the settings
	for i := range top {
		if top[i].Number != at {
			continue
		}
		r := p.DateReader(value.Dates{Order: p.DateOrder, Date1904: b.Date1904})
		c := cell(top[i].Cell(col))
		if in := dateIn.FindString(strings.ToLower(c.Text)); c.Type == column.Text && in != "" {
			c.Text = in
		}
		if t, err := r.Instant(&c); err == nil && !t.IsZero() {
			return t, nil
		}
	}
	return time.Time{}, p.faulty(b, bd.sheet, at, fmt.Sprintf("cellen %s har inget datum att visa listans ålder med.", ref))
}
