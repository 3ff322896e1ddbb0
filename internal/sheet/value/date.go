package value

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Dates reads dates of one column.
type Dates struct {
	Order    string // "dmy", "mdy" or "ymd" where digits leave a doubt; empty refuses
	Layout   string // a layout in yyyy MM dd HH mm ss, tried first
	Date1904 bool   // the workbook's day numbers begin in 1904
}

// The forms of a date, after the time of day has been taken off.
var (
	timeOfDay  = regexp.MustCompile(`(?i)[ t,](?:kl\.? ?)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)? ?(am|pm|fm|em)?$`)
	weekday    = regexp.MustCompile(`(?i)^(?:må|ti|on|to|fr|lö|sö|mon|tue|wed|thu|fri|sat|sun|mån|tis|ons|tors?|fre|lör|sön|(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day)[.,]? +(?:den +)?`)
	yearFirst  = regexp.MustCompile(`^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$`)
	eight      = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	swedish    = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})(?: +|-| -)(\d{4}|\d{2})$`)
	dotted     = regexp.MustCompile(`^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$`)
	yearLast   = regexp.MustCompile(`^(\d{1,2})([-/])(\d{1,2})[-/](\d{4})$`)
	shortYear  = regexp.MustCompile(`^(\d{2})([-/.])(\d{1,2})[-/.](\d{2})$`)
	dayMonth   = regexp.MustCompile(`^(?:den )?(\d{1,2})(?:st|nd|rd|th|:e|\.)?[ -]+([a-zåäö]+)\.?[ ,-]+(\d{4}|\d{2})$`)
	monthDay   = regexp.MustCompile(`^([a-zåäö]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$`)
	vagueWords = regexp.MustCompile(`vår|sommar|höst|vinter|kvartal|vecka|termin|halvår|årsskift|slutet|början|mitten|omkring|cirka|(^| )(ca|vt|ht|q|kv|v|före|efter|under)\.? ?\d|^[a-zåäö]+\.? \d{4}$|^\d{4}[-/ ]\d{1,2}$|^(?:19|20)\d{2}(?: ?\?| ?ca)?$|^\d{4} ?[-–] ?\d{4}$|^spring|^autumn|^fall|^summer|^winter`)
)

// Text reads a date or a date and time as people write it.
func (d Dates) Text(s string) (Civil, error) {
	s = strings.TrimSpace(s)
	if d.Layout != "" {
		return d.layout(s)
	}
	if c, ok := iso(s); ok {
		return checked(s, c)
	}
	if len(s) > 60 {
		return Civil{}, refuse(ErrDate, s, "är inget datum")
	}
	t := Fold(s)
	c := Civil{}
	if m := timeOfDay.FindStringSubmatchIndex(t); m != nil {
		if err := c.clock(t, m); err != nil {
			return Civil{}, refuse(ErrDate, s, "%s", err.Error())
		}
		t = strings.TrimRight(t[:m[0]], " ,")
	}
	t = weekday.ReplaceAllString(t, "")
	if done, err := d.day(&c, t); err != nil {
		return Civil{}, refuse(reason(err), s, "%s", err.Error())
	} else if done {
		return checked(s, c)
	}
	if f, err := strconv.ParseFloat(strings.Replace(t, ",", ".", 1), 64); err == nil && !c.HasTime && f >= 20000 && f < 80000 {
		return Serial(f, d.Date1904)
	}
	if vagueWords.MatchString(t) {
		return Civil{}, refuse(ErrVague, s, "är ingen bestämd dag; skriv år, månad och dag, till exempel 2026-11-21")
	}
	return Civil{}, refuse(ErrDate, s, "är inget datum")
}

// day reads the date alone.
func (d Dates) day(c *Civil, t string) (bool, error) {
	if m := first(t, yearFirst, eight); m != nil {
		c.set(m[1], m[2], m[3])
		return true, nil
	}
	if m := first(t, swedish, dotted); m != nil {
		c.set(m[3], m[2], m[1])
		return true, nil
	}
	if m := yearLast.FindStringSubmatch(t); m != nil {
		return true, d.ordered(c, m[1], m[3], m[4])
	}
	if m := shortYear.FindStringSubmatch(t); m != nil {
		switch d.Order {
		case "ymd":
			c.set(m[1], m[3], m[4])
		case "dmy":
			c.set(m[4], m[3], m[1])
		case "mdy":
			c.set(m[4], m[1], m[3])
		default:
			return false, &Refusal{Reason: ErrAmbiguous, Text: "har ett år med två siffror och kan läsas på flera sätt; ange date_order i inställningarna"}
		}
		return true, nil
	}
	if m := dayMonth.FindStringSubmatch(t); m != nil && month(m[2]) > 0 {
		c.set(m[3], strconv.Itoa(month(m[2])), m[1])
		return true, nil
	}
	if m := monthDay.FindStringSubmatch(t); m != nil && month(m[1]) > 0 {
		c.set(m[3], strconv.Itoa(month(m[1])), m[2])
		return true, nil
	}
	return false, nil
}

// ordered decides between day and month first.
func (d Dates) ordered(c *Civil, a, b, year string) error {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	order := d.Order
	if order == "" || order == "ymd" {
		switch {
		case x > 12 || x == y:
			order = "dmy"
		case y > 12:
			order = "mdy"
		default:
			return &Refusal{Reason: ErrAmbiguous, Text: "kan läsas med dag eller månad först; ange date_order i inställningarna"}
		}
	}
	if order == "mdy" {
		a, b = b, a
	}
	c.set(year, b, a)
	return nil
}

// Orders tells which orders a text allows: neither if it is no date whose order
// can be in doubt. A column's order is the one that all its texts allow.
func Orders(s string) (dmy, mdy bool) {
	t := Fold(s)
	if m := timeOfDay.FindStringIndex(t); m != nil {
		t = strings.TrimRight(t[:m[0]], " ,")
	}
	m := yearLast.FindStringSubmatch(weekday.ReplaceAllString(t, ""))
	if m == nil {
		return false, false
	}
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[3])
	return a <= 31 && b <= 12, a <= 12 && b <= 31
}

func (c *Civil) set(year, month, day string) {
	c.Year, _ = strconv.Atoi(year) // the patterns let only digits through
	c.Month, _ = strconv.Atoi(month)
	c.Day, _ = strconv.Atoi(day)
	if len(year) == 2 {
		c.Year += 2000
		if c.Year >= 2070 {
			c.Year -= 100
		}
	}
}

// clock takes the time of day from a match of timeOfDay.
func (c *Civil) clock(t string, m []int) error {
	c.HasTime = true
	c.Hour, _ = strconv.Atoi(t[m[2]:m[3]])
	c.Minute, _ = strconv.Atoi(t[m[4]:m[5]])
	if m[6] >= 0 {
		c.Sec, _ = strconv.Atoi(t[m[6]:m[7]])
	}
	if m[8] < 0 {
		return nil
	}
	if c.Hour < 1 || c.Hour > 12 {
		return &Refusal{Reason: ErrDate, Text: "har ett klockslag som inte finns"}
	}
	half := t[m[8]:m[9]]
	if c.Hour == 12 {
		c.Hour = 0
	}
	if half == "pm" || half == "em" {
		c.Hour += 12
	}
	return nil
}

// layout reads by the column's own layout.
func (d Dates) layout(s string) (Civil, error) {
	t, err := time.Parse(goLayout(d.Layout), s)
	if err != nil {
		return Civil{}, refuse(ErrDate, s, "har inte formen %s", d.Layout)
	}
	return checked(s, Civil{Year: t.Year(), Month: int(t.Month()), Day: t.Day(), Hour: t.Hour(), Minute: t.Minute(), Sec: t.Second(),
		HasTime: strings.Contains(d.Layout, "HH")})
}

func goLayout(l string) string {
	return strings.NewReplacer("yyyy", "2006", "yy", "06", "MMM", "Jan", "MM", "01", "M", "1", "dd", "02", "d", "2", "HH", "15", "mm", "04", "ss", "05").Replace(l)
}

// LayoutKnown tells whether a layout names at least a year, a month and a day.
func LayoutKnown(l string) bool {
	return strings.Contains(l, "yy") && strings.Contains(l, "M") && strings.Contains(l, "d") && !strings.ContainsAny(l, "0123456789")
}

func checked(s string, c Civil) (Civil, error) {
	if why, ok := c.valid(); !ok {
		return Civil{}, refuse(ErrDate, s, "är inget datum: %s", why)
	}
	return c, nil
}

func first(t string, res ...*regexp.Regexp) []string {
	for _, re := range res {
		if m := re.FindStringSubmatch(t); m != nil {
			return m
		}
	}
	return nil
}

// month reads a month's name or its first letters, in Swedish or English; 0 is none.
func month(w string) int {
	if len(w) < 3 {
		return 0
	}
	for i, name := range monthNames {
		if strings.HasPrefix(name, w) || (w == "sept" && i == 8) {
			return i + 1
		}
	}
	for i, name := range [12]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
		if strings.HasPrefix(name, w) {
			return i + 1
		}
	}
	return 0
}

func reason(err error) error {
	if r, ok := err.(*Refusal); ok { //nolint:errorlint // made above, never wrapped
		return r.Reason
	}
	return ErrDate
}
