package table

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// refuse says why a row is not used.
func (r *reading) refuse(place record.Place, column, code, reason string) error {
	return r.out.Warn(sdk.Warning{Place: place, Column: column, Code: code, Reason: reason, Refused: true})
}

// setAside counts a row that is no data.
func (r *reading) setAside(code string, row *sheet.Row, text string) error {
	r.note(code, row, text)
	return nil
}

// note counts a row that a person should know of, once for each sheet.
func (r *reading) note(code string, row *sheet.Row, text string) {
	a := r.aside[code]
	if a == nil {
		a = &aside{first: row.Number, text: text}
		r.aside[code] = a
		r.asideIn = append(r.asideIn, code)
	}
	a.n++
}

// reportAside tells what was set aside in a sheet.
func (r *reading) reportAside(bd *binding) error {
	for _, code := range r.asideIn {
		a := r.aside[code]
		reason := fmt.Sprintf("Rad %d %s.", a.first, a.text)
		if a.n > 1 {
			reason = fmt.Sprintf("%d rader, den första rad %d: %s.", a.n, a.first, a.text)
		}
		w := sdk.Warning{Place: record.Place{Doc: bd.file, Sheet: bd.sheet, Row: a.first}, Code: code, Reason: reason}
		if err := r.out.Warn(w); err != nil {
			return err
		}
	}
	r.asideIn = nil
	return nil
}

// duplicate tells of an id that stands twice in a list where each row should
// be a thing of its own; the last row is the one that holds.
func (r *reading) duplicate(rec *record.Record) error {
	before, twice := r.ids.Twice(rec)
	if !twice {
		return nil
	}
	return r.out.Warn(sdk.Warning{Place: rec.Place, Code: "duplicate_id",
		Reason: fmt.Sprintf("Samma post står redan i %s; den senare raden gäller.", sheet.Place(before.Doc, before.Sheet, before.Row))})
}
