package wire

import (
	"strings"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// column gathers one field.
type column struct {
	states []record.State
	text   []byte
	sizes  []uint32
	ints   []int64
	floats []float64
}

func again(last []column, n int) []column {
	out := make([]column, n)
	for i := range last {
		out[i] = column{
			states: make([]record.State, 0, len(last[i].states)), text: make([]byte, 0, len(last[i].text)+len(last[i].text)/8),
			sizes: make([]uint32, 0, len(last[i].sizes)), ints: make([]int64, 0, len(last[i].ints)), floats: make([]float64, 0, len(last[i].floats)),
		}
	}
	return out
}

func (c *column) add(t record.Type, v *record.Value) {
	state := v.State
	if state == record.Set {
		switch classOf(t) {
		case texts:
			if v.S == "" { // a text is never empty: that is blank
				state = record.Blank
				break
			}
			s := valid(v.S)
			c.text = append(c.text, s...)
			c.sizes = append(c.sizes, uint32(len(s)))
		case floats:
			c.floats = append(c.floats, v.F)
		case ints:
			c.ints = append(c.ints, v.I)
		}
	}
	c.states = append(c.states, state)
}

func build(fields []record.Field, columns []column) []*Column {
	var out []*Column
	for i := range columns {
		c := &columns[i]
		states, any := pack(c.states)
		if !any {
			continue
		}
		w := &Column{Field: fields[i].Name, States: states, Ints: c.ints, Floats: c.floats}
		if len(c.sizes) > 0 {
			w.Texts = &Texts{Text: c.text, Lengths: c.sizes}
		}
		out = append(out, w)
	}
	return out
}

// pack lays states four to a byte; nil if all are set. any is false if all are unset.
func pack(states []record.State) (packed []byte, any bool) {
	all := true
	for _, s := range states {
		all = all && s == record.Set
		any = any || s != record.Unset
	}
	if all || !any {
		return nil, any
	}
	packed = make([]byte, (len(states)+3)/4)
	for i, s := range states {
		packed[i/4] |= byte(s&3) << (i % 4 * 2)
	}
	return packed, true
}

type class uint8

const (
	texts class = iota + 1
	ints
	floats
)

func classOf(t record.Type) class {
	switch t {
	case record.Text, record.Enum, record.Ref, record.Pseudonym:
		return texts
	case record.Float:
		return floats
	}
	return ints
}

func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
