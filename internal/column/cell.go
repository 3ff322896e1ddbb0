package column

import (
	"math"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
)

// Type is what a cell holds.
type Type uint8

// The types of cell.
const (
	Null    Type = iota // nothing; the field becomes blank
	Absent              // the source has no such column; the field stays unset
	Text                // Text, as written
	Number              // Num; Text may hold how it was written
	Int                 // Int
	Bool                // Int is 0 or 1
	Instant             // Int is seconds since 1970-01-01T00:00:00Z
	Wall                // Int is a date and time of a clock on the wall, as if it stood in UTC; see Options.Zone
	Day                 // Int is a date without a time, as the seconds of its midnight in UTC
	Serial              // Num is a spreadsheet's day number, Text how it was written
	List                // Items, for child lists
	Fault               // something stands there that cannot be read, such as a formula without a value
	Garbled             // a text whose bytes are not UTF-8
)

// Cell is one value as a source has it.
type Cell struct {
	Type  Type
	Int   int64
	Num   float64
	Text  string
	Items []Cell
}

// Of makes a cell of a value as encoding/json or a database driver gives it:
// nil, string, []byte, bool, any number, a time (an instant), or a list of such.
// ok is false for anything else, an object for instance.
func Of(v any) (c Cell, ok bool) {
	switch v := v.(type) {
	case nil:
		return Cell{}, true
	case string:
		return Cell{Type: Text, Text: v}, true
	case []byte:
		return Cell{Type: Text, Text: string(v)}, true
	case bool:
		c = Cell{Type: Bool}
		if v {
			c.Int = 1
		}
		return c, true
	case int:
		return Cell{Type: Int, Int: int64(v)}, true
	case int32:
		return Cell{Type: Int, Int: int64(v)}, true
	case int64:
		return Cell{Type: Int, Int: v}, true
	case uint64:
		if v > math.MaxInt64 {
			return Cell{Type: Number, Num: float64(v)}, true
		}
		return Cell{Type: Int, Int: int64(v)}, true
	case float32:
		return Cell{Type: Number, Num: float64(v)}, true
	case float64:
		return Cell{Type: Number, Num: v}, true
	case time.Time:
		return Cell{Type: Instant, Int: v.Unix()}, true
	case interface{ Int64() (int64, error) }: // json.Number
		if n, err := v.Int64(); err == nil {
			return Cell{Type: Int, Int: n}, true
		}
		if f, isFloat := v.(interface{ Float64() (float64, error) }); isFloat {
			if n, err := f.Float64(); err == nil {
				return Cell{Type: Number, Num: n}, true
			}
		}
		return Cell{Type: Fault}, true
	case []any:
		c = Cell{Type: List, Items: make([]Cell, 0, len(v))}
		for _, item := range v {
			i, fits := Of(item)
			if !fits || i.Type == List {
				return Cell{Type: Fault}, false
			}
			c.Items = append(c.Items, i)
		}
		return c, true
	}
	return Cell{Type: Fault}, false
}

// text is a cell's text without surrounding space; a date reads as the day.
func (c *Cell) text(date1904 bool) string {
	switch c.Type {
	case Null, Absent:
		return ""
	case Number:
		if c.Text == "" {
			return strconv.FormatFloat(c.Num, 'f', -1, 64)
		}
	case Int:
		return strconv.FormatInt(c.Int, 10)
	case Bool:
		return strconv.FormatBool(c.Int != 0)
	case Instant:
		return time.Unix(c.Int, 0).UTC().Format(time.RFC3339)
	case Wall:
		return time.Unix(c.Int, 0).UTC().Format(time.DateTime)
	case Day:
		return time.Unix(c.Int, 0).UTC().Format(time.DateOnly)
	case Serial:
		return serialText(c, date1904)
	}
	return sheet.Trim(c.Text)
}

func serialText(c *Cell, date1904 bool) string {
	d, err := value.Serial(c.Num, date1904)
	if err != nil {
		return c.Text
	}
	t := time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Sec, 0, time.UTC)
	if d.HasTime {
		return t.Format(time.DateTime)
	}
	return t.Format(time.DateOnly)
}

// civil is the date on the wall of a Wall or Day cell.
func (c *Cell) civil() value.Civil {
	t := time.Unix(c.Int, 0).UTC()
	d := value.Civil{Year: t.Year(), Month: int(t.Month()), Day: t.Day(), HasTime: c.Type == Wall}
	if d.HasTime {
		d.Hour, d.Minute, d.Sec = t.Clock()
	}
	return d
}

// String is a cell's text without surrounding space; a date reads as the day.
func (c *Cell) String() string { return c.text(false) }
