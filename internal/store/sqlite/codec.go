package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/cespare/xxhash/v2"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// codec writes records in a compact form: the staging file's, and the bytes
// that the row hash is made of.
type codec struct {
	tables tables
	buf    []byte
}

// hashes are what a record is recognised by.
type hashes struct {
	key uint64 // of the source id
	// row has the hash of the state in its upper half and the hash of
	// everything, place and volatile fields included, in its lower half: an
	// equal upper half means that no new version is opened.
	row uint64
}

// sameState tells whether two row hashes describe one state.
func sameState(a, b uint64) bool { return a>>32 == b>>32 }

// hash computes a record's hashes.
func (c *codec) hash(kt *kindTable, r *record.Record) hashes {
	h := hashes{key: xxhash.Sum64String(r.ID)}
	b := c.buf[:0]
	for i := range kt.columns {
		if !kt.columns[i].field.Volatile {
			b = appendValue(b, kt.columns[i].field.Type, value(r.Values, i))
		}
	}
	b = binary.AppendVarint(b, r.EffectiveFrom)
	b = appendChildren(b, kt, r)
	state := xxhash.Sum64(b)
	for i := range kt.columns {
		if kt.columns[i].field.Volatile {
			b = appendValue(b, kt.columns[i].field.Type, value(r.Values, i))
		}
	}
	b = appendPlace(b, r.Place)
	h.row = state&^0xffffffff | xxhash.Sum64(b)>>32
	c.buf = b
	return h
}

// encode appends a whole record to dst.
func (c *codec) encode(dst []byte, kt *kindTable, kindIndex int, h hashes, r *record.Record) []byte {
	dst = append(dst, byte(kindIndex))
	dst = binary.LittleEndian.AppendUint64(dst, h.key)
	dst = binary.LittleEndian.AppendUint64(dst, h.row)
	dst = appendString(dst, r.ID)
	dst = appendPlace(dst, r.Place)
	dst = binary.AppendVarint(dst, r.EffectiveFrom)
	for i := range kt.columns {
		dst = appendValue(dst, kt.columns[i].field.Type, value(r.Values, i))
	}
	// A list that the source says nothing of is told from an empty one here, and
	// not in the hash: both are no rows.
	for ci := range kt.children {
		mapped := byte(0)
		if i := kt.children[ci].index; i < len(r.Children) && r.Children[i] != nil {
			mapped = 1
		}
		dst = append(dst, mapped)
	}
	return appendChildren(dst, kt, r)
}

// value reads one value; a source built against an older schema has fewer.
func value(vs []record.Value, i int) record.Value {
	if i < len(vs) {
		return vs[i]
	}
	return record.Value{}
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendPlace(b []byte, p record.Place) []byte {
	return binary.AppendVarint(appendString(appendString(b, p.Doc), p.Sheet), p.Row)
}

func appendValue(b []byte, t record.Type, v record.Value) []byte {
	b = append(b, byte(v.State))
	if v.State != record.Set {
		return b
	}
	switch t {
	case record.Text, record.Enum, record.Ref, record.Pseudonym:
		return appendString(b, v.S)
	case record.Float:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v.F))
	default:
		return binary.AppendVarint(b, v.I)
	}
}

func appendChildren(b []byte, kt *kindTable, r *record.Record) []byte {
	for ci := range kt.children {
		ct := &kt.children[ci]
		var rows []record.Row
		if ct.index < len(r.Children) {
			rows = r.Children[ct.index]
		}
		b = binary.AppendUvarint(b, uint64(len(rows)))
		for _, row := range rows {
			for i := range ct.columns {
				b = appendValue(b, ct.columns[i].field.Type, value(row, i))
			}
		}
	}
	return b
}

// staged is a record read back from a staging file.
type staged struct {
	kind int
	hashes
	rec record.Record
}

var errShort = errors.New("staging file is cut short")

// reader walks encoded bytes; the first fault stays.
type byteReader struct {
	b   []byte
	err error
}

func (r *byteReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errShort
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *byteReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *byteReader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *byteReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.err = errShort
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *byteReader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.err = errShort
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *byteReader) string() string { return string(r.take(int(r.uvarint()))) }

func (r *byteReader) value(t record.Type) record.Value {
	v := record.Value{State: record.State(r.byte())}
	if v.State != record.Set {
		return v
	}
	switch t {
	case record.Text, record.Enum, record.Ref, record.Pseudonym:
		v.S = r.string()
	case record.Float:
		v.F = math.Float64frombits(r.uint64())
	default:
		v.I = r.varint()
	}
	return v
}

// decode reads one record into s, reusing its slices.
func (c *codec) decode(b []byte, s *staged) error {
	r := byteReader{b: b}
	s.kind = int(r.byte())
	if s.kind >= len(c.tables.list) {
		return fmt.Errorf("staging file: unknown kind %d", s.kind)
	}
	kt := &c.tables.list[s.kind]
	s.key, s.row = r.uint64(), r.uint64()
	s.rec.Kind, s.rec.ID = kt.kind, r.string()
	s.rec.Place = record.Place{Doc: r.string(), Sheet: r.string(), Row: r.varint()}
	s.rec.EffectiveFrom = r.varint()
	s.rec.Values = s.rec.Values[:0]
	for i := range kt.columns {
		s.rec.Values = append(s.rec.Values, r.value(kt.columns[i].field.Type))
	}
	s.rec.Children = s.rec.Children[:0]
	mapped := r.take(len(kt.children))
	for ci := range kt.children {
		n := int(r.uvarint())
		var rows []record.Row
		if mapped != nil && mapped[ci] == 1 {
			rows = []record.Row{}
		}
		for j := 0; j < n && r.err == nil; j++ {
			row := make(record.Row, len(kt.children[ci].columns))
			for i := range row {
				row[i] = r.value(kt.children[ci].columns[i].field.Type)
			}
			rows = append(rows, row)
		}
		s.rec.Children = append(s.rec.Children, rows)
	}
	return r.err
}
