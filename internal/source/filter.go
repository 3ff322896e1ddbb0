package source

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ErrFlood says that a source sends more than any municipality has.
var ErrFlood = errors.New("källan skickar mer än den får")

// Limits bound one collection; a zero is its default.
type Limits struct {
	Records  int64 // default 50 million
	Warnings int64 // default 5 million
	Purges   int64 // default 5 million
}

func (l Limits) orDefault() Limits {
	set := func(n *int64, def int64) {
		if *n == 0 {
			*n = def
		}
	}
	set(&l.Records, 50_000_000)
	set(&l.Warnings, 5_000_000)
	set(&l.Purges, 5_000_000)
	return l
}

// filter lets through what a source said that it emits, in the form that the
// contract demands. The rest is dropped, counted and named: it never reaches
// the store.
type filter struct {
	plans   map[record.Kind]plan
	allowed map[record.Kind][]string
	limits  Limits
	twins   bool            // pseudonyms come with those of the key before
	dropped map[string]drop // by code and field
	sent    struct{ records, warnings, purges int64 }
	kept    KeptOut // nil where nobody is kept out
	erased  int64   // records of persons that are, in what came last
}

type drop struct {
	code, field, reason string
	n                   int64
	first               record.Place
}

// plan says what of a kind may pass.
type plan struct {
	schema   record.Schema
	fields   []bool
	children []bool
}

func newFilter(d sdk.Description, limits Limits, twins bool) *filter {
	f := &filter{plans: make(map[record.Kind]plan), allowed: d.Allowed, limits: limits.orDefault(), twins: twins, dropped: make(map[string]drop)}
	for _, k := range d.Kinds {
		schema, ok := record.Lookup(k)
		if !ok {
			continue
		}
		p := plan{schema: schema, fields: make([]bool, len(schema.Fields)), children: make([]bool, len(schema.Children))}
		for _, name := range d.Allowed[k] {
			if i := schema.Index(name); i >= 0 {
				p.fields[i] = true
			}
			if i := schema.Child(childName(k, name)); i >= 0 {
				p.children[i] = true
			}
		}
		f.plans[k] = p
	}
	return f
}

// childName takes a child list with or without its kind before it.
func childName(k record.Kind, name string) string {
	return strings.TrimPrefix(name, string(k)+".")
}

// mapped keeps of a header what may pass.
func (f *filter) mapped(m map[record.Kind][]string) map[record.Kind][]string {
	out := make(map[record.Kind][]string, len(m))
	for k, names := range m {
		p, ok := f.plans[k]
		if !ok {
			f.drop("outside_allowed", string(k), "Posttypen ingår inte i vad källan har uppgett att den läser.", record.Place{})
			continue
		}
		for _, name := range names {
			i, c := p.schema.Index(name), p.schema.Child(record.ListOf(childName(k, name)))
			if i >= 0 && p.fields[i] || c >= 0 && p.children[c] {
				out[k] = append(out[k], name)
			} else {
				f.outside(string(k)+"."+childName(k, name), record.Place{})
			}
		}
	}
	return out
}

// records keeps what may pass, in place, and returns it.
func (f *filter) records(recs []record.Record) ([]record.Record, error) {
	if f.sent.records += int64(len(recs)); f.sent.records > f.limits.Records {
		return nil, fmt.Errorf("%w: over %d records", ErrFlood, f.limits.Records)
	}
	kept := recs[:0]
	f.erased = 0
	for i := range recs {
		switch {
		case !f.record(&recs[i]):
		case f.keptOut(&recs[i]):
			f.erased++
		default:
			kept = append(kept, recs[i])
		}
	}
	return kept, nil
}

func (f *filter) keptOut(r *record.Record) bool {
	p := f.plans[r.Kind]
	return f.keepOut(r, &p.schema)
}

func (f *filter) record(r *record.Record) bool {
	p, ok := f.plans[r.Kind]
	if !ok {
		f.drop("outside_allowed", string(r.Kind), "Posttypen ingår inte i vad källan har uppgett att den läser.", r.Place)
		return false
	}
	if p.schema.PersonBearing && !f.pseudonym(r.ID) {
		f.drop("clear_id", string(r.Kind), "Posten handlar om en person och dess id är inte en pseudonym. Posten används inte.", r.Place)
		return false
	}
	if slices.Contains(namedKinds, r.Kind) && sdk.HoldsPersonalNumber(r.ID) {
		f.drop("personal_number", string(r.Kind), "Postens id är något som liknar ett personnummer. Posten används inte.", r.Place)
		return false
	}
	for i := range r.Values {
		f.value(&r.Values[i], &p.schema.Fields[i], string(r.Kind), p.fields[i], r.Place)
	}
	for c := range r.Children {
		if r.Children[c] == nil {
			continue
		}
		owner := string(r.Kind) + "." + p.schema.Children[c].Name
		if !p.children[c] {
			f.outside(owner, r.Place)
			r.Children[c] = nil
			continue
		}
		for _, row := range r.Children[c] {
			for i := range row {
				f.value(&row[i], &p.schema.Children[c].Fields[i], owner, true, r.Place)
			}
		}
	}
	return true
}

// pseudonym tells whether text is one, in the form that was asked for.
func (f *filter) pseudonym(text string) bool {
	if f.twins {
		_, _, ok := sdk.Twin(text)
		return ok
	}
	return sdk.IsPseudonym(text)
}

// value takes away what may not pass. A value that breaks its type is unset
// and not blank: nothing is known of it.
func (f *filter) value(v *record.Value, field *record.Field, owner string, allowed bool, at record.Place) {
	if v.State == record.Unset {
		return
	}
	if !allowed {
		f.outside(owner+"."+field.Name, at)
		*v = record.Value{}
		return
	}
	if v.State == record.Blank {
		return
	}
	bad := false
	switch field.Type {
	case record.Pseudonym:
		if !f.pseudonym(v.S) {
			f.drop("clear_value", owner+"."+field.Name, "Fältet ska hålla en pseudonym och gör inte det. Värdet används inte.", at)
			*v = record.Value{}
			return
		}
	case record.Enum:
		bad = !field.Allows(v.S)
	case record.Bool:
		bad = v.I != 0 && v.I != 1
	case record.Float:
		bad = math.IsNaN(v.F) || math.IsInf(v.F, 0)
	}
	if holdsNumber(field, v.S) {
		f.drop("personal_number", owner+"."+field.Name, "Fältet har något som liknar ett personnummer. Värdet används inte.", at)
		*v = record.Value{}
	}
	if bad {
		f.drop("bad_value", owner+"."+field.Name, "Källan skickade ett värde som fältet inte kan ha. Värdet används inte.", at)
		*v = record.Value{}
	}
}

func (f *filter) outside(field string, at record.Place) {
	f.drop("outside_allowed", field, "Fältet ingår inte i vad källan har uppgett att den läser. Värdet används inte.", at)
}

func (f *filter) drop(code, field, reason string, at record.Place) {
	key := code + " " + field
	d, ok := f.dropped[key]
	if !ok {
		d = drop{code: code, field: field, reason: reason, first: at}
	}
	d.n++
	f.dropped[key] = d
}

// warnings tell what was dropped, one for each field.
func (f *filter) warnings() []sdk.Warning {
	keys := make([]string, 0, len(f.dropped))
	for k := range f.dropped {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var out []sdk.Warning
	for _, k := range keys {
		d := f.dropped[k]
		out = append(out, sdk.Warning{Place: d.first, Column: d.field, Code: d.code, Reason: fmt.Sprintf("%s (%d gånger)", d.reason, d.n)})
	}
	return out
}

// total counts what was dropped.
func (f *filter) total() int64 {
	var n int64
	for _, d := range f.dropped {
		n += d.n
	}
	return n
}
