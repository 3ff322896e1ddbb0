package record

import (
	"slices"
	"strings"
)

// Privacy says how a field bears on persons.
type Privacy uint8

// Privacy classes.
const (
	Impersonal Privacy = iota // no bearing on a person
	Pseudo                    // about one person, known only by pseudonym
	Personal                  // a role holder's name; kept only by an explicit setting
)

// Placing says how a kind stands in time.
type Placing uint8

// Placings.
const (
	ByValidity Placing = iota + 1 // a state that holds from one instant to another
	ByEvent                       // an event with time stamps of its own
)

// Field describes one field of a kind.
type Field struct {
	Name    string
	Type    Type
	Enum    []string // allowed values of an Enum
	To      Kind     // what a Ref points at: OrgUnit, System, or "" for site and supplier names
	Privacy Privacy
	// Volatile fields (a last-seen time) never open a new validity interval.
	Volatile bool
	// Changing marks a field of an event kind whose present value says nothing
	// of its value at an earlier time (a ticket's queue); a breakdown by it
	// before the record was first seen has no data.
	Changing bool
	// Ahead marks a Time of an event kind that may lie in the future without
	// being unknown: a promise. Other times after the instant looked at are blank.
	Ahead bool
	// Coarse is "day" or "month" for a Time about a person that a source cuts
	// down to the first second of that day or month in Europe/Stockholm.
	Coarse string
	Doc    string // one line, English
}

// Allows tells whether an Enum field may hold v.
func (f Field) Allows(v string) bool { return slices.Contains(f.Enum, v) }

// Child describes a list that belongs to a record, stored as a table of its
// own with its own validity: relation <kind>_<name>, column parent.
type Child struct {
	Name   string
	Fields []Field
}

// Schema describes one kind.
type Schema struct {
	Kind    Kind
	Placing Placing
	// EventTime is the field that places an event; empty for ByValidity.
	EventTime string
	// PersonBearing kinds are about persons: their source id is a pseudonym.
	PersonBearing bool
	Fields        []Field
	Children      []Child
	Doc           string
}

// Index returns the position of a field, or -1.
func (s Schema) Index(name string) int {
	return slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
}

// Child returns the position of a child list, or -1.
func (s Schema) Child(name string) int {
	return slices.IndexFunc(s.Children, func(c Child) bool { return c.Name == name })
}

// ListOf returns the child list that a mapped name speaks of: "role" for
// "role", "role:owner" and "role.fte". A field's name is returned as it is.
func ListOf(name string) string {
	if i := strings.IndexAny(name, ":."); i >= 0 {
		return name[:i]
	}
	return name
}

// Lookup returns the schema of a kind.
func Lookup(k Kind) (Schema, bool) {
	for i := range kinds {
		if kinds[i].Kind == k {
			return kinds[i], true
		}
	}
	return Schema{}, false
}

// Schemas returns every kind, in a fixed order.
func Schemas() []Schema { return slices.Clone(kinds) }

// Everything lists every kind with all its fields and child lists: what a
// source may emit that reads whatever it is told to.
func Everything() (of []Kind, fields map[Kind][]string) {
	fields = make(map[Kind][]string, len(kinds))
	for _, s := range kinds {
		of = append(of, s.Kind)
		for _, f := range s.Fields {
			fields[s.Kind] = append(fields[s.Kind], f.Name)
		}
		for _, c := range s.Children {
			fields[s.Kind] = append(fields[s.Kind], c.Name)
		}
	}
	return of, fields
}
