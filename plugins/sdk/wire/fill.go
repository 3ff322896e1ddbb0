package wire

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// table is where columns are written.
type table struct {
	owner  string
	fields []record.Field
	rows   int
	values []record.Value // row by row
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
	want := [3]int{}
	want[kind-1] = set
	if got := [3]int{len(c.GetTexts().GetLengths()), len(c.GetInts()), len(c.GetFloats())}; got != want {
		return fmt.Errorf("%d records with a value have %v texts, ints and floats", set, got)
	}
	switch kind {
	case texts:
		return t.texts(c, field)
	case ints:
		next := c.GetInts()
		t.each(c.GetStates(), field, func(v *record.Value) { v.I, next = next[0], next[1:] })
	case floats:
		next := c.GetFloats()
		t.each(c.GetStates(), field, func(v *record.Value) { v.F, next = next[0], next[1:] })
	}
	return nil
}

// each gives every row's value its state, and calls set where there is one.
func (t table) each(states []byte, field int, set func(*record.Value)) {
	for row, i := 0, field; row < t.rows; row, i = row+1, i+len(t.fields) {
		v := &t.values[i]
		v.State = stateAt(states, row)
		if v.State == record.Set {
			set(v)
		}
	}
}

func (t table) texts(c *Column, field int) error {
	cut, err := c.GetTexts().cutter()
	if err != nil {
		return err
	}
	t.each(c.GetStates(), field, func(v *record.Value) {
		if v.S = cut.next(); v.S == "" && cut.err == nil {
			cut.err = errors.New("an empty text, which is a blank")
		}
	})
	return cut.end()
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
	cut, err := x.cutter()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(x.GetLengths()))
	for i := range out {
		out[i] = cut.next()
	}
	return out, cut.end()
}

// cutter hands texts out one by one.
type cutter struct {
	left    string
	lengths []uint32
	err     error
}

func (x *Texts) cutter() (*cutter, error) {
	all := string(x.GetText())
	if !utf8.ValidString(all) {
		return nil, errors.New("text is not UTF-8")
	}
	return &cutter{left: all, lengths: x.GetLengths()}, nil
}

// next must not be called more often than there are lengths.
func (c *cutter) next() string {
	n := uint64(c.lengths[0])
	c.lengths = c.lengths[1:]
	if n > uint64(len(c.left)) || n < uint64(len(c.left)) && !utf8.RuneStart(c.left[n]) {
		c.err = errors.New("a text ends outside the bytes or within a character")
		return ""
	}
	out := c.left[:n]
	c.left = c.left[n:]
	return out
}

func (c *cutter) end() error {
	if c.err == nil && c.left != "" {
		c.err = fmt.Errorf("%d bytes of text belong to nothing", len(c.left))
	}
	return c.err
}
