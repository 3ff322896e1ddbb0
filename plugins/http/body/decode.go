// Package body decodes the JSON of answers: in one pass, with a bound on its
// depth, and into the values that expressions work on.
//
// It is here because encoding/json takes longer over a value of any shape than
// all the rest of a collection, knows no bound on depth that could be set, and
// lets text that is not UTF-8 through, changed.
package body

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Why a text is not taken.
var (
	ErrSyntax = errors.New("svaret är inte giltig JSON")
	ErrDepth  = errors.New("svarets JSON är för djupt nästlad")
	ErrUTF8   = errors.New("svaret är inte UTF-8")
)

// Decode reads one JSON value: nil, bool, string, []any, map[string]any, int,
// or json.Number for a number that is no whole number of up to 18 digits. Of a
// member that stands twice the last counts. The error wraps one of those above
// and says at which byte.
func Decode(text string, maxDepth int) (any, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("%w (byte %d)", ErrUTF8, firstInvalid(text))
	}
	d := decoder{s: text, depth: maxDepth, sizes: make([]int, maxDepth+1)}
	d.space()
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	d.space()
	if d.i < len(d.s) {
		return nil, d.fault()
	}
	return v, nil
}

func firstInvalid(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return len(s)
}

type decoder struct {
	s     string
	i     int
	depth int   // levels that are left
	sizes []int // members of the last object, by depth: those beside each other are alike
}

func (d *decoder) fault() error { return fmt.Errorf("%w (byte %d)", ErrSyntax, d.i) }

func (d *decoder) space() {
	for d.i < len(d.s) {
		switch d.s[d.i] {
		case ' ', '\n', '\r', '\t':
			d.i++
		default:
			return
		}
	}
}

func (d *decoder) value() (any, error) {
	if d.i >= len(d.s) {
		return nil, d.fault()
	}
	switch c := d.s[d.i]; c {
	case '{':
		return d.object()
	case '[':
		return d.list()
	case '"':
		return boxed(d.text())
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	return d.number()
}

func (d *decoder) deeper() error {
	if d.depth--; d.depth < 0 {
		return fmt.Errorf("%w (byte %d)", ErrDepth, d.i)
	}
	d.i++
	d.space()
	return nil
}

func (d *decoder) object() (any, error) {
	if err := d.deeper(); err != nil {
		return nil, err
	}
	level := d.depth
	m := make(map[string]any, d.sizes[level])
	if d.i < len(d.s) && d.s[d.i] == '}' {
		d.i++
		d.depth++
		return m, nil
	}
	for {
		if d.i >= len(d.s) || d.s[d.i] != '"' {
			return nil, d.fault()
		}
		k, err := d.text()
		if err != nil {
			return nil, err
		}
		d.space()
		if d.i >= len(d.s) || d.s[d.i] != ':' {
			return nil, d.fault()
		}
		d.i++
		d.space()
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		m[k] = v
		end, err := d.next('}')
		if err != nil {
			return nil, err
		}
		if end {
			d.sizes[level] = min(len(m), 64)
			return m, nil
		}
	}
}

// next goes past a comma, or past the end of what is open.
func (d *decoder) next(closing byte) (end bool, err error) {
	d.space()
	if d.i >= len(d.s) {
		return false, d.fault()
	}
	switch d.s[d.i] {
	case ',':
		d.i++
		d.space()
		return false, nil
	case closing:
		d.i++
		d.depth++
		return true, nil
	}
	return false, d.fault()
}

func (d *decoder) list() (any, error) {
	if err := d.deeper(); err != nil {
		return nil, err
	}
	out := []any{}
	if d.i < len(d.s) && d.s[d.i] == ']' {
		d.i++
		d.depth++
		return out, nil
	}
	for {
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		end, err := d.next(']')
		if end || err != nil {
			return out, err
		}
	}
}
