package sql

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

func TestDatesAsMySQLWritesThem(t *testing.T) {
	for in, want := range map[string]column.Cell{
		"2026-03-02 07:00:01.5": {Type: column.Wall, Int: 1772434801},
		"2026-03-02":            {Type: column.Wall, Int: 1772409600},
		"0000-00-00 00:00:00":   {},
		"2026-00-10 00:00:00":   {Type: column.Fault},
		"2026-02-30":            {Type: column.Fault},
		"2026-13-01":            {Type: column.Fault},
		"i går":                 {Type: column.Fault},
		"":                      {Type: column.Fault},
		"åååå-åå-åå":            {Type: column.Fault},
	} {
		if got := isoCell(column.Wall, []byte(in)); got.Type != want.Type || got.Int != want.Int {
			t.Errorf("%q: got %+v", in, got)
		}
	}
}

// FuzzValues: whatever bytes a server sends, a value is read or told unreadable.
func FuzzValues(f *testing.F) {
	f.Add([]byte("2026-03-02 07:00:01"))
	f.Add([]byte{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte(`{"a,b",NULL}`))
	types := pgtype.NewMap()
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, oid := range []uint32{
			pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID,
			pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID, pgtype.NumericOID, pgtype.TextArrayOID, pgtype.TextOID,
		} {
			for _, format := range []int16{0, 1} {
				c := pgReader(oid, format, types)(raw)
				if m, ok := (mark{Type: markTime}).of(c); ok && m.when(time.UTC).Year() > 5200 {
					t.Errorf("a mark in the year %d", m.when(time.UTC).Year())
				}
			}
		}
		_, _, _, _ = isoCell(column.Day, raw), decimalCell(string(raw)), bits(raw), mysqlDecode("BIT")(raw)
	})
}
