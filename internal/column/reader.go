package column

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Reader reads the cells of one column. It is not safe for concurrent use.
type Reader struct {
	// Dates says how its dates are written; it may be changed before the first cell.
	Dates value.Dates
	plan  *Plan
	col   *Column
	cache map[string]record.Value // of texts that recur
	now   int64
}

// maxCache bounds the cache of one column.
const maxCache = 4096

// value reads one cell. alt is the second instant of an hour that comes twice.
func (r *Reader) value(cell *Cell) (v record.Value, alt int64, err error) {
	t := r.col.f.Type
	if t == record.Date || t == record.Time {
		return r.instant(cell)
	}
	if r.col.plain {
		switch {
		case t == record.Int && cell.Type == Int, t == record.Bool && cell.Type == Bool:
			return record.Value{State: record.Set, I: cell.Int}, 0, nil
		case t == record.Float && (cell.Type == Int || cell.Type == Number):
			n, err := r.number(cell, "")
			return record.Value{State: record.Set, F: n}, 0, err
		}
	}
	text := cell.text(r.Dates.Date1904)
	if v, ok := r.cache[text]; ok && cell.Type != Fault && cell.Type != Garbled {
		return v, 0, nil
	}
	if v, err = r.other(cell, text); err == nil && len(r.cache) < maxCache && (t == record.Enum || t == record.Bool || t == record.Ref || t == record.Text) {
		if r.cache == nil {
			r.cache = make(map[string]record.Value)
		}
		r.cache[text] = v
	}
	return v, 0, err
}

// other reads cells that are no dates.
func (r *Reader) other(cell *Cell, text string) (record.Value, error) {
	p, f := r.plan, r.col.f
	blank := record.Value{State: record.Blank}
	if err := r.plan.unreadable(cell); err != nil {
		return blank, err
	}
	if cell.Type == List {
		return blank, &refused{errSeveral, "fältet har flera värden, men bara ett får plats"}
	}
	if to, ok := r.translated(text); ok {
		if to == "" {
			return blank, nil
		}
		cell, text = &Cell{Type: Text, Text: to}, to
	}
	if text == "" {
		return blank, nil
	}
	if r.col.vocabulary {
		if to, ok := words.Translate(p.Schema.Kind, f, text); ok {
			return set(to), nil
		}
	}
	if p.nulls.Is(text) {
		return blank, nil
	}
	switch f.Type {
	case record.Enum:
		return r.unknownEnum(cell, text)
	case record.Text, record.Ref:
		if f.Name == "responsible_role" && !words.IsTitle(text, p.opt.Titles) {
			return blank, &refused{errPerson, "cellen ser ut att namnge en person i stället för en roll och tas inte med"}
		}
		return set(oneLine(text)), nil
	case record.Pseudonym:
		return set(p.people.Of(text)), nil
	case record.Int:
		n, err := r.whole(cell, text)
		return record.Value{State: record.Set, I: n}, err
	case record.Float:
		n, err := r.number(cell, text)
		return record.Value{State: record.Set, F: n}, err
	}
	return r.yesNo(text)
}

// translated looks a text up among the settings' own translations.
func (r *Reader) translated(text string) (string, bool) {
	if len(r.col.values) == 0 {
		return "", false
	}
	to, ok := r.col.values[value.Fold(text)]
	return to, ok
}

func (r *Reader) yesNo(text string) (record.Value, error) {
	yes, err := value.Bool(text)
	if err != nil {
		return record.Value{State: record.Blank}, &refused{errUnknown, cellText + " betyder varken ja eller nej"}
	}
	v := record.Value{State: record.Set}
	if yes {
		v.I = 1
	}
	return v, nil
}

// unknownEnum knows one more thing: a date where a system's stage should stand
// is the day it was taken out of use.
func (r *Reader) unknownEnum(cell *Cell, text string) (record.Value, error) {
	if r.col.f.Name == "lifecycle" {
		d := r.plan.DateReader(r.Dates)
		if v, _, err := d.instant(cell); err == nil && v.State == record.Set {
			if v.I > r.now {
				return set("retiring"), nil
			}
			return set("retired"), nil
		}
	}
	return record.Value{State: record.Blank}, &refused{errUnknown, cellText + " är inget känt värde; lägg till det under values"}
}

var (
	classDigit = regexp.MustCompile(`^(?i:[krts]|nivå|klass)?\s*([0-4])(?:\D.*)?$`)
	classParts = regexp.MustCompile(`^(?i:k|c)?\s*([0-4])[\s,;/.\-]*(?i:r|i)?\s*([0-4])[\s,;/.\-]*(?i:t|a)?\s*([0-4])(?:[\s,;/.\-]*(?i:s|sp)?\s*([0-4]))?$`)
)

// classFields are what the target "class" fills.
func classFields() []string { return []string{"class_c", "class_i", "class_a", "class_trace"} }

// whole reads a whole number. The classes 0–4 may have a letter before or words
// after them: "K3", "3 - hög".
func (r *Reader) whole(cell *Cell, text string) (int64, error) {
	if strings.HasPrefix(r.col.f.Name, "class_") {
		if m := classDigit.FindStringSubmatch(text); m != nil {
			return strconv.ParseInt(m[1], 10, 64)
		}
		return 0, &refused{value.ErrNumber, cellText + " är ingen klass mellan 0 och 4"}
	}
	switch {
	case cell.Type == Int, cell.Type == Bool:
		return cell.Int, nil
	case cell.Type == Number && cell.Num == math.Trunc(cell.Num) && math.Abs(cell.Num) < 1<<63:
		return int64(cell.Num), nil
	}
	return value.Int(text, r.plan.opt.Decimal)
}

// number reads a number; those that are none or without end are refused.
func (r *Reader) number(cell *Cell, text string) (float64, error) {
	switch cell.Type {
	case Int, Bool:
		return float64(cell.Int), nil
	case Number:
		if math.IsNaN(cell.Num) || math.IsInf(cell.Num, 0) {
			return 0, &refused{value.ErrNumber, "värdet är inget ändligt tal"}
		}
		return cell.Num, nil
	}
	return value.Number(text, r.plan.opt.Decimal)
}

func set(s string) record.Value { return record.Value{State: record.Set, S: s} }
