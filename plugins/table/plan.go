package table

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// plan is what the settings come to, before any file is looked at.
type plan struct {
	Settings
	*column.Plan
	pattern  string     // path or glob, absolute or relative to the process
	ids      [][]string // headers of the id; each with its alternatives
	wholeRow bool       // the id is made of the whole row
}

// newPlan checks settings and returns every fault found.
func newPlan(s sdk.Settings) (*plan, []sdk.Problem) {
	var ps problems
	set, err := parseSettings(s.JSON)
	if err != nil {
		return nil, []sdk.Problem{{Message: "Inställningarna går inte att tolka: " + err.Error() + "."}}
	}
	set, own := withFramework(set, s.BaseDir)
	ps = append(ps, own...)
	p := &plan{Settings: set}
	if set.File == "" {
		ps.add("file", "Ange vilken fil som ska läsas, till exempel Systemlista.xlsx.")
	} else if _, err := filepath.Match(set.File, "x"); err != nil {
		ps.add("file", fmt.Sprintf("Mönstret %q går inte att tolka.", set.File))
	}
	if p.pattern = set.File; !filepath.IsAbs(p.pattern) {
		p.pattern = filepath.Join(s.BaseDir, p.pattern)
	}
	opt := column.Options{
		Constants: set.Constants, NullMarkers: set.NullMarkers, Titles: set.Titles, DateOrder: set.DateOrder, Decimal: set.Decimal,
		UnknownValue: set.UnknownValue, BadCell: set.BadCell, People: s.Pseudonymiser,
		FaultText: "cellen innehåller ett formelfel eller en formel utan sparat värde",
	}
	if opt.Zone, err = set.location(); err != nil {
		ps.add("timezone", fmt.Sprintf("Tidszonen %q är okänd; skriv till exempel Europe/Stockholm eller UTC.", set.Timezone))
	}
	ps.choices(set, opt)
	if wrong := column.CheckSupplements(set.Record, set.Supplements); wrong != "" {
		ps.add("supplements", wrong)
	}
	if _, ok := record.Lookup(set.Record); !ok {
		ps.add("record", fmt.Sprintf("Posttypen %q finns inte. Det finns: %s.", set.Record, strings.Join(column.KindNames(), ", ")))
		return p, ps
	}
	var faults []sdk.Problem
	p.Plan, faults = column.New(set.Record, set.Columns, opt)
	ps = append(ps, faults...)
	p.rowSettings(&ps)
	p.ids, p.wholeRow, faults = column.IDColumns(set.ID, set.Columns)
	return p, append(ps, faults...)
}

// problems gathers faults.
type problems []sdk.Problem

func (ps *problems) add(field, message string) {
	*ps = append(*ps, sdk.Problem{Field: field, Message: message})
}

// choices checks the settings that are one of a few words.
func (ps *problems) choices(s Settings, opt column.Options) {
	for _, c := range []struct {
		field, got string
		want       []string
	}{
		{"struck", s.Struck, []string{"keep", "skip", "retired"}},
		{"hidden", s.Hidden, []string{"keep", "skip"}},
	} {
		if c.got != "" && !slices.Contains(c.want, c.got) {
			ps.add(c.field, fmt.Sprintf("%q är inte ett av %s.", c.got, strings.Join(c.want, ", ")))
		}
	}
	*ps = append(*ps, opt.Choices()...)
	if !sheet.EncodingKnown(s.Encoding) {
		ps.add("encoding", fmt.Sprintf("Teckenkodningen %q är okänd; skriv utf-8, utf-16 eller windows-1252.", s.Encoding))
	}
	if s.Delimiter != "" && s.Delimiter != "tab" && len(s.Delimiter) != 1 {
		ps.add("delimiter", "Skiljetecknet ska vara ett enda tecken, eller tab.")
	}
	if s.HeaderRow < 0 {
		ps.add("header_row", "Rubrikraden räknas från 1.")
	}
	if s.HeaderRows < 0 || s.HeaderRows > 2 {
		ps.add("header_rows", "Rubriken kan vara en eller två rader hög.")
	}
	k, rest, _ := strings.Cut(s.ContentDate, ":")
	whole := s.ContentDate == "" || s.ContentDate == "workbook" || s.ContentDate == "file"
	if named := (k == "column" || k == "cell") && rest != ""; !whole && !named {
		ps.add("content_date", fmt.Sprintf("%q är inte ett av workbook, file, column:Rubrik eller cell:B2.", s.ContentDate))
	} else if k == "cell" && !sheet.IsRef(rest) {
		ps.add("content_date", fmt.Sprintf("%q är ingen cell; skriv till exempel cell:B2.", rest))
	}
}

// rowSettings checks what the settings say of whole rows and sheets.
func (p *plan) rowSettings(ps *problems) {
	if p.Struck == "retired" && p.retired() < 0 {
		ps.add("struck", fmt.Sprintf("Posttypen %s kan inte vara avvecklad; skriv skip eller keep.", p.Schema.Kind))
	}
	if p.OrgUnitFromSheet && p.Schema.Index("org_unit") < 0 {
		ps.add("org_unit_from_sheet", fmt.Sprintf("Posttypen %s har ingen förvaltning.", p.Schema.Kind))
	}
}

// retired is the field that a struck-through row sets to retired, or -1.
func (p *plan) retired() int {
	for i, f := range p.Schema.Fields {
		if f.Type == record.Enum && f.Allows("retired") {
			return i
		}
	}
	return -1
}
