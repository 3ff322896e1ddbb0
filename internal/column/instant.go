package column

import (
	"math"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Formats of a date that are no layouts.
const (
	unixSeconds = "unix"
	unixMillis  = "unix_ms"
)

// DateReader reads bare dates that no column's setting speaks of.
func (p *Plan) DateReader(d value.Dates) *Reader {
	return &Reader{plan: p, col: &Column{target: target{f: record.Field{Type: record.Date}}}, Dates: d}
}

// Instant reads a date, or a date and time: when is zero where nothing stands
// there, and the end of the day for a bare date.
func (r *Reader) Instant(cell *Cell) (when time.Time, err error) {
	v, _, err := r.instant(cell)
	if err != nil || v.State != record.Set {
		return time.Time{}, err
	}
	return time.Unix(v.I, 0).UTC(), nil
}

// instant reads a date, or a date and time.
func (r *Reader) instant(cell *Cell) (v record.Value, alt int64, err error) {
	blank := record.Value{State: record.Blank}
	if len(r.col.values) > 0 && cell.Type != Fault && cell.Type != Garbled {
		text := cell.text(r.Dates.Date1904)
		if to, ok := r.translated(text); ok {
			cell = &Cell{Type: Text, Text: to}
		}
	}
	var day value.Civil
	switch {
	case cell.Type == Null, cell.Type == Absent:
		return blank, 0, nil
	case cell.Type == Fault, cell.Type == Garbled:
		return blank, 0, r.plan.unreadable(cell)
	case cell.Type == List:
		return blank, 0, &refused{errSeveral, "fältet har flera värden, men bara ett får plats"}
	case r.col.Format == unixSeconds || r.col.Format == unixMillis:
		return r.epoch(cell)
	case cell.Type == Instant:
		return r.placed(time.Unix(cell.Int, 0)), 0, nil
	case cell.Type == Wall, cell.Type == Day:
		day = cell.civil()
	case cell.Type == Serial, cell.Type == Number && cell.Num >= 20000 && cell.Num < 80000:
		day, err = value.Serial(cell.Num, r.Dates.Date1904)
	default:
		text := sheet.Trim(cell.Text)
		if text == "" && cell.Type != Text {
			text = cell.text(r.Dates.Date1904)
		}
		if text == "" || r.plan.nulls.Is(text) {
			return blank, 0, nil
		}
		day, err = r.Dates.Text(text)
	}
	if err != nil {
		return blank, 0, err
	}
	loc := r.plan.opt.Zone
	if r.col.f.Type == record.Date {
		return record.Value{State: record.Set, I: day.EndOfDay(loc).Unix()}, 0, nil
	}
	first, second, err := day.Instants(loc)
	if err != nil {
		return blank, 0, err
	}
	if !second.Equal(first) {
		alt = second.Unix()
	}
	return record.Value{State: record.Set, I: first.Unix()}, alt, nil
}

// placed is an instant as the field has it: itself, or the end of its day.
func (r *Reader) placed(t time.Time) record.Value {
	if r.col.f.Type == record.Date {
		y, m, d := t.In(r.plan.opt.Zone).Date()
		t = value.Civil{Year: y, Month: int(m), Day: d}.EndOfDay(r.plan.opt.Zone)
	}
	return record.Value{State: record.Set, I: t.Unix()}
}

// epoch reads seconds or milliseconds since 1970, as a number or as digits.
func (r *Reader) epoch(cell *Cell) (v record.Value, alt int64, err error) {
	blank := record.Value{State: record.Blank}
	n := float64(cell.Int)
	if cell.Type != Int {
		text := cell.text(false)
		if text == "" || r.plan.nulls.Is(text) {
			return blank, 0, nil
		}
		if n, err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(n) {
			return blank, 0, &refused{value.ErrDate, "värdet är inte sekunder sedan 1970"}
		}
	}
	if r.col.Format == unixMillis {
		n = math.Floor(n / 1000)
	}
	if n < -2208988800 || n > 7258118400 { // the years 1900 to 2200, as of written dates
		return blank, 0, &refused{value.ErrDate, "värdet är inte sekunder sedan 1970 i ett rimligt år"}
	}
	return r.placed(time.Unix(int64(n), 0)), 0, nil
}
