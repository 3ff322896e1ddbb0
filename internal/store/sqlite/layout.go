package sqlite

import (
	"slices"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The schemes of names that references are resolved in.
const (
	schemeOrgUnit  = "org_unit"
	schemeSystem   = "system"
	schemeSite     = "site"
	schemeSupplier = "supplier"
)

// column is one stored column that holds a field.
type column struct {
	name   string // stored name: the field's, or <field>_ref for a reference
	typ    string // INTEGER, REAL or TEXT
	scheme string // of a reference, else ""
	field  record.Field
}

// childTable is one child list of a kind.
type childTable struct {
	name    string // "system_role"
	index   int    // in Schema.Children
	columns []column
}

// kindTable is how one kind is stored: <kind>_now holds the present state and
// <kind>_past the closed versions, each beside the same pair per child list.
type kindTable struct {
	kind     record.Kind
	schema   record.Schema
	event    bool
	identity bool // several sources describe one thing: org_unit and system
	columns  []column
	children []childTable
}

// layout derives the tables from the record schemas, in their order.
func layout() []kindTable {
	var out []kindTable
	for _, s := range record.Schemas() {
		t := kindTable{
			kind: s.Kind, schema: s, event: s.Placing == record.ByEvent,
			identity: s.Kind == record.OrgUnit || s.Kind == record.System,
			columns:  columnsOf(s.Fields),
		}
		for i, c := range s.Children {
			t.children = append(t.children, childTable{name: string(s.Kind) + "_" + c.Name, index: i, columns: columnsOf(c.Fields)})
		}
		out = append(out, t)
	}
	return out
}

func columnsOf(fields []record.Field) []column {
	out := make([]column, len(fields))
	for i, f := range fields {
		c := column{name: f.Name, field: f}
		switch f.Type {
		case record.Int, record.Bool, record.Time, record.Date:
			c.typ = "INTEGER"
		case record.Float:
			c.typ = "REAL"
		case record.Ref:
			c.typ, c.name, c.scheme = "INTEGER", f.Name+"_ref", schemeOf(f)
		default:
			c.typ = "TEXT"
		}
		out[i] = c
	}
	return out
}

// schemeOf names the scheme a reference is resolved in. A reference without a
// kind is to a site or a supplier and bears that name.
func schemeOf(f record.Field) string {
	switch f.To {
	case record.OrgUnit:
		return schemeOrgUnit
	case record.System:
		return schemeSystem
	}
	if f.Name == schemeSite {
		return schemeSite
	}
	return schemeSupplier
}

// tables are the stored kinds with a look-up by kind.
type tables struct {
	list []kindTable
	by   map[record.Kind]int
}

func newTables() tables {
	t := tables{list: layout(), by: map[record.Kind]int{}}
	for i := range t.list {
		t.by[t.list[i].kind] = i
	}
	return t
}

func (t tables) of(k record.Kind) (*kindTable, bool) {
	i, ok := t.by[k]
	if !ok {
		return nil, false
	}
	return &t.list[i], true
}

// index returns the position of a kind in the fixed order, or -1.
func (t tables) index(k record.Kind) int {
	if i, ok := t.by[k]; ok {
		return i
	}
	return -1
}

// relation finds the kind, and the child list if it is one, that a relation
// name stands for.
func (t tables) relation(name string) (kt *kindTable, ct *childTable, ok bool) {
	for i := range t.list {
		kt := &t.list[i]
		if string(kt.kind) == name {
			return kt, nil, true
		}
		if j := slices.IndexFunc(kt.children, func(c childTable) bool { return c.name == name }); j >= 0 {
			return kt, &kt.children[j], true
		}
	}
	return nil, nil, false
}
