package wire

import (
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Bounds of a batch. The first two are what a sender aims at, the others what
// a receiver accepts at most.
const (
	targetRows   = 2048
	targetBytes  = 1 << 20
	maxRecord    = 1 << 20
	MaxRows      = 8192
	MaxChildRows = 65536
)

// ErrRecord says that a record does not fit its schema or the wire: a
// programming error of the source.
var ErrRecord = errors.New("record cannot be sent")

// Builder lays records of one kind out as batches.
type Builder struct {
	schema    record.Schema
	rows      int
	childRows int
	size      int
	ids       []byte
	idSizes   []uint32
	docs      map[document]uint32
	documents []*Document
	place     []uint32
	placeRow  []int64
	effective []int64
	dated     bool
	columns   []column
	children  []child
}

type document struct{ doc, sheet string }

type child struct {
	counts  []int32
	mapped  bool
	columns []column
}

// NewBuilder returns a builder of a kind.
func NewBuilder(kind record.Kind) (*Builder, error) {
	schema, ok := record.Lookup(kind)
	if !ok {
		return nil, fmt.Errorf("wire: %w: unknown kind %q", ErrRecord, kind)
	}
	b := &Builder{schema: schema}
	b.reset()
	return b, nil
}

// reset begins anew, with room for as much as the last batch had: what was
// handed out belongs to whoever got it.
func (b *Builder) reset() {
	next := Builder{
		schema: b.schema, docs: make(map[document]uint32),
		columns:  again(b.columns, len(b.schema.Fields)),
		children: make([]child, len(b.schema.Children)),
	}
	next.place, next.placeRow, next.effective = make([]uint32, 0, b.rows), make([]int64, 0, b.rows), make([]int64, 0, b.rows)
	next.ids, next.idSizes = make([]byte, 0, len(b.ids)), make([]uint32, 0, b.rows)
	for i := range next.children {
		var last []column
		if len(b.children) > 0 {
			last = b.children[i].columns
		}
		next.children[i].columns = again(last, len(b.schema.Children[i].Fields))
	}
	*b = next
}

// Add takes one record; nothing of it is kept.
func (b *Builder) Add(r *record.Record) error {
	size, rows, err := b.measure(r)
	if err != nil {
		return err
	}
	b.size += size
	b.childRows += rows
	b.rows++
	id := valid(r.ID)
	b.ids = append(b.ids, id...)
	b.idSizes = append(b.idSizes, uint32(len(id)))
	b.addPlace(r.Place)
	b.effective = append(b.effective, r.EffectiveFrom)
	b.dated = b.dated || r.EffectiveFrom != 0
	for i := range b.schema.Fields {
		b.columns[i].add(b.schema.Fields[i].Type, &r.Values[i])
	}
	for i := range b.schema.Children {
		b.children[i].add(b.schema.Children[i].Fields, r.Children[i])
	}
	return nil
}

// Full tells that the batch should be taken before more is added.
func (b *Builder) Full() bool {
	return b.rows >= targetRows || b.size >= targetBytes || b.childRows >= MaxChildRows/4
}

// measure checks that a record fits its schema and estimates its bytes.
func (b *Builder) measure(r *record.Record) (size, childRows int, err error) {
	if r.Kind != b.schema.Kind || len(r.Values) != len(b.schema.Fields) || len(r.Children) != len(b.schema.Children) {
		return 0, 0, fmt.Errorf("wire: %w: %s, %s: it was not made by record.New", ErrRecord, r.Kind, where(r.Place))
	}
	if r.ID == "" {
		return 0, 0, fmt.Errorf("wire: %w: %s, %s: it has no id", ErrRecord, r.Kind, where(r.Place))
	}
	size = len(r.ID) + 24
	for i := range r.Values {
		size += len(r.Values[i].S) + 6
	}
	for i, rows := range r.Children {
		for _, row := range rows {
			if len(row) != len(b.schema.Children[i].Fields) {
				return 0, 0, fmt.Errorf("wire: %w: %s.%s, %s: a row has %d values of %d", ErrRecord, r.Kind, b.schema.Children[i].Name, where(r.Place), len(row), len(b.schema.Children[i].Fields))
			}
			for j := range row {
				size += len(row[j].S) + 6
			}
		}
		childRows += len(rows)
	}
	if size > maxRecord || childRows > MaxChildRows/2 {
		return 0, 0, fmt.Errorf("wire: %w: %s, %s: %d bytes and %d rows of lists are more than one record may have", ErrRecord, r.Kind, where(r.Place), size, childRows)
	}
	return size, childRows, nil
}

func (b *Builder) addPlace(p record.Place) {
	key := document{p.Doc, p.Sheet}
	i, ok := b.docs[key]
	if !ok {
		i = uint32(len(b.documents))
		b.docs[key] = i
		b.documents = append(b.documents, &Document{Doc: valid(p.Doc), Sheet: valid(p.Sheet)})
		b.size += len(p.Doc) + len(p.Sheet) + 8
	}
	b.place = append(b.place, i)
	b.placeRow = append(b.placeRow, p.Row)
}

func (c *child) add(fields []record.Field, rows []record.Row) {
	if rows == nil {
		c.counts = append(c.counts, -1)
		return
	}
	c.mapped = true
	c.counts = append(c.counts, int32(len(rows)))
	for _, row := range rows {
		for i := range fields {
			c.columns[i].add(fields[i].Type, &row[i])
		}
	}
}

// Batch returns what was added since the last call, or nil if nothing was.
func (b *Builder) Batch() *Batch {
	if b.rows == 0 {
		return nil
	}
	out := &Batch{
		Kind: string(b.schema.Kind), Ids: &Texts{Text: b.ids, Lengths: b.idSizes},
		Documents: b.documents, PlaceDocument: b.place, PlaceRow: b.placeRow,
	}
	if b.dated {
		out.EffectiveFrom = b.effective
	}
	out.Columns = build(b.schema.Fields, b.columns)
	for i := range b.children {
		if c := &b.children[i]; c.mapped {
			fields := b.schema.Children[i].Fields
			out.Children = append(out.Children, &Child{Name: b.schema.Children[i].Name, Counts: c.counts, Columns: build(fields, c.columns)})
		}
	}
	b.reset()
	return out
}

// where words a place for errors; it holds no personal value by contract.
func where(p record.Place) string {
	s := p.Doc
	if p.Sheet != "" {
		s += ", " + p.Sheet
	}
	if p.Row != 0 {
		s += fmt.Sprintf(", row %d", p.Row)
	}
	if s == "" {
		return "no place"
	}
	return s
}
