package wire

import (
	"errors"
	"fmt"

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
	t := table{owner: x.GetKind(), fields: schema.Fields, rows: n, values: values}
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
		t := table{owner: owner, fields: schema.Children[i].Fields, rows: rows, values: values}
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

// clip keeps a name from outside short in errors and counts.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return valid(s[:most]) + "…"
}
