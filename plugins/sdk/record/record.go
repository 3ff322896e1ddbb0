// Package record holds what a source may say: eleven kinds of record, their
// fields, which of them are personal, and how a value that is not there is
// told from a value that is zero.
//
// A record is a row of values laid out by its kind's [Schema]. The schema is
// data, so the wire format, the store's tables, the columns a KPI may name and
// the generated documentation all come from the one list in kinds.go.
package record

import (
	"errors"
	"fmt"
)

// Kind names one of the eleven kinds of record.
type Kind string

// The kinds. org_unit is the dimension, the other ten are facts.
const (
	OrgUnit     Kind = "org_unit"
	Account     Kind = "account"
	System      Kind = "system"
	Ticket      Kind = "ticket"
	Asset       Kind = "asset"
	Observation Kind = "observation"
	Service     Kind = "service"
	Cost        Kind = "cost"
	Project     Kind = "project"
	Assessment  Kind = "assessment"
	Control     Kind = "control"
)

// Type is the type of a field. In the store every type is text, a 64-bit
// integer or a real, so the same KPI text runs on SQLite and PostgreSQL.
type Type uint8

// The types and how each is stored.
const (
	Text      Type = iota + 1 // text, trimmed, never empty: an empty cell is blank
	Enum                      // text, one of Field.Enum
	Int                       // 64-bit integer
	Float                     // real; money is kronor
	Bool                      // integer 0 or 1
	Time                      // integer, seconds since 1970-01-01T00:00:00Z
	Date                      // integer, the end of that day in Europe/Stockholm (its last second), as seconds since 1970
	Ref                       // text, the name a source uses for an org unit, system, site or supplier; resolved to a stable id by the daemon
	Pseudonym                 // text, made by the plugin with sdk.Pseudonymiser; never a clear value
)

// State tells the three kinds of nothing apart, together with the list of
// mapped fields that a collection declares (see sdk.Header).
type State uint8

// The states of a value.
const (
	Unset State = iota // the source does not map the field, or says nothing of it in this row
	Blank              // mapped, and not filled in: an empty cell or a null marker such as "Vakant"
	Set                // a value, and zero is one
)

// Value is one field of one record. Text-like types use S, Float uses F, the rest use I.
type Value struct {
	State State
	I     int64
	F     float64
	S     string
}

// Row is one row of a record's child list (for example one role of a system),
// laid out by the child's fields.
type Row []Value

// Place says where in the source a record stands, in words that a person can
// follow: a file or base DN, a sheet if there is one, and a row (0 = none).
// It never holds a personal value.
type Place struct {
	Doc   string // "Systemlista.xlsx"
	Sheet string // "System"
	Row   int64  // 47
}

// Record is one record of one kind.
type Record struct {
	Kind Kind
	// ID is the source's own stable id. For a kind whose schema is
	// PersonBearing it must be a pseudonym.
	ID    string
	Place Place
	// EffectiveFrom is when the state described began to be true, in seconds
	// since 1970, if the source knows; 0 means "when first seen".
	EffectiveFrom int64
	Values        []Value
	Children      [][]Row // by index of Schema.Children; nil entries are not mapped
}

// Errors of the setters. Both are programming errors of a source.
var (
	ErrUnknownField = errors.New("unknown field")
	ErrWrongType    = errors.New("wrong type")
)

// New returns an empty record of a kind. It panics on an unknown kind, which
// is a programming error.
func New(kind Kind, id string) Record {
	s, ok := Lookup(kind)
	if !ok {
		panic(fmt.Sprintf("record: unknown kind %q", kind))
	}
	return Record{Kind: kind, ID: id, Values: make([]Value, len(s.Fields)), Children: make([][]Row, len(s.Children))}
}

// SetText sets a Text, Enum, Ref or Pseudonym field; an empty string is Blank.
// An Enum value outside the list is an error.
func (r *Record) SetText(field, v string) error {
	f, i, err := r.field(field, Text, Enum, Ref, Pseudonym)
	if err != nil {
		return err
	}
	if v == "" {
		r.Values[i] = Value{State: Blank}
		return nil
	}
	if f.Type == Enum && !f.Allows(v) {
		return fmt.Errorf("record: %s.%s: %q is not one of %v", r.Kind, field, v, f.Enum)
	}
	r.Values[i] = Value{State: Set, S: v}
	return nil
}

// SetInt sets an Int, Time, Date or Bool field.
func (r *Record) SetInt(field string, v int64) error {
	_, i, err := r.field(field, Int, Time, Date, Bool)
	if err != nil {
		return err
	}
	r.Values[i] = Value{State: Set, I: v}
	return nil
}

// SetBool sets a Bool field.
func (r *Record) SetBool(field string, v bool) error {
	if v {
		return r.SetInt(field, 1)
	}
	return r.SetInt(field, 0)
}

// SetFloat sets a Float field.
func (r *Record) SetFloat(field string, v float64) error {
	_, i, err := r.field(field, Float)
	if err != nil {
		return err
	}
	r.Values[i] = Value{State: Set, F: v}
	return nil
}

// SetBlank says that the source maps the field and this row leaves it empty.
func (r *Record) SetBlank(field string) error {
	_, i, err := r.field(field)
	if err != nil {
		return err
	}
	r.Values[i] = Value{State: Blank}
	return nil
}

// Get returns a field's value; an unknown field is Unset.
func (r *Record) Get(field string) Value {
	if _, i, err := r.field(field); err == nil {
		return r.Values[i]
	}
	return Value{}
}

func (r *Record) field(name string, want ...Type) (Field, int, error) {
	s, _ := Lookup(r.Kind)
	i := s.Index(name)
	if i < 0 {
		return Field{}, 0, fmt.Errorf("record: %s.%s: %w", r.Kind, name, ErrUnknownField)
	}
	f := s.Fields[i]
	if len(want) == 0 {
		return f, i, nil
	}
	for _, t := range want {
		if f.Type == t {
			return f, i, nil
		}
	}
	return f, i, fmt.Errorf("record: %s.%s: %w", r.Kind, name, ErrWrongType)
}
