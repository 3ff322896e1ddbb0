package table

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Reasons beside those of package value; the texts are warning codes.
var (
	errUnknown = errors.New("unknown_value")
	errPerson  = errors.New("person_in_role")
	errFault   = errors.New("cell_error")
)

// refused is a cell that cannot be used, with a Swedish clause.
type refused struct {
	reason error
	text   string
}

func (r *refused) Error() string { return r.text }
func (r *refused) Unwrap() error { return r.reason }

// cellReader turns the cells of one column into values of its target.
type cellReader struct {
	*plan
	*column
	col   int // of the sheet; -1 when it is optional and not there
	dates value.Dates
	cache map[string]record.Value // of texts that recur
	now   time.Time
}

// maxCache bounds the cache of one column.
const maxCache = 4096

// value reads one cell. alt is the second instant of an hour that comes twice.
func (c *cellReader) value(cell sheet.Cell) (v record.Value, alt int64, err error) {
	t := c.f.Type
	if t == record.Date || t == record.Time {
		return c.instant(cell)
	}
	text := cellText(cell, c.dates.Date1904)
	if v, ok := c.cache[text]; ok && cell.Kind != sheet.Fault {
		return v, 0, nil
	}
	if v, err = c.other(cell, text); err == nil && len(c.cache) < maxCache && (t == record.Enum || t == record.Bool || t == record.Ref || t == record.Text) {
		if c.cache == nil {
			c.cache = make(map[string]record.Value)
		}
		c.cache[text] = v
	}
	return v, 0, err
}

// other reads cells that are no dates.
func (c *cellReader) other(cell sheet.Cell, text string) (record.Value, error) {
	blank := record.Value{State: record.Blank}
	if cell.Kind == sheet.Fault {
		return blank, &refused{errFault, "cellen innehåller ett formelfel eller en formel utan sparat värde"}
	}
	if to, ok := c.translated(text); ok {
		if to == "" {
			return blank, nil
		}
		cell, text = sheet.Cell{Kind: sheet.Text, Text: to}, to
	}
	if text == "" {
		return blank, nil
	}
	if c.vocabulary {
		if to, ok := words.Translate(c.Record, c.f, text); ok {
			return record.Value{State: record.Set, S: to}, nil
		}
	}
	if c.nulls.Is(text) {
		return blank, nil
	}
	switch c.f.Type {
	case record.Enum:
		return c.unknownEnum(cell, text)
	case record.Text, record.Ref:
		if c.f.Name == "responsible_role" && !words.IsTitle(text, c.Titles) {
			return blank, &refused{errPerson, "cellen ser ut att namnge en person i stället för en roll och tas inte med"}
		}
		return record.Value{State: record.Set, S: oneLine(text)}, nil
	case record.Pseudonym:
		return record.Value{State: record.Set, S: c.people.Of(text)}, nil
	case record.Int:
		n, err := c.whole(cell, text)
		return record.Value{State: record.Set, I: n}, err
	case record.Float:
		if cell.Kind == sheet.Number {
			return record.Value{State: record.Set, F: cell.Num}, nil
		}
		f, err := value.Number(text, c.Decimal)
		return record.Value{State: record.Set, F: f}, err
	}
	return c.yesNo(text)
}

// translated looks a text up among the settings' own translations.
func (c *cellReader) translated(text string) (string, bool) {
	if len(c.values) == 0 {
		return "", false
	}
	to, ok := c.values[value.Fold(text)]
	return to, ok
}

func (c *cellReader) yesNo(text string) (record.Value, error) {
	yes, err := value.Bool(text)
	if err != nil {
		return record.Value{State: record.Blank}, &refused{errUnknown, quoted(text) + " betyder varken ja eller nej"}
	}
	v := record.Value{State: record.Set}
	if yes {
		v.I = 1
	}
	return v, nil
}

// unknownEnum knows one more thing: a date where a system's stage should stand
// is the day it was taken out of use.
func (c *cellReader) unknownEnum(cell sheet.Cell, text string) (record.Value, error) {
	if c.f.Name == "lifecycle" {
		d := cellReader{plan: c.plan, column: &column{target: target{f: record.Field{Type: record.Date}}}, dates: c.dates}
		if v, _, err := d.instant(cell); err == nil && v.State == record.Set {
			if v.I > c.now.Unix() {
				return record.Value{State: record.Set, S: "retiring"}, nil
			}
			return record.Value{State: record.Set, S: "retired"}, nil
		}
	}
	return record.Value{State: record.Blank}, &refused{errUnknown, quoted(text) + " är inget känt värde; lägg till det under values"}
}

var (
	classDigit = regexp.MustCompile(`^(?i:[krts]|nivå|klass)?\s*([0-4])(?:\D.*)?$`)
	classParts = regexp.MustCompile(`^(?i:k|c)?\s*([0-4])[\s,;/.\-]*(?i:r|i)?\s*([0-4])[\s,;/.\-]*(?i:t|a)?\s*([0-4])(?:[\s,;/.\-]*(?i:s|sp)?\s*([0-4]))?$`)
)

// whole reads a whole number. The classes 0–4 may have a letter before or words
// after them: "K3", "3 - hög".
func (c *cellReader) whole(cell sheet.Cell, text string) (int64, error) {
	if strings.HasPrefix(c.f.Name, "class_") {
		if m := classDigit.FindStringSubmatch(text); m != nil {
			return strconv.ParseInt(m[1], 10, 64)
		}
		return 0, &refused{value.ErrNumber, quoted(text) + " är ingen klass mellan 0 och 4"}
	}
	if cell.Kind == sheet.Number && cell.Num == float64(int64(cell.Num)) {
		return int64(cell.Num), nil
	}
	return value.Int(text, c.Decimal)
}

// instant reads a date, or a date and time.
func (c *cellReader) instant(cell sheet.Cell) (v record.Value, alt int64, err error) {
	blank := record.Value{State: record.Blank}
	var day value.Civil
	switch {
	case cell.Kind == sheet.Fault:
		return blank, 0, &refused{errFault, "cellen innehåller ett formelfel eller en formel utan sparat värde"}
	case cell.Kind == sheet.Date, cell.Kind == sheet.Number && cell.Num >= 20000 && cell.Num < 80000:
		day, err = value.Serial(cell.Num, c.dates.Date1904)
	default:
		text := sheet.Trim(cell.Text)
		if to, ok := c.translated(text); ok {
			text = to
		}
		if text == "" || c.nulls.Is(text) {
			return blank, 0, nil
		}
		day, err = c.dates.Text(text)
	}
	if err != nil {
		return blank, 0, err
	}
	if c.f.Type == record.Date {
		return record.Value{State: record.Set, I: day.EndOfDay(c.loc).Unix()}, 0, nil
	}
	first, second, err := day.Instants(c.loc)
	if err != nil {
		return blank, 0, err
	}
	if !second.Equal(first) {
		alt = second.Unix()
	}
	return record.Value{State: record.Set, I: first.Unix()}, alt, nil
}

// cellText is a cell's text without surrounding space; a date cell reads as the day.
func cellText(cell sheet.Cell, date1904 bool) string {
	if cell.Kind != sheet.Date {
		return sheet.Trim(cell.Text)
	}
	d, err := value.Serial(cell.Num, date1904)
	if err != nil {
		return cell.Text
	}
	t := time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Sec, 0, time.UTC)
	if d.HasTime {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format(time.DateOnly)
}

// oneLine is a text with single spaces and no line breaks.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\r\t\u00a0\u202f") && !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// quoted shows a cell's text if it can hold no name: no address, no long
// number, and at most one word that begins with a capital.
func quoted(s string) string {
	capitals, digits := 0, 0
	for _, w := range strings.Fields(s) {
		if unicode.IsUpper([]rune(w)[0]) {
			capitals++
		}
	}
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if len(s) > 40 || strings.ContainsAny(s, "@\\") || digits > 5 || capitals > 1 {
		return "cellens text"
	}
	return "”" + oneLine(s) + "”"
}

// blankable tells a reason that leaves the cell blank, by the settings.
func (p *plan) blankable(err error) bool {
	switch {
	case errors.Is(err, errPerson):
		return true
	case errors.Is(err, errUnknown):
		return p.UnknownValue != "refuse"
	}
	return p.BadCell == "blank"
}

// code is the stable code of a refusal.
func code(err error) string {
	for _, e := range []error{errUnknown, errPerson, errFault, value.ErrAmbiguous, value.ErrVague, value.ErrNoSuchHour, value.ErrDate, value.ErrNumber, value.ErrBool} {
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	return "bad_cell"
}

// pupils are the words that make an account row a pupil's.
func pupil(text string) bool {
	return slices.Contains([]string{"elev", "elever", "pupil", "student", "barn", "elevkonto"}, value.Fold(text))
}
