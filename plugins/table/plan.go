package table

import (
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// plan is what the settings come to, before any file is looked at.
type plan struct {
	Settings
	pattern   string // path or glob, absolute or relative to the process
	schema    record.Schema
	event     int // field that places an event, or -1
	loc       *time.Location
	nulls     value.Nulls
	columns   []column // in order of key, children's main columns before their further fields
	constants []constant
	ids       [][]string // headers of the id; each with its alternatives
	wholeRow  bool       // the id is made of the whole row
	people    *sdk.Pseudonymiser
}

// column is one mapped column.
type column struct {
	Column
	target
	values map[string]string // folded text → value
	// vocabulary: the field has fixed values, or usual words for them.
	vocabulary bool
}

func newColumn(kind record.Kind, c Column, t target) column {
	return column{Column: c, target: t, vocabulary: t.f.Type == record.Enum || words.Vocabulary(kind, t.f.Name) != nil}
}

func columnFor(kind record.Kind, t target) *column {
	c := newColumn(kind, Column{}, t)
	return &c
}

// constant is a value that every row gets.
type constant struct {
	field int
	v     record.Value
}

// newPlan checks settings and returns every fault found.
func newPlan(s sdk.Settings) (*plan, []sdk.Problem) {
	var ps problems
	set, err := parseSettings(s.JSON)
	if err != nil {
		return nil, []sdk.Problem{{Message: "Inställningarna går inte att tolka: " + err.Error() + "."}}
	}
	p := &plan{Settings: set, event: -1, nulls: value.NewNulls(set.NullMarkers)}
	if set.File == "" {
		ps.add("file", "Ange vilken fil som ska läsas, till exempel Systemlista.xlsx.")
	} else if _, err := filepath.Match(set.File, "x"); err != nil {
		ps.add("file", fmt.Sprintf("Mönstret %q går inte att tolka.", set.File))
	}
	if p.pattern = set.File; !filepath.IsAbs(p.pattern) {
		p.pattern = filepath.Join(s.BaseDir, p.pattern)
	}
	if p.loc, err = set.location(); err != nil {
		ps.add("timezone", fmt.Sprintf("Tidszonen %q är okänd; skriv till exempel Europe/Stockholm eller UTC.", set.Timezone))
	}
	ps.choices(set)
	schema, ok := record.Lookup(set.Record)
	if !ok {
		ps.add("record", fmt.Sprintf("Posttypen %q finns inte. Det finns: %s.", set.Record, strings.Join(kindNames(), ", ")))
		return p, ps
	}
	if p.schema = schema; schema.EventTime != "" {
		p.event = schema.Index(schema.EventTime)
	}
	p.mapColumns(&ps)
	p.setConstants(&ps)
	p.chooseID(&ps)
	if p.needsPeople() {
		if p.people, err = s.Pseudonymiser(); err != nil {
			ps.add("pseudonym_key", "Nyckeln för pseudonymer saknas eller är för kort; den behövs för kolumner som pekar ut personer.")
		}
	}
	return p, ps
}

// problems gathers faults.
type problems []sdk.Problem

func (ps *problems) add(field, message string) {
	*ps = append(*ps, sdk.Problem{Field: field, Message: message})
}

// choices checks the settings that are one of a few words.
func (ps *problems) choices(s Settings) {
	for _, c := range []struct {
		field, got string
		want       []string
	}{
		{"struck", s.Struck, []string{"keep", "skip", "retired"}},
		{"hidden", s.Hidden, []string{"keep", "skip"}},
		{"date_order", s.DateOrder, []string{"dmy", "mdy", "ymd"}},
		{"decimal", s.Decimal, []string{",", "."}},
		{"unknown_value", s.UnknownValue, []string{"blank", "refuse"}},
		{"bad_cell", s.BadCell, []string{"refuse", "blank"}},
	} {
		if c.got != "" && !slices.Contains(c.want, c.got) {
			ps.add(c.field, fmt.Sprintf("%q är inte ett av %s.", c.got, strings.Join(c.want, ", ")))
		}
	}
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

func (p *plan) mapColumns(ps *problems) {
	keys := make([]string, 0, len(p.Columns))
	for k := range p.Columns {
		keys = append(keys, k)
	}
	sort.Strings(keys) // "role:owner" comes before "role:owner.since"
	if len(keys) == 0 {
		ps.add("columns", "Ange minst en kolumn.")
	}
	for _, k := range keys {
		field := "columns." + k
		t, err := parseTarget(p.schema, k)
		if err != nil {
			ps.add(field, sentence(err.Error()))
			continue
		}
		c := newColumn(p.Record, p.Columns[k], t)
		if len(c.Header) == 0 || slices.ContainsFunc(c.Header, func(h string) bool { return sheet.Trim(h) == "" }) {
			ps.add(field, "Rubriken saknas.")
		}
		if c.Format != "" && !value.LayoutKnown(c.Format) {
			ps.add(field+".format", fmt.Sprintf("Formen %q måste nämna år, månad och dag med bokstäver: dd/MM-yy HH.mm.", c.Format))
		}
		if c.Holder != "" && c.Holder != "person" && c.Holder != "title" {
			ps.add(field+".holder", fmt.Sprintf("%q är inte ett av person, title.", c.Holder))
		}
		c.values = make(map[string]string, len(c.Values))
		for from, to := range c.Values {
			if t.f.Type == record.Enum && to != "" && !t.f.Allows(to) {
				ps.add(field+".values."+from, fmt.Sprintf("%q är inte ett av %s.", to, strings.Join(t.f.Enum, ", ")))
			}
			c.values[value.Fold(from)] = to
		}
		p.columns = append(p.columns, c)
	}
	if p.event >= 0 && len(keys) > 0 {
		if _, ok := p.Columns[p.schema.EventTime]; !ok {
			ps.add("columns."+p.schema.EventTime, fmt.Sprintf("Posttypen %s placeras i tiden av %s, som måste ha en kolumn.", p.schema.Kind, p.schema.EventTime))
		}
	}
}

func (p *plan) setConstants(ps *problems) {
	names := make([]string, 0, len(p.Constants))
	for n := range p.Constants {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		i := p.schema.Index(n)
		if i < 0 {
			ps.add("constants."+n, fmt.Sprintf("Posttypen %s har inget fält som heter %s.", p.schema.Kind, n))
			continue
		}
		f := p.schema.Fields[i]
		if f.Type == record.Pseudonym {
			ps.add("constants."+n, "Fältet pekar ut en person och kan inte vara samma i alla rader.")
			continue
		}
		c := cellReader{plan: p, column: columnFor(p.Record, target{field: i, f: f}), dates: value.Dates{Order: "ymd"}}
		v, _, err := c.value(sheet.Cell{Kind: sheet.Text, Text: p.Constants[n]})
		if err != nil || v.State != record.Set {
			ps.add("constants."+n, fmt.Sprintf("Värdet %q går inte att använda i fältet.", p.Constants[n]))
			continue
		}
		p.constants = append(p.constants, constant{field: i, v: v})
	}
	if p.Struck == "retired" && p.retired() < 0 {
		ps.add("struck", fmt.Sprintf("Posttypen %s kan inte vara avvecklad; skriv skip eller keep.", p.schema.Kind))
	}
	if p.OrgUnitFromSheet && p.schema.Index("org_unit") < 0 {
		ps.add("org_unit_from_sheet", fmt.Sprintf("Posttypen %s har ingen förvaltning.", p.schema.Kind))
	}
}

// retired is the field that a struck-through row sets to retired, or -1.
func (p *plan) retired() int {
	for i, f := range p.schema.Fields {
		if f.Type == record.Enum && f.Allows("retired") {
			return i
		}
	}
	return -1
}

// chooseID settles which columns identify a row.
func (p *plan) chooseID(ps *problems) {
	p.wholeRow = slices.Contains(p.ID, "*")
	if p.wholeRow {
		if len(p.ID) > 1 {
			ps.add("id", "”*” betyder hela raden och står ensam.")
		}
		return
	}
	for _, h := range p.ID {
		p.ids = append(p.ids, []string{h})
	}
	for _, name := range []string{"ticket_no", "name"} {
		if c, ok := p.Columns[name]; ok && len(p.ids) == 0 && len(c.Header) > 0 {
			p.ids = [][]string{c.Header}
		}
	}
	if len(p.ids) == 0 && len(p.Columns) > 0 {
		ps.add("id", "Ange vilken kolumn som skiljer raderna åt, eller ”*” för hela raden.")
	}
}

// needsPeople tells whether any column names people.
func (p *plan) needsPeople() bool {
	if p.schema.PersonBearing {
		return true
	}
	return slices.ContainsFunc(p.columns, func(c column) bool {
		return c.f.Type == record.Pseudonym || c.child >= 0 && c.sub < 0 && fixed(p.schema.Children[c.child]) != ""
	})
}

func kindNames() []string {
	var names []string
	for _, s := range record.Schemas() {
		names = append(names, string(s.Kind))
	}
	return names
}

// sentence gives a clause a capital and a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	out := strings.ToUpper(string(r[0])) + string(r[1:])
	if !strings.HasSuffix(out, ".") {
		out += "."
	}
	return out
}
