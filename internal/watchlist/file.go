package watchlist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// column is one column of a list of targets: its key in the settings and what
// its header may say.
type column struct {
	key     string
	headers []string
	set     func(*RawTarget, string)
}

func columns() []column {
	return []column{
		{"id", []string{"id", "mål"}, func(t *RawTarget, s string) { t.ID = s }},
		{"name", []string{"namn", "name", "benämning"}, func(t *RawTarget, s string) { t.Name = s }},
		{"module", []string{"modul", "module", "sätt"}, func(t *RawTarget, s string) { t.Module = strings.ToLower(s) }},
		{"address", []string{"adress", "address", "ip", "ip-adress", "url"}, func(t *RawTarget, s string) { t.Address = s }},
		{"query", []string{"fråga", "query"}, func(t *RawTarget, s string) { t.Query = s }},
		{"interface", []string{"gränssnitt", "interface"}, func(t *RawTarget, s string) { t.Interface = s }},
		{"site", []string{"plats", "site"}, func(t *RawTarget, s string) { t.Site = s }},
		{"org_unit", []string{"förvaltning", "org_unit", "enhet"}, func(t *RawTarget, s string) { t.OrgUnit = s }},
		{"criticality", []string{"viktighet", "criticality", "klass"}, func(t *RawTarget, s string) { t.Criticality = s }},
		{"users", []string{"användare", "users", "antal användare", "berörda"}, nil},
		{"hours", []string{"öppettider", "hours", "öppet"}, func(t *RawTarget, s string) { t.Hours = s }},
		{"closed", []string{"stängt", "closed"}, func(t *RawTarget, s string) { t.Closed = s }},
		{"parent", []string{"bakom", "parent", "överordnad"}, func(t *RawTarget, s string) { t.Parent = s }},
		{"planned", []string{"planerat", "planned", "servicefönster"}, func(t *RawTarget, s string) { t.Planned = split(s) }},
		{"interval", []string{"intervall", "interval"}, func(t *RawTarget, s string) { t.Interval = Duration(s) }},
		{"timeout", []string{"väntetid", "timeout"}, func(t *RawTarget, s string) { t.Timeout = Duration(s) }},
		{"failures", []string{"fel", "failures"}, func(t *RawTarget, s string) { t.Failures = Share(s) }},
		{"recovery", []string{"åter", "recovery"}, func(t *RawTarget, s string) { t.Recovery = Share(s) }},
	}
}

// headerOf is the Swedish header of a field, for faults in a file.
func headerOf(field string) (string, bool) {
	for _, c := range columns() {
		if c.key == field {
			return c.headers[0], true
		}
	}
	return "", false
}

func columnOf(header string) (column, bool) {
	for _, c := range columns() {
		for _, h := range c.headers {
			if sheet.Fold(header) == sheet.Fold(h) {
				return c, true
			}
		}
	}
	return column{}, false
}

// file reads the targets of a file.
func (b *builder) file(ctx context.Context, path string) (err error) {
	st, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("targets_file: %s: %w", filepath.Base(path), err)
	}
	book, err := sheet.Open(ctx, path, sheet.Options{})
	if err != nil {
		return fmt.Errorf("targets_file: %w", err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	b.list.File = File{Path: path, Size: st.Size(), Modified: st.ModTime()}
	doc := record.Place{Doc: book.File}
	for _, s := range book.Sheets() {
		if s.Hidden || b.raw.Sheet != "" && s.Name != b.raw.Sheet {
			continue
		}
		doc.Sheet = ""
		if book.Format == "xlsx" {
			doc.Sheet = s.Name
		}
		read, err := b.sheet(ctx, book, s.Name, doc)
		if err != nil {
			return fmt.Errorf("targets_file: %w", err)
		}
		if read {
			return nil
		}
	}
	doc.Sheet = b.raw.Sheet
	b.fault(Fault{Place: doc}, "", "hittar ingen rubrikrad; kolumnerna id, modul och adress måste finnas")
	return nil
}

// sheet reads one sheet; false if it holds no list of targets.
func (b *builder) sheet(ctx context.Context, book *sheet.Book, name string, doc record.Place) (bool, error) {
	head, err := header(book, name)
	if err != nil || head.Row == 0 {
		return false, err
	}
	cols := make([]column, len(head.Names))
	found := map[string]string{}
	for i, h := range head.Names {
		c, known := columnOf(h)
		if !known {
			continue
		}
		if first, twice := found[c.key]; twice {
			doc.Row = head.Row
			b.fault(Fault{Place: doc}, "", "kolumnerna %s och %s är samma sak", first, h)
			continue
		}
		cols[i], found[c.key] = c, h
	}
	for _, need := range []string{"id", "module", "address"} {
		if found[need] == "" {
			doc.Row = head.Row
			b.fault(Fault{Place: doc}, "", "kolumnen %s saknas%s", columnName(need), near(columnName(need), head.Names))
		}
	}
	rows, err := book.Rows(name)
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }() // only read
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		r, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if r.Number < head.First() || head.Classify(r, nil) != sheet.Data {
			continue
		}
		doc.Row = r.Number
		if r.Struck() {
			continue // struck through: no longer watched
		}
		b.row(doc, r, cols)
		if len(b.list.Targets) > maxTargets {
			return true, nil
		}
	}
}

func columnName(key string) string {
	name, _ := headerOf(key)
	return name
}

// header finds the header of a sheet: the row that has most of the columns.
func header(book *sheet.Book, name string) (sheet.Header, error) {
	rows, err := book.Rows(name)
	if err != nil {
		return sheet.Header{}, err
	}
	defer func() { _ = rows.Close() }() // only read
	var first []sheet.Row
	for len(first) < sheet.LookAhead {
		r, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return sheet.Header{}, err
		}
		first = append(first, r.Clone())
	}
	best, most := 0, 1
	for i := range first {
		n := 0
		for c := range first[i].Cells {
			if _, known := columnOf(first[i].Text(c)); known {
				n++
			}
		}
		if n > most {
			best, most = int(first[i].Number), n
		}
	}
	if best == 0 {
		return sheet.Header{}, nil
	}
	h, ok := sheet.FindHeader(first, sheet.HeaderOptions{Row: best, Rows: 1})
	if !ok {
		return sheet.Header{}, nil
	}
	return h, nil
}

func (b *builder) row(place record.Place, r *sheet.Row, cols []column) {
	at := Fault{Place: place}
	var raw RawTarget
	for i := range cols {
		s := r.Text(i)
		if cols[i].key == "" || s == "" {
			continue
		}
		if r.Cell(i).Kind == sheet.Fault {
			b.fault(at, cols[i].key, "cellen håller ett fel och inget värde")
			continue
		}
		if cols[i].set != nil {
			cols[i].set(&raw, s)
			continue
		}
		n, err := strconv.Atoi(strings.ReplaceAll(s, " ", ""))
		if err != nil {
			b.fault(at, cols[i].key, "%q är inget antal", s)
		}
		raw.Users = n
	}
	b.target(at, raw, false)
}
