package ldap

import "github.com/kommunpuls/kommunpuls/plugins/sdk/record"

// layout knows where each field stands in a record, looked up once.
type layout struct {
	account, asset, observation     fields
	keys, groups                    int // child lists of account
	keyAt, ofAt                     int
	groupAt, privilegedAt, nestedAt int
}

// fields writes the fields of one kind.
type fields struct {
	schema record.Schema
	at     map[string]int
}

func newLayout() layout {
	l := layout{account: newFields(record.Account), asset: newFields(record.Asset), observation: newFields(record.Observation)}
	s := l.account.schema
	l.keys, l.groups = s.Child("key"), s.Child("group")
	column := func(child int, name string) int {
		for i, f := range s.Children[child].Fields {
			if f.Name == name {
				return i
			}
		}
		return -1
	}
	l.keyAt, l.ofAt = column(l.keys, "key"), column(l.keys, "of")
	l.groupAt, l.privilegedAt, l.nestedAt = column(l.groups, "group"), column(l.groups, "privileged"), column(l.groups, "nested")
	return l
}

func newFields(k record.Kind) fields {
	s, _ := record.Lookup(k)
	f := fields{schema: s, at: make(map[string]int, len(s.Fields))}
	for i, x := range s.Fields {
		f.at[x.Name] = i
	}
	return f
}

func (f *fields) record(id string, p record.Place) record.Record {
	return record.Record{
		Kind: f.schema.Kind, ID: id, Place: p,
		Values: make([]record.Value, len(f.schema.Fields)), Children: make([][]record.Row, len(f.schema.Children)),
	}
}

func (f *fields) text(r *record.Record, field, v string) {
	if v == "" {
		f.blank(r, field)
		return
	}
	r.Values[f.at[field]] = record.Value{State: record.Set, S: v}
}

func (f *fields) number(r *record.Record, field string, v int64) {
	r.Values[f.at[field]] = record.Value{State: record.Set, I: v}
}

func (f *fields) float(r *record.Record, field string, v float64) {
	r.Values[f.at[field]] = record.Value{State: record.Set, F: v}
}

func (f *fields) flag(r *record.Record, field string, v bool) { r.Values[f.at[field]] = boolean(v) }

func (f *fields) blank(r *record.Record, field string) {
	r.Values[f.at[field]] = record.Value{State: record.Blank}
}

func boolean(v bool) record.Value {
	if v {
		return record.Value{State: record.Set, I: 1}
	}
	return record.Value{State: record.Set}
}
