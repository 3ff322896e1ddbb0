package column

import (
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Result is what became of a row.
type Result uint8

// The results.
const (
	Used    Result = iota // the record is filled
	Refused               // the last refusal says why
	Pupil                 // the row is about a pupil: it is not read, and not counted
)

// Filler turns rows into records. It keeps what recurs, so one is made for
// each reading; it is not safe for concurrent use.
type Filler struct {
	plan     *Plan
	readers  []Reader
	defaults []constant
	alts     []int64
	refusals []Refusal
	civil    *time.Location // where days and months begin
}

// Filler makes a filler. now is the daemon's clock.
func (p *Plan) Filler(now time.Time) *Filler {
	f := &Filler{plan: p, readers: make([]Reader, len(p.columns)), defaults: p.constants, alts: make([]int64, len(p.Schema.Fields)), civil: calendar.Location()}
	for i := range p.columns {
		f.readers[i] = Reader{plan: p, col: &p.columns[i], now: now.Unix(), Dates: value.Dates{Order: p.opt.DateOrder, Layout: layout(p.columns[i].Format)}}
	}
	return f
}

func layout(format string) string {
	if format == unixSeconds || format == unixMillis {
		return ""
	}
	return format
}

// Reader is the reader of one of Plan.Columns.
func (f *Filler) Reader(col int) *Reader { return &f.readers[col] }

// Default gives a text field a value in rows that leave it unset or blank,
// before the constants.
func (f *Filler) Default(field, v string) {
	if i := f.plan.Schema.Index(field); i >= 0 {
		f.defaults = append([]constant{{i, set(v)}}, f.defaults...)
	}
}

// Fill sets the values of a record (whose Values and Children are empty) from
// the cells of Plan.Columns. The refusals are valid until the next call; all
// but a last one that refuses the row speak of cells that were left blank.
func (f *Filler) Fill(rec *record.Record, cells []Cell) (Result, []Refusal) {
	clear(f.alts)
	f.refusals = f.refusals[:0]
	for i := range f.readers {
		r, cell := &f.readers[i], &cells[i]
		if cell.Type == Absent {
			continue
		}
		if f.plan.Schema.PersonBearing && r.col.f.Name == "category" && pupil(cell.Text) {
			return Pupil, nil
		}
		if err := f.cell(rec, r, cell); err != nil {
			no := f.plan.refusal(i, err)
			f.refusals = append(f.refusals, no)
			if no.Row {
				return Refused, f.refusals
			}
		}
	}
	for _, c := range f.defaults {
		if rec.Values[c.field].State != record.Set {
			rec.Values[c.field] = c.v
		}
	}
	if !f.timed(rec) {
		return Refused, f.refusals
	}
	return Used, f.refusals
}

// cell puts one cell where its target says.
func (f *Filler) cell(rec *record.Record, r *Reader, cell *Cell) error {
	c := r.col
	switch {
	case c.class:
		return r.classes(rec, cell)
	case c.child >= 0 && c.sub < 0:
		rows, err := r.rows(cell)
		if rec.Children[c.child] == nil {
			rec.Children[c.child] = []record.Row{}
		}
		rec.Children[c.child] = append(rec.Children[c.child], rows...)
		return err
	case c.child >= 0:
		return r.further(rec.Children[c.child], cell)
	}
	v, alt, err := r.value(cell)
	if err != nil {
		v = record.Value{State: record.Blank}
	}
	if c.f.Coarse != "" && v.State == record.Set {
		v.I, alt = f.coarse(v.I, c.f.Coarse), 0
	}
	rec.Values[c.field], f.alts[c.field] = v, alt
	return err
}

// coarse is the first second of an instant's day or month: when somebody signed
// in to the second is nobody's business.
func (f *Filler) coarse(unix int64, to string) int64 {
	t := time.Unix(unix, 0).In(f.civil)
	day := t.Day()
	if to == "month" {
		day = 1
	}
	return time.Date(t.Year(), t.Month(), day, 0, 0, 0, 0, f.civil).Unix()
}

// classes reads confidentiality, integrity and availability from one cell.
func (r *Reader) classes(rec *record.Record, cell *Cell) error {
	names := classFields()
	for _, n := range names {
		rec.Values[r.plan.Schema.Index(n)] = record.Value{State: record.Blank}
	}
	text := cell.text(r.Dates.Date1904)
	if to, ok := r.translated(text); ok {
		text = to
	}
	if r.plan.nulls.Is(text) {
		return nil
	}
	m := classParts.FindStringSubmatch(text)
	if m == nil {
		return &refused{value.ErrNumber, cellText + " är inte tre klasser mellan 0 och 4"}
	}
	for i, n := range names {
		if d := m[i+1]; d != "" {
			rec.Values[r.plan.Schema.Index(n)] = record.Value{State: record.Set, I: int64(d[0] - '0')}
		}
	}
	return nil
}

// timed settles the hours that come twice: the first, unless something would
// then have ended before it began. It refuses an event without a time.
func (f *Filler) timed(rec *record.Record) bool {
	p := f.plan
	if p.Event < 0 {
		return true
	}
	start := rec.Values[p.Event]
	if start.State != record.Set {
		no := Refusal{Column: -1, Code: MissingTime, Text: "tiden saknas", Row: true}
		for i, c := range p.columns {
			if c.child < 0 && c.field == p.Event {
				no.Column = i
			}
		}
		f.refusals = append(f.refusals, no)
		return false
	}
	for i, alt := range f.alts {
		if alt != 0 && i != p.Event && rec.Values[i].I < start.I {
			rec.Values[i].I = alt
		}
	}
	return true
}

// Name is what a message calls a column: its headers, or its target.
func (c *Column) Name() string {
	if len(c.Header) == 0 {
		return c.Target
	}
	return strings.Join(c.Header, " eller ")
}

// pupil tells the words that make an account row a pupil's.
func pupil(text string) bool {
	return slices.Contains([]string{"elev", "elever", "pupil", "student", "barn", "elevkonto"}, value.Fold(text))
}
