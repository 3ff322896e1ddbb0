package decision

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Additions are what a new reading of the municipality's lists brings to a
// workbook that people already edit.
type Additions struct {
	Units   []store.Identity    // org units that are not there
	Aliases map[string][]string // further names of org units that are there, by id
}

// Empty tells that there is nothing to add.
func (a Additions) Empty() bool { return len(a.Units) == 0 && len(a.Aliases) == 0 }

// AddToWorkbook copies a workbook with additions made in the sheet
// Organisation. Everything else, and every cell that holds something but a
// list of names, stays as it was written.
func AddToWorkbook(w io.Writer, r io.Reader, add Additions) error {
	f, err := excelize.OpenReader(r, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	defer func() { _ = f.Close() }() // in memory, nothing to lose
	sec, sheet, err := organisation(f)
	if err != nil {
		return err
	}
	rows, err := f.GetRows(sheet)
	if err != nil {
		return fmt.Errorf("workbook: %s: %w", sheet, err)
	}
	head, cols := header(sec, rows)
	if head < 0 {
		return Fault{File: "arbetsboken", Sheet: sheet, Message: "rubrikerna saknas; här väntas " + headers(sec)}
	}
	at := map[string]int{}
	for j, c := range cols {
		if c.key != "" {
			at[c.key] = j + 1
		}
	}
	u := updater{f: f, sheet: sheet, at: at}
	for i := head + 1; i < len(rows); i++ {
		u.more(rows[i], i+1, add.Aliases)
	}
	last := head + 1
	for i := range rows {
		if i > head && anything(rows[i:i+1]) {
			last = i + 1
		}
	}
	for i, id := range add.Units {
		u.unit(last+1+i, id)
	}
	if err := errors.Join(u.errs...); err != nil {
		return fmt.Errorf("workbook: %s: %w", sheet, err)
	}
	_, err = f.WriteTo(w)
	return err
}

func organisation(f *excelize.File) (section, string, error) {
	for _, s := range sections() {
		if s.key != "org_units" {
			continue
		}
		for _, name := range f.GetSheetList() {
			if fold(name) == fold(s.sheet) {
				return s, name, nil
			}
		}
		return s, "", Fault{File: "arbetsboken", Message: "bladet " + s.sheet + " saknas"}
	}
	return section{}, "", errors.New("no section for org units")
}

type updater struct {
	f     *excelize.File
	sheet string
	at    map[string]int
	errs  []error
}

func (u *updater) set(key string, row int, text string) {
	col, ok := u.at[key]
	if !ok || text == "" {
		return
	}
	name, err := excelize.CoordinatesToCellName(col, row)
	u.errs = append(u.errs, err, u.f.SetCellStr(u.sheet, name, text))
}

// more adds names to the row of an org unit that is already there.
func (u *updater) more(cells []string, row int, aliases map[string][]string) {
	get := func(key string) string {
		if i := u.at[key] - 1; i >= 0 && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	id := get("id")
	if id == "" {
		id = Slug(get("name"))
	}
	if id == "" || len(aliases[id]) == 0 {
		return
	}
	u.set("aliases", row, strings.Join(append(splitList(get("aliases")), aliases[id]...), "; "))
}

func (u *updater) unit(row int, id store.Identity) {
	u.set("id", row, id.ID)
	u.set("name", row, id.Name)
	for _, c := range orgKinds() {
		if c.key == id.Kind {
			u.set("kind", row, c.word)
		}
	}
	var names []string
	for _, a := range id.Aliases {
		names = append(names, a.Name)
	}
	u.set("aliases", row, strings.Join(names, "; "))
}
