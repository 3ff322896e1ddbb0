package column

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Options are the settings that hold for all columns.
type Options struct {
	// Constants give a field the same value in every row: {"kind":
	// "verksamhetssystem"}. A column that is filled in goes before a constant.
	Constants map[string]string
	// NullMarkers are further words that mean "not filled in".
	NullMarkers []string
	// Titles are further words that make a holder a role title and not a person.
	Titles []string
	// DateOrder is dmy, mdy or ymd for dates such as 05/11/2026; empty refuses them.
	DateOrder string
	// Decimal is "," or "."; empty takes both, and refuses 1.234 as unclear.
	Decimal string
	// UnknownValue says what becomes of a value that an enum field does not
	// know: "blank" (default, with a warning) or "refuse" (the row is refused).
	UnknownValue string
	// BadCell says what becomes of a row with a date or number that cannot be
	// understood: "refuse" (default) or "blank" (the cell alone, with a warning).
	BadCell string
	// Zone is that of times without an offset; nil is UTC.
	Zone *time.Location
	// People makes pseudonyms (Settings.Pseudonymiser). It is asked only if a
	// column or the kind is about people.
	People func() (*sdk.Pseudonymiser, error)
	// FaultText is what is said of cells of type Fault; empty is that the
	// value cannot be read.
	FaultText string
	// Setting is what problems call the map of columns; empty is "columns".
	Setting string
	// Unnamed: the targets' values come without a column's name, so that a
	// Spec's Header has no meaning.
	Unnamed bool
}

// Choices checks the options that are one of a few words.
func (o Options) Choices() []sdk.Problem {
	var ps []sdk.Problem
	for _, c := range []struct {
		field, got string
		want       []string
	}{
		{"date_order", o.DateOrder, []string{"dmy", "mdy", "ymd"}},
		{"decimal", o.Decimal, []string{",", "."}},
		{"unknown_value", o.UnknownValue, []string{"blank", "refuse"}},
		{"bad_cell", o.BadCell, []string{"refuse", "blank"}},
	} {
		if c.got != "" && !slices.Contains(c.want, c.got) {
			ps = append(ps, sdk.Problem{Field: c.field, Message: fmt.Sprintf("%q är inte ett av %s.", c.got, strings.Join(c.want, ", "))})
		}
	}
	return ps
}

// Plan says which columns fill what. It is safe for concurrent use.
type Plan struct {
	Schema record.Schema
	// Event is the field that places an event, or -1.
	Event  int
	opt    Options
	nulls  value.Nulls
	people *sdk.Pseudonymiser
	// columns are in order of target, lists' main columns before their further fields.
	columns   []Column
	constants []constant
}

// Column is one mapped column.
type Column struct {
	Target string // "tier", "role:owner"
	Spec
	target
	values map[string]string // folded text → value
	// vocabulary: the field has fixed values, or usual words for them.
	vocabulary bool
	// plain: a number is always a number, whatever it is.
	plain bool
}

// IsTime tells whether the column holds dates or times.
func (c *Column) IsTime() bool { return c.f.Type == record.Date || c.f.Type == record.Time }

// constant is a value that every row gets.
type constant struct {
	field int
	v     record.Value
}

// New checks the settings of a kind's columns and returns every fault found.
// The plan can be used only if there is none. Choices and the kind are checked
// by the caller: an unknown kind panics.
func New(kind record.Kind, specs map[string]Spec, opt Options) (*Plan, []sdk.Problem) {
	schema, ok := record.Lookup(kind)
	if !ok {
		panic(fmt.Sprintf("column: unknown kind %q", kind))
	}
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if opt.FaultText == "" {
		opt.FaultText = "värdet går inte att läsa"
	}
	if opt.Setting == "" {
		opt.Setting = "columns"
	}
	p := &Plan{Schema: schema, Event: -1, opt: opt, nulls: value.NewNulls(opt.NullMarkers)}
	if schema.EventTime != "" {
		p.Event = schema.Index(schema.EventTime)
	}
	var ps problems
	p.mapColumns(specs, &ps)
	p.setConstants(&ps)
	if p.needsPeople() {
		var err error
		if p.people, err = opt.People(); err != nil {
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

func (p *Plan) mapColumns(specs map[string]Spec, ps *problems) {
	keys := make([]string, 0, len(specs))
	for k := range specs {
		keys = append(keys, k)
	}
	sort.Strings(keys) // "role:owner" comes before "role:owner.since"
	if len(keys) == 0 {
		ps.add(p.opt.Setting, "Ange minst en kolumn.")
	}
	for _, k := range keys {
		field := p.opt.Setting + "." + k
		t, err := parseTarget(p.Schema, k)
		if err != nil {
			ps.add(field, sentence(err.Error()))
			continue
		}
		c := p.newColumn(specs[k], t)
		c.check(p, field, ps)
		p.columns = append(p.columns, c)
	}
	if p.Event >= 0 && len(keys) > 0 {
		_, column := specs[p.Schema.EventTime]
		if _, constant := p.opt.Constants[p.Schema.EventTime]; !column && !constant {
			ps.add(p.opt.Setting+"."+p.Schema.EventTime, fmt.Sprintf("Posttypen %s placeras i tiden av %s, som måste ha en kolumn.", p.Schema.Kind, p.Schema.EventTime))
		}
	}
}

func (p *Plan) newColumn(s Spec, t target) Column {
	return Column{Target: t.key, Spec: s, target: t, vocabulary: t.f.Type == record.Enum || words.Vocabulary(p.Schema.Kind, t.f.Name) != nil}
}

// check looks for faults in a column's setting, and folds its translations.
func (c *Column) check(p *Plan, field string, ps *problems) {
	if !p.opt.Unnamed && (len(c.Header) == 0 || slices.ContainsFunc(c.Header, func(h string) bool { return sheet.Trim(h) == "" })) {
		ps.add(field, "Rubriken saknas.")
	}
	if c.Format != "" && c.Format != unixSeconds && c.Format != unixMillis && !value.LayoutKnown(c.Format) {
		ps.add(field+".format", fmt.Sprintf("Formen %q måste nämna år, månad och dag med bokstäver: dd/MM-yy HH.mm.", c.Format))
	}
	if c.Holder != "" && c.Holder != "person" && c.Holder != "title" {
		ps.add(field+".holder", fmt.Sprintf("%q är inte ett av person, title.", c.Holder))
	}
	c.values = make(map[string]string, len(c.Values))
	for from, to := range c.Values {
		if c.f.Type == record.Enum && to != "" && !c.f.Allows(to) {
			ps.add(field+".values."+from, fmt.Sprintf("%q är inte ett av %s.", to, strings.Join(c.f.Enum, ", ")))
		}
		c.values[value.Fold(from)] = to
	}
	c.plain = len(c.values) == 0 && !strings.HasPrefix(c.f.Name, "class_") && !slices.ContainsFunc(p.opt.NullMarkers, isNumber)
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func (p *Plan) setConstants(ps *problems) {
	names := make([]string, 0, len(p.opt.Constants))
	for n := range p.opt.Constants {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		i := p.Schema.Index(n)
		if i < 0 {
			ps.add("constants."+n, fmt.Sprintf("Posttypen %s har inget fält som heter %s.", p.Schema.Kind, n))
			continue
		}
		f := p.Schema.Fields[i]
		if f.Type == record.Pseudonym {
			ps.add("constants."+n, "Fältet pekar ut en person och kan inte vara samma i alla rader.")
			continue
		}
		c := p.newColumn(Spec{}, target{field: i, f: f})
		r := Reader{plan: p, col: &c, Dates: value.Dates{Order: "ymd"}}
		v, _, err := r.value(&Cell{Type: Text, Text: p.opt.Constants[n]})
		if err != nil || v.State != record.Set {
			ps.add("constants."+n, fmt.Sprintf("Värdet %q går inte att använda i fältet.", p.opt.Constants[n]))
			continue
		}
		p.constants = append(p.constants, constant{field: i, v: v})
	}
}

// needsPeople tells whether any column names people.
func (p *Plan) needsPeople() bool {
	if p.Schema.PersonBearing {
		return true
	}
	return slices.ContainsFunc(p.columns, func(c Column) bool {
		return c.f.Type == record.Pseudonym || c.child >= 0 && c.sub < 0 && fixed(p.Schema.Children[c.child]) != ""
	})
}

// Columns are the mapped columns, in the order that Fill wants their cells in.
// They are not to be changed.
func (p *Plan) Columns() []Column { return p.columns }

// IsNull tells whether a text means nothing.
func (p *Plan) IsNull(text string) bool { return p.nulls.Is(text) }

// Mapped lists what a collection can say anything of, as sdk.Header wants it.
func (p *Plan) Mapped() []string {
	var names []string
	add := func(n string) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	for _, c := range p.columns {
		switch {
		case c.class:
			for _, n := range classFields() {
				add(n)
			}
		case c.child >= 0:
			list := p.Schema.Children[c.child]
			add(list.Name)
			if c.row != "" {
				add(list.Name + ":" + c.row)
			}
			if c.sub >= 0 {
				add(list.Name + "." + list.Fields[c.sub].Name)
			}
		default:
			add(c.f.Name)
		}
	}
	for _, c := range p.constants {
		add(p.Schema.Fields[c.field].Name)
	}
	return names
}

// KindNames lists the kinds of record, for a message.
func KindNames() []string {
	var names []string
	for _, s := range record.Schemas() {
		names = append(names, string(s.Kind))
	}
	return names
}
