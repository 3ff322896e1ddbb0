package wire

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ErrMalformed says that a message breaks the layout. Whoever sent it is
// broken or hostile.
var ErrMalformed = errors.New("malformed message")

// Unknown counts the values of fields and child lists that this side does not
// know, by "kind.name": a source made for a newer contract.
type Unknown map[string]int64

// Records returns the records of a batch. They share memory with each other
// and with nothing else. Every fault in the layout is ErrMalformed; a field
// that is not known is counted and left out.
func (x *Batch) Records() ([]record.Record, Unknown, error) {
	recs, unknown, err := x.records()
	if err != nil {
		return nil, nil, fmt.Errorf("wire: batch of %.40q: %w: %w", x.GetKind(), ErrMalformed, err)
	}
	return recs, unknown, nil
}

func (x *Batch) records() ([]record.Record, Unknown, error) {
	schema, ok := record.Lookup(record.Kind(x.GetKind()))
	if !ok {
		n := len(x.GetIds().GetLengths())
		return nil, Unknown{clip(x.GetKind()): int64(n)}, nil
	}
	n := len(x.GetIds().GetLengths())
	if n > MaxRows {
		return nil, nil, fmt.Errorf("%d records, at most %d", n, MaxRows)
	}
	ids, err := x.GetIds().split()
	if err != nil {
		return nil, nil, fmt.Errorf("ids: %w", err)
	}
	if len(x.GetPlaceDocument()) != n || len(x.GetPlaceRow()) != n {
		return nil, nil, fmt.Errorf("%d records have %d and %d places", n, len(x.GetPlaceDocument()), len(x.GetPlaceRow()))
	}
	effective := x.GetEffectiveFrom()
	if len(effective) != 0 && len(effective) != n {
		return nil, nil, fmt.Errorf("%d records have %d effective dates", n, len(effective))
	}
	recs := make([]record.Record, n)
	width, lists := len(schema.Fields), len(schema.Children)
	values, children := make([]record.Value, n*width), make([][]record.Row, n*lists)
	for i := range recs {
		r := &recs[i]
		if ids[i] == "" {
			return nil, nil, fmt.Errorf("record %d has no id", i)
		}
		d := x.GetPlaceDocument()[i]
		if uint64(d) >= uint64(len(x.GetDocuments())) {
			return nil, nil, fmt.Errorf("record %d names document %d of %d", i, d, len(x.GetDocuments()))
		}
		doc := x.GetDocuments()[d]
		r.Kind, r.ID = schema.Kind, ids[i]
		r.Place = record.Place{Doc: doc.GetDoc(), Sheet: doc.GetSheet(), Row: x.GetPlaceRow()[i]}
		if len(effective) != 0 {
			r.EffectiveFrom = effective[i]
		}
		r.Values = values[i*width : (i+1)*width : (i+1)*width]
		r.Children = children[i*lists : (i+1)*lists : (i+1)*lists]
	}
	unknown := make(Unknown)
	t := table{owner: x.GetKind(), fields: schema.Fields, rows: n, at: func(row, field int) *record.Value { return &values[row*width+field] }}
	if err := t.fill(x.GetColumns(), unknown); err != nil {
		return nil, nil, err
	}
	if err := x.fillChildren(schema, recs, unknown); err != nil {
		return nil, nil, err
	}
	return recs, unknown, nil
}

func (x *Batch) fillChildren(schema record.Schema, recs []record.Record, unknown Unknown) error {
	seen, total := make([]bool, len(schema.Children)), 0
	for _, c := range x.GetChildren() {
		owner := x.GetKind() + "." + clip(c.GetName())
		if len(c.GetCounts()) != len(recs) {
			return fmt.Errorf("%s: %d records have %d counts", owner, len(recs), len(c.GetCounts()))
		}
		rows := 0
		for _, count := range c.GetCounts() {
			if count < -1 || count > MaxChildRows {
				return fmt.Errorf("%s: a count of %d", owner, count)
			}
			rows += max(0, int(count))
		}
		if total += rows; total > MaxChildRows {
			return fmt.Errorf("%s: more than %d rows of lists", owner, MaxChildRows)
		}
		i := schema.Child(c.GetName())
		if i < 0 {
			unknown[owner] += int64(rows)
			continue
		}
		if seen[i] {
			return fmt.Errorf("%s stands twice", owner)
		}
		seen[i] = true
		width := len(schema.Children[i].Fields)
		values, all := make([]record.Value, rows*width), make([]record.Row, rows)
		for j := range all {
			all[j] = values[j*width : (j+1)*width : (j+1)*width]
		}
		t := table{owner: owner, fields: schema.Children[i].Fields, rows: rows, at: func(row, field int) *record.Value { return &values[row*width+field] }}
		if err := t.fill(c.GetColumns(), unknown); err != nil {
			return err
		}
		next := 0
		for j, count := range c.GetCounts() {
			if count >= 0 {
				recs[j].Children[i] = all[next : next+int(count) : next+int(count)]
				next += int(count)
			}
		}
	}
	return nil
}

// table is where columns are written.
type table struct {
	owner  string
	fields []record.Field
	rows   int
	at     func(row, field int) *record.Value
}

func (t table) fill(columns []*Column, unknown Unknown) error {
	seen := make([]bool, len(t.fields))
	for _, c := range columns {
		i := -1
		for j := range t.fields {
			if t.fields[j].Name == c.GetField() {
				i = j
			}
		}
		name := t.owner + "." + clip(c.GetField())
		if i < 0 {
			unknown[name] += int64(max(len(c.GetTexts().GetLengths()), len(c.GetInts()), len(c.GetFloats())))
			continue
		}
		if seen[i] {
			return fmt.Errorf("%s stands twice", name)
		}
		seen[i] = true
		if err := t.column(c, i); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t table) column(c *Column, field int) error {
	set, err := countSet(c.GetStates(), t.rows)
	if err != nil {
		return err
	}
	kind := classOf(t.fields[field].Type)
	strs, whole, reals := c.GetTexts(), c.GetInts(), c.GetFloats()
	want := [3]int{}
	want[kind-1] = set
	if got := [3]int{len(strs.GetLengths()), len(whole), len(reals)}; got != want {
		return fmt.Errorf("%d records with a value have %v texts, ints and floats", set, got)
	}
	var split []string
	if kind == texts {
		if split, err = strs.split(); err != nil {
			return err
		}
	}
	next := 0
	for row := range t.rows {
		v := t.at(row, field)
		v.State = stateAt(c.GetStates(), row)
		if v.State != record.Set {
			continue
		}
		switch kind {
		case texts:
			if v.S = split[next]; v.S == "" {
				return fmt.Errorf("an empty text, which is a blank")
			}
		case ints:
			v.I = whole[next]
		case floats:
			v.F = reals[next]
		}
		next++
	}
	return nil
}

func stateAt(states []byte, row int) record.State {
	if len(states) == 0 {
		return record.Set
	}
	return record.State(states[row/4] >> (row % 4 * 2) & 3)
}

func countSet(states []byte, rows int) (int, error) {
	if len(states) == 0 {
		return rows, nil
	}
	if len(states) != (rows+3)/4 {
		return 0, fmt.Errorf("%d bytes of states for %d rows", len(states), rows)
	}
	n := 0
	for row := range rows {
		switch stateAt(states, row) {
		case record.Set:
			n++
		case record.Unset, record.Blank:
		default:
			return 0, fmt.Errorf("row %d has a state that does not exist", row)
		}
	}
	return n, nil
}

// split returns the texts; they share one copy of the bytes.
func (x *Texts) split() ([]string, error) {
	all := string(x.GetText())
	if !utf8.ValidString(all) {
		return nil, errors.New("text is not UTF-8")
	}
	out := make([]string, len(x.GetLengths()))
	next := uint64(0)
	for i, length := range x.GetLengths() {
		end := next + uint64(length)
		if end > uint64(len(all)) || end < uint64(len(all)) && !utf8.RuneStart(all[end]) {
			return nil, fmt.Errorf("text %d ends outside the %d bytes or within a character", i, len(all))
		}
		out[i] = all[next:end]
		next = end
	}
	if next != uint64(len(all)) {
		return nil, fmt.Errorf("%d bytes of text belong to nothing", uint64(len(all))-next)
	}
	return out, nil
}

// clip keeps a name from outside short in errors and counts.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return valid(s[:most]) + "…"
}
