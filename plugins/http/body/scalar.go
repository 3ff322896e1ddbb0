package body

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// boxed makes a value of a text; keys need none.
func boxed(s string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (d *decoder) word(w string) error {
	if !strings.HasPrefix(d.s[d.i:], w) {
		return d.fault()
	}
	d.i += len(w)
	return nil
}

// text reads a string; one without escapes is a part of the body.
func (d *decoder) text() (string, error) {
	d.i++
	start := d.i
	for ; d.i < len(d.s); d.i++ {
		switch c := d.s[d.i]; {
		case c == '"':
			d.i++
			return d.s[start : d.i-1], nil
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", d.fault()
		}
	}
	return "", d.fault()
}

func (d *decoder) escaped(start int) (string, error) {
	var b strings.Builder
	b.WriteString(d.s[start:d.i])
	for d.i < len(d.s) {
		switch c := d.s[d.i]; {
		case c == '"':
			d.i++
			return b.String(), nil
		case c == '\\':
			if err := d.escape(&b); err != nil {
				return "", err
			}
		case c < ' ':
			return "", d.fault()
		default:
			b.WriteByte(c)
			d.i++
		}
	}
	return "", d.fault()
}

func (d *decoder) escape(b *strings.Builder) error {
	if d.i+1 >= len(d.s) {
		return d.fault()
	}
	c := d.s[d.i+1]
	if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[at])
		d.i += 2
		return nil
	}
	if c != 'u' {
		return d.fault()
	}
	r, ok := d.hex(d.i)
	if !ok {
		return d.fault()
	}
	d.i += 6
	if utf16.IsSurrogate(r) {
		low, ok := d.hex(d.i)
		pair := utf16.DecodeRune(r, low)
		if r = utf8.RuneError; ok && pair != utf8.RuneError {
			r = pair
			d.i += 6
		}
	}
	b.WriteRune(r)
	return nil
}

// hex reads \uXXXX at a place.
func (d *decoder) hex(at int) (rune, bool) {
	if at+6 > len(d.s) || d.s[at] != '\\' || d.s[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(d.s[at+2:at+6], 16, 32)
	return rune(n), err == nil
}

func (d *decoder) number() (any, error) {
	start := d.i
	if d.s[d.i] == '-' {
		d.i++
	}
	digits := d.digits()
	if digits == 0 || digits > 1 && d.s[d.i-digits] == '0' {
		return nil, d.fault()
	}
	isWhole := true
	if d.i < len(d.s) && d.s[d.i] == '.' {
		d.i++
		if isWhole = false; d.digits() == 0 {
			return nil, d.fault()
		}
	}
	if d.i < len(d.s) && (d.s[d.i] == 'e' || d.s[d.i] == 'E') {
		d.i++
		if d.i < len(d.s) && (d.s[d.i] == '+' || d.s[d.i] == '-') {
			d.i++
		}
		if isWhole = false; d.digits() == 0 {
			return nil, d.fault()
		}
	}
	text := d.s[start:d.i]
	if isWhole && digits <= 18 && text != "-0" {
		n, err := strconv.ParseInt(text, 10, 64)
		return int(n), err
	}
	return json.Number(text), nil
}

func (d *decoder) digits() int {
	start := d.i
	for d.i < len(d.s) && d.s[d.i] >= '0' && d.s[d.i] <= '9' {
		d.i++
	}
	return d.i - start
}
