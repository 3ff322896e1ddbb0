// Package rowtext has a statement give many cells of a row as one value. The
// driver locks the connection several times for every cell that it hands over,
// which is a tenth of all work where a row has fifty cells; the arguments of a
// function it hands over without.
package rowtext

import (
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"modernc.org/sqlite"
)

// Name is what statements call the function.
const Name = "row_texts"

// most is how many arguments it is given; SQLite takes 127.
const most = 100

// ErrRow is returned for a value that the function has not made.
var ErrRow = errors.New("no row of texts")

// Function is row_texts(a, b, …): the texts of its arguments in one value. A
// number is written so that reading it gives the same one.
func Function() *sqlite.FunctionImpl {
	return &sqlite.FunctionImpl{
		NArgs: -1, Deterministic: true, VolatileArgs: true,
		Scalar: func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return pack(args) },
	}
}

// Columns are the columns of a statement that give items, each made of no more
// of them than a function takes.
func Columns(items []string) []string {
	var out []string
	for c := range slices.Chunk(items, most) {
		out = append(out, Name+"("+strings.Join(c, ", ")+")")
	}
	return out
}

// pack writes each text after its length.
func pack(args []driver.Value) ([]byte, error) {
	out := make([]byte, 0, 16*len(args))
	var digits [32]byte
	for _, a := range args {
		switch v := a.(type) {
		case nil:
			out = append(out, 0)
		case string:
			out = append(binary.AppendUvarint(out, uint64(len(v))), v...)
		case []byte:
			out = append(binary.AppendUvarint(out, uint64(len(v))), v...)
		case int64:
			text := strconv.AppendInt(digits[:0], v, 10)
			out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
		case float64:
			text := strconv.AppendFloat(digits[:0], v, 'f', -1, 64)
			out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
		default:
			return nil, fmt.Errorf("%s: a %T is no cell", Name, v)
		}
	}
	return out, nil
}

// Unpack fills a row's texts, NULL as "", from the values of its [Columns].
func Unpack(texts []string, columns ...string) error {
	for _, c := range columns {
		for range min(most, len(texts)) {
			// A length is short and never leads out of the value.
			n, size, shift := uint64(0), 0, 0
			for size < len(c) && size < binary.MaxVarintLen32 {
				b := c[size]
				size++
				n |= uint64(b&0x7f) << shift
				shift += 7
				if b < 0x80 {
					break
				}
			}
			if size == 0 || n > uint64(len(c)-size) {
				return ErrRow
			}
			texts[0], c = c[size:size+int(n)], c[size+int(n):]
			texts = texts[1:]
		}
		if c != "" {
			return ErrRow
		}
	}
	if len(texts) > 0 {
		return ErrRow
	}
	return nil
}
