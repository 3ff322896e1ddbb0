package expr

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// kind of value, as far as it is known before any row is seen.
type kind uint8

const (
	anything  kind = iota // NULL, or not known
	textual               // text
	numeric               // integer or real
	condition             // true or false, as WHERE wants it
)

func (k kind) String() string {
	return [...]string{"any value", "a text", "a number", "a condition"}[k]
}

// column is what is known of one column of a relation.
type column struct {
	relation, name string
	kind           kind
	enum           []string
	flag           bool // 0 or 1
	field          record.Field
	// base lists the stored fields that the column is made of.
	base []ColumnRef
}

// relation is something that may stand in FROM.
type relation struct {
	name    string
	columns []*column
	// uses lists the stored fields that the relation reads whichever of its
	// columns is named: a view's WHERE and joins.
	uses      []ColumnRef
	relations []string // the stored relations under a view
	views     []string // the views under a view, in the order they must be declared
	params    []string
}

func (r *relation) column(name string) *column {
	for _, c := range r.columns {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (r *relation) names() []string {
	out := make([]string, len(r.columns))
	for i, c := range r.columns {
		out[i] = c.name
	}
	return out
}

// View is a shared sub-select with a name.
type View struct {
	Name    string
	Columns []string
	SQL     string
}

// Relations are all relations that a text may name: every record kind, its
// child lists, the calendar, the daemon's own relations and the views.
type Relations struct {
	byName map[string]*relation
	views  map[string]string // canonical text
}

// NewRelations builds them from the record kinds, further relations (which
// have no envelope but id and place) and views in any order. It returns one
// error per faulty view, by its index; the other views can be used.
func NewRelations(own []record.Schema, views []View) (*Relations, map[int]error) {
	rs := &Relations{byName: map[string]*relation{}, views: map[string]string{}}
	for _, s := range record.Schemas() {
		rs.addKind(s, []string{"id", "source", "source_id", "place"}, []string{"seen_at"})
	}
	for _, s := range own {
		rs.addKind(s, []string{"id", "place"}, nil)
	}
	cal := &relation{name: "calendar"}
	for _, n := range []string{"day_start", "open_from", "open_to", "cumulative"} {
		cal.columns = append(cal.columns, &column{relation: cal.name, name: n, kind: numeric})
	}
	rs.byName[cal.name] = cal
	return rs, rs.addViews(views)
}

func (rs *Relations) addKind(s record.Schema, texts, numbers []string) {
	r := &relation{name: string(s.Kind)}
	for _, n := range texts {
		r.columns = append(r.columns, &column{relation: r.name, name: n, kind: textual})
	}
	for _, n := range numbers {
		r.columns = append(r.columns, &column{relation: r.name, name: n, kind: numeric})
	}
	r.addFields(s.Fields)
	rs.byName[r.name] = r
	for _, c := range s.Children {
		child := &relation{name: r.name + "_" + c.Name}
		child.columns = append(child.columns, &column{relation: child.name, name: "parent", kind: textual})
		child.addFields(c.Fields)
		rs.byName[child.name] = child
	}
}

func (r *relation) addFields(fields []record.Field) {
	for _, f := range fields {
		c := column{relation: r.name, name: f.Name, kind: numeric, field: f, base: []ColumnRef{{r.name, f.Name}}}
		switch f.Type {
		case record.Text, record.Pseudonym, record.Ref:
			c.kind = textual
		case record.Enum:
			c.kind, c.enum = textual, f.Enum
		case record.Bool:
			c.flag = true
		}
		r.columns = append(r.columns, &c)
		if f.Type == record.Ref {
			raw := c
			raw.name, raw.field = f.Name+"_raw", record.Field{Name: f.Name + "_raw", Type: record.Text, Privacy: f.Privacy}
			r.columns = append(r.columns, &raw)
		}
	}
}

// Has tells whether a relation exists.
func (rs *Relations) Has(name string) bool { return rs.byName[name] != nil }

// Names lists all relations, sorted.
func (rs *Relations) Names() []string {
	var out []string
	for n := range rs.byName {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// Columns lists the columns of a relation in its order, or nil.
func (rs *Relations) Columns(name string) []string {
	if r := rs.byName[name]; r != nil {
		return r.names()
	}
	return nil
}

// Field returns what is known of a column: a stored field's description, or
// one with Type 0 for a column that a view computes. Instants that a view
// passes on keep their type.
func (rs *Relations) Field(relation, name string) (record.Field, bool) {
	if r := rs.byName[relation]; r != nil {
		if c := r.column(name); c != nil {
			f := c.field
			f.Name = name
			return f, true
		}
	}
	return record.Field{}, false
}

// ViewSQL returns the canonical text of a view, "" if there is none.
func (rs *Relations) ViewSQL(name string) string { return rs.views[name] }

// With returns "name(columns) AS (text)" for each named view and the views
// that it needs, in an order in which each stands after what it reads, ready
// to follow WITH.
func (rs *Relations) With(views ...string) []string {
	var order []string
	for _, v := range views {
		if r := rs.byName[v]; r != nil && rs.views[v] != "" {
			order = addAll(order, r.views...)
			order = addAll(order, v)
		}
	}
	out := make([]string, len(order))
	for i, v := range order {
		out[i] = v + "(" + joinNames(quotedNames(rs.byName[v].names())) + ") AS (" + rs.views[v] + ")"
	}
	return out
}

// Closest names the nearest of several names, as "; did you mean x?", or "". A
// name in code is a slip of one or two letters away, or it is another name, so
// this is stricter than closest.Name, which people's own words go through.
func Closest(name string, among []string) string {
	best, at := "", 3
	if len(name) < 4 {
		at = 2
	}
	for _, a := range among {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(a)); d < at || d == at && best != "" && a < best {
			best, at = a, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

func addAll[T comparable](to []T, more ...T) []T {
	for _, m := range more {
		if !slices.Contains(to, m) {
			to = append(to, m)
		}
	}
	return to
}
