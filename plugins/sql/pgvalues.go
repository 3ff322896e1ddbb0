package sql

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

// pgEpoch is 2000-01-01, from which PostgreSQL counts.
const pgEpoch = 946684800

// pgFormats asks for the binary form of the types that are read from it; all
// others come as text.
func pgFormats() pgx.QueryResultFormatsByOID {
	f := make(pgx.QueryResultFormatsByOID)
	for _, oid := range []uint32{
		pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID,
		pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID,
	} {
		f[oid] = pgx.BinaryFormatCode
	}
	return f
}

// pgReader reads the values of one column.
func pgReader(oid uint32, format int16, types *pgtype.Map) func(raw []byte) column.Cell {
	if format == pgx.BinaryFormatCode {
		return func(raw []byte) column.Cell { return pgBinary(oid, raw) }
	}
	switch oid {
	case pgtype.NumericOID:
		return func(raw []byte) column.Cell { return decimalCell(string(raw)) }
	case pgtype.TextArrayOID, pgtype.VarcharArrayOID, pgtype.BPCharArrayOID:
		return func(raw []byte) column.Cell { return pgList(types, oid, raw) }
	}
	t := texts{}
	return t.cell
}

// pgBinary reads the fixed-length types; anything of another length is none.
func pgBinary(oid uint32, raw []byte) column.Cell {
	switch {
	case oid == pgtype.BoolOID && len(raw) == 1:
		return column.Cell{Type: column.Bool, Int: int64(raw[0])}
	case oid == pgtype.Int2OID && len(raw) == 2:
		return column.Cell{Type: column.Int, Int: int64(int16(binary.BigEndian.Uint16(raw)))} //nolint:gosec // two's complement on the wire
	case oid == pgtype.Int4OID && len(raw) == 4:
		return column.Cell{Type: column.Int, Int: int64(int32(binary.BigEndian.Uint32(raw)))} //nolint:gosec // as above
	case oid == pgtype.OIDOID && len(raw) == 4:
		return column.Cell{Type: column.Int, Int: int64(binary.BigEndian.Uint32(raw))}
	case oid == pgtype.Int8OID && len(raw) == 8:
		return column.Cell{Type: column.Int, Int: int64(binary.BigEndian.Uint64(raw))} //nolint:gosec // as above
	case oid == pgtype.Float4OID && len(raw) == 4:
		return column.Cell{Type: column.Number, Num: float64(math.Float32frombits(binary.BigEndian.Uint32(raw)))}
	case oid == pgtype.Float8OID && len(raw) == 8:
		return column.Cell{Type: column.Number, Num: math.Float64frombits(binary.BigEndian.Uint64(raw))}
	case oid == pgtype.TimestamptzOID && len(raw) == 8:
		return pgMoment(column.Instant, raw)
	case oid == pgtype.TimestampOID && len(raw) == 8:
		return pgMoment(column.Wall, raw)
	case oid == pgtype.DateOID && len(raw) == 4:
		days := int64(int32(binary.BigEndian.Uint32(raw))) //nolint:gosec // as above
		if days == math.MaxInt32 || days == math.MinInt32 {
			return column.Cell{} // infinity: never
		}
		return column.Cell{Type: column.Day, Int: pgEpoch + days*86400}
	}
	return column.Cell{Type: column.Fault}
}

// pgMoment reads microseconds since 2000; infinity is nothing.
func pgMoment(t column.Type, raw []byte) column.Cell {
	us := int64(binary.BigEndian.Uint64(raw)) //nolint:gosec // two's complement on the wire
	if us == math.MaxInt64 || us == math.MinInt64 {
		return column.Cell{}
	}
	s := us / 1e6
	if us%1e6 < 0 {
		s--
	}
	return column.Cell{Type: t, Int: pgEpoch + s}
}

func pgList(types *pgtype.Map, oid uint32, raw []byte) column.Cell {
	var items []*string
	if err := types.Scan(oid, pgx.TextFormatCode, raw, &items); err != nil {
		return column.Cell{Type: column.Fault}
	}
	c := column.Cell{Type: column.List}
	for _, s := range items {
		if s != nil {
			c.Items = append(c.Items, column.Cell{Type: column.Text, Text: *s})
		}
	}
	return c
}

// decimalCell is a number that a database writes exactly, "12.50".
func decimalCell(s string) column.Cell {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return column.Cell{Type: column.Fault}
	}
	return column.Cell{Type: column.Number, Num: f, Text: s}
}

// maxTexts bounds the texts that one column keeps.
const maxTexts = 4096

// texts makes texts of bytes and keeps those that recur.
type texts map[string]string

func (t texts) cell(raw []byte) column.Cell {
	if s, ok := t[string(raw)]; ok { // without a copy
		return column.Cell{Type: column.Text, Text: s}
	}
	s := string(raw)
	if !utf8.ValidString(s) {
		return column.Cell{Type: column.Garbled}
	}
	if len(t) < maxTexts && len(s) <= 64 {
		t[s] = s
	}
	return column.Cell{Type: column.Text, Text: s}
}
