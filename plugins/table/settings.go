package table

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Settings say where a table is and how it is to be read. They are the
// source's own part of the config, as JSON; init writes them from what
// [guess.Inspect] found.
type Settings struct {
	// File is a path or a glob, relative to the config's folder. Excel's lock
	// files (~$…) are passed over.
	File string `json:"file"`
	// Record is the kind each row describes: "system", "ticket" …
	Record record.Kind `json:"record,omitempty"`
	// Framework is a survey or self-assessment whose export this is: one that
	// ships ("nki", "kpmg_it_governance"), or the path of the municipality's own
	// framework file, relative to the config's folder. It says what Record,
	// Columns and Constants are; those that stand here go before.
	Framework string `json:"framework,omitempty"`
	// Sheet is a sheet's name, "*" for every visible sheet, or empty for the
	// only sheet that holds a table. It has no meaning for CSV.
	Sheet string `json:"sheet,omitempty"`
	// OrgUnitFromSheet takes org_unit from the sheet's name where no column
	// gives it: one sheet per förvaltning.
	OrgUnitFromSheet bool `json:"org_unit_from_sheet,omitempty"`

	// HeaderRow is the row of the header, counted from 1; 0 finds it.
	HeaderRow int `json:"header_row,omitempty"`
	// HeaderRows is 1 or 2; 0 finds it. A two-row header's names are joined
	// by " / ": "Klassning / K".
	HeaderRows int `json:"header_rows,omitempty"`

	// ID names the columns that identify a row (joined by "|"). Empty means
	// the column of "name" (or "ticket_no"). The single entry "*" makes an id
	// of the whole row, for ledgers whose rows have no number.
	ID []string `json:"id,omitempty"`
	// Columns maps targets to headers. A target is a field ("tier"), a child
	// list ("alias", "user_org_unit", "integration"), a row of a list that has
	// a fixed first field ("role:owner", "key:login"), or a further field of
	// such a row ("role:owner.since").
	Columns map[string]Column `json:"columns,omitempty"`
	// Constants give a field the same value in every row:
	// {"kind": "verksamhetssystem", "lifecycle": "in_use"}. A column that is
	// filled in goes before a constant.
	Constants map[string]string `json:"constants,omitempty"`

	// FillDown names headers whose empty cells take the value above: exactly
	// the cells merged downwards where the column has such, else every empty cell.
	FillDown []string `json:"fill_down,omitempty"`
	// NullMarkers are further words that mean "not filled in", beside the
	// built-in vakant, ej utsedd, okänd, saknas, tbd, n/a, xxx, ?, - …
	NullMarkers []string `json:"null_markers,omitempty"`
	// Titles are further words that make a holder a role title and not a person.
	Titles []string `json:"titles,omitempty"`
	// Struck says what a struck-through row means: "retired" (lifecycle or
	// status becomes retired), "skip" (not there) or "keep". Default "keep",
	// with a warning that counts them.
	Struck string `json:"struck,omitempty"`
	// Hidden says what a hidden row means: "keep" (default) or "skip".
	Hidden string `json:"hidden,omitempty"`

	// DateOrder is dmy, mdy or ymd for dates such as 05/11/2026. Empty: found
	// from each column's other values, and refused where they do not tell.
	DateOrder string `json:"date_order,omitempty"`
	// Timezone of times without an offset. Default Europe/Stockholm.
	Timezone string `json:"timezone,omitempty"`
	// Encoding is utf-8, utf-16 or windows-1252; empty finds it. CSV only.
	Encoding string `json:"encoding,omitempty"`
	// Delimiter is one character or "tab"; empty finds it. CSV only.
	Delimiter string `json:"delimiter,omitempty"`
	// Decimal is "," or "."; empty takes both, and refuses 1.234 as unclear.
	Decimal string `json:"decimal,omitempty"`

	// Covers is "all" when the file holds all events there ever were, so that
	// a missing one was deleted; anything else ("month", "year") only adds.
	Covers string `json:"covers,omitempty"`
	// Supplements, for systems, says that the rows only complete those of the
	// registry, and what they are called: "Molntjänst enligt inköp". A row that
	// answers to no system there is counted as a name seen. Empty: the rows are
	// systems of their own.
	Supplements string `json:"supplements,omitempty"`
	// ContentDate says what dates the content: "" (newest row_changed_at, else
	// the workbook's own date, else the file's), "workbook", "file",
	// "column:Ändrad" or "cell:B2" (of the first sheet read).
	ContentDate string `json:"content_date,omitempty"`
	// UnknownValue says what becomes of a value that an enum field does not
	// know: "blank" (default, with a warning) or "refuse" (the row is refused).
	UnknownValue string `json:"unknown_value,omitempty"`
	// BadCell says what becomes of a row with a date or number that cannot be
	// understood: "refuse" (default) or "blank" (the cell alone, with a warning).
	BadCell string `json:"bad_cell,omitempty"`
}

// Column says which column fills a target. In JSON it is a header, or an object.
type Column = column.Spec

// Headers is one header, or several alternatives; in JSON a string or a list.
type Headers = column.Headers

// parseSettings decodes strictly: an unknown key is an error.
func parseSettings(b []byte) (Settings, error) {
	var s Settings
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return Settings{}, err
	}
	return s, nil
}

// location returns the time zone of times that carry no offset.
func (s Settings) location() (*time.Location, error) {
	if s.Timezone == "" {
		return time.LoadLocation("Europe/Stockholm")
	}
	return time.LoadLocation(s.Timezone)
}
