package calendar

import (
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/se"
)

// year holds the Swedish days of one year that are not like others.
type year struct {
	red   map[date]string // public holidays, Sundays not included unless they are more than that
	eves  map[date]string // eves that offices keep closed
	named map[string]date // what a half day may be called
}

// newYear works them out.
func newYear(y int) year {
	out := year{red: map[date]string{}, eves: map[date]string{}, named: map[string]date{}}
	for _, h := range append([]*cal.Holiday{se.Paskdagen, se.Pingstdagen}, se.Holidays...) {
		actual, _ := h.Calc(y)
		if h.Type == cal.ObservancePublic {
			out.red[dateOf(actual)] = h.Name
		} else {
			out.eves[dateOf(actual)] = h.Name
		}
	}
	easter, _ := se.Paskdagen.Calc(y)
	out.named["skärtorsdag"] = dateOf(easter).next(-3)
	out.named["valborgsmässoafton"] = date{y, time.April, 30}
	out.named["trettondagsafton"] = date{y, time.January, 5}
	saints, _ := se.AllaHelgonsDag.Calc(y)
	out.named["allhelgonaafton"] = dateOf(saints).next(-1)
	out.named["dagen före kristi himmelsfärdsdag"] = dateOf(easter).next(38)
	out.named["dagen före nationaldagen"] = date{y, time.June, 5}
	out.named["lillejulafton"] = date{y, time.December, 23}
	return out
}

// dayBeforeRed is the one name that stands for many days.
const dayBeforeRed = "dag före röd dag"

// is tells whether a day goes by a name. The first of January belongs to the
// next year, but its eve is closed anyway.
func (y year) is(name string, d date) bool {
	if name == dayBeforeRed {
		return y.red[d.next(1)] != ""
	}
	return y.named[name] == d
}

// dayNames lists what a half day may be called.
func dayNames() []string {
	return []string{
		"skärtorsdag", "valborgsmässoafton", "trettondagsafton", "allhelgonaafton", "dagen före kristi himmelsfärdsdag",
		"dagen före nationaldagen", "lillejulafton", dayBeforeRed,
	}
}

// aliases are other names of the same days.
func aliases() map[string]string {
	return map[string]string{
		"skärtorsdagen": "skärtorsdag", "valborg": "valborgsmässoafton", "sista april": "valborgsmässoafton",
		"trettondagsaftonen": "trettondagsafton", "alla helgons afton": "allhelgonaafton", "dagen före röd dag": dayBeforeRed,
		"dan före dan": "lillejulafton",
	}
}

func canonicalDay(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if a, ok := aliases()[s]; ok {
		s = a
	}
	for _, n := range dayNames() {
		if n == s {
			return s, true
		}
	}
	return "", false
}
