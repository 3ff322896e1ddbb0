package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// errUnknownEncoding refuses a setting.
var errUnknownEncoding = errors.New("okänd teckenkodning")

// EncodingKnown tells whether a setting names an encoding that can be read.
func EncodingKnown(name string) bool {
	_, err := namedEncoding(name)
	return err == nil
}

// namedEncoding returns nil for UTF-8.
func namedEncoding(name string) (encoding.Encoding, error) {
	switch strings.ToLower(name) {
	case "", "auto", "utf-8", "utf8":
		return nil, nil
	case "utf-16", "utf16", "utf-16le", "unicode":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	case "windows-1252", "cp1252", "iso-8859-1", "latin1", "ansi":
		return charmap.Windows1252, nil
	case "cp850", "ibm850":
		return charmap.CodePage850, nil
	case "macintosh", "macroman":
		return charmap.Macintosh, nil
	}
	return nil, fmt.Errorf("%w: %q", errUnknownEncoding, name)
}

// decoder turns a file's bytes into UTF-8. Without a named encoding it follows
// the byte order mark; without one it reads UTF-8, and changes to Windows-1252
// at the first byte that is not UTF-8, which is safe as long as everything
// before it was ASCII.
type decoder struct {
	src   io.Reader
	name  string // what it turned out to be
	fixed bool   // the name was given: invalid UTF-8 is an error
	multi bool   // valid UTF-8 beyond ASCII has been seen
	in    []byte // raw bytes not yet looked at
	raw   []byte
	out   []byte // decoded bytes not yet given out
	conv  []byte
	err   error
}

func newDecoder(src io.Reader, name string, head []byte, count *int64) (io.Reader, func() string, error) {
	enc, err := namedEncoding(name)
	if err != nil {
		return nil, nil, err
	}
	src = counted{src, count}
	auto := name == "" || name == "auto"
	if auto {
		if n := sniffUTF16(head); n != "" {
			enc, _ = namedEncoding(n)
			name = "utf-16"
		}
	}
	if enc != nil {
		label := strings.ToLower(name)
		return transform.NewReader(src, enc.NewDecoder()), func() string { return label }, nil
	}
	d := &decoder{src: src, name: "utf-8", fixed: !auto, raw: make([]byte, 64<<10), conv: make([]byte, 192<<10)}
	return d, func() string { return d.name }, nil
}

// sniffUTF16 names the byte order of UTF-16 text, told by its mark or by the
// zero bytes of its ASCII characters; empty for other text.
func sniffUTF16(head []byte) string {
	if len(head) >= 2 && (head[0] == 0xff && head[1] == 0xfe) {
		return "utf-16"
	}
	if len(head) >= 2 && (head[0] == 0xfe && head[1] == 0xff) {
		return "utf-16be"
	}
	var zero [2]int
	for i, b := range head {
		if b == 0 {
			zero[i&1]++
		}
	}
	switch half := len(head) / 2; {
	case half < 4:
		return ""
	case zero[1]*2 > half && zero[0] == 0:
		return "utf-16"
	case zero[0]*2 > half && zero[1] == 0:
		return "utf-16be"
	}
	return ""
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// fill reads one block and decodes it.
func (d *decoder) fill() {
	left := copy(d.raw, d.in)
	n, err := d.src.Read(d.raw[left:])
	d.in = d.raw[:left+n]
	if err != nil {
		d.err = err
	}
	if d.name == "windows-1252" {
		d.convert(len(d.in))
		return
	}
	good := validPrefix(d.in)
	d.multi = d.multi || !ascii(d.in[:good])
	rest := d.in[good:]
	if err == nil && len(rest) < utf8.UTFMax && !utf8.FullRune(rest) {
		d.out, d.in = d.in[:good], rest // a character cut by the block's end
		d.move(good)
		return
	}
	if len(rest) == 0 {
		d.out, d.in = d.in[:good], nil
		d.move(good)
		return
	}
	if d.fixed || d.multi {
		d.out, d.in = d.in[:good], nil
		d.move(good)
		d.err = ErrEncoding
		return
	}
	d.name = "windows-1252"
	d.convert(len(d.in))
}

// move copies what is given out away from the block that the next fill overwrites.
func (d *decoder) move(n int) {
	copy(d.conv, d.out[:n])
	d.out = d.conv[:n]
}

func (d *decoder) convert(n int) {
	w := 0
	for _, b := range d.in[:n] {
		if b < utf8.RuneSelf {
			d.conv[w] = b
			w++
			continue
		}
		w += utf8.EncodeRune(d.conv[w:], charmap.Windows1252.DecodeByte(b))
	}
	d.out, d.in = d.conv[:w], nil
}

// validPrefix returns how many leading bytes are whole, valid UTF-8.
func validPrefix(b []byte) int {
	if utf8.Valid(b) {
		return len(b)
	}
	i := 0
	for i < len(b) {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return i
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// counted counts the raw bytes that pass, for progress.
type counted struct {
	r io.Reader
	n *int64
}

// Read implements io.Reader.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err
}
