package report

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// nbsp keeps a figure and its unit on one line.
const nbsp = "\u00a0"

// fewRows is the size below which a share is said only as "2 av 3".
const fewRows = 10

// number writes a figure with a decimal comma and thousands apart, half
// rounded up.
func number(v float64, decimals int) string {
	p := math.Pow(10, float64(decimals))
	s := strconv.FormatFloat(math.Floor(math.Abs(v)*p+0.5)/p, 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(nbsp)
		}
		b.WriteRune(d)
	}
	out := b.String()
	if frac != "" {
		out += "," + frac
	}
	if v < 0 && strings.Trim(out, "0,"+nbsp) != "" {
		out = "−" + out
	}
	return out
}

// amount writes a value in its unit.
func amount(v float64, unit string) string {
	switch unit {
	case "share":
		return number(v*100, 1) + nbsp + "procent"
	case "seconds":
		return span(v)
	case "sek":
		if math.Abs(v) >= 1e6 {
			return number(v/1e6, 1) + nbsp + "mnkr"
		}
		return number(v, 0) + nbsp + "kr"
	case "count":
		return number(v, 0)
	case "months":
		return number(v, 1) + nbsp + "månader"
	case "per_hundred":
		return number(v, 1) + nbsp + "per hundra"
	}
	return number(v, 2)
}

// span writes seconds as people say a span of time.
func span(sec float64) string {
	switch a := math.Abs(sec); {
	case a < 60:
		return number(sec, 0) + nbsp + "s"
	case a < 3600:
		return number(sec/60, 0) + nbsp + "min"
	case a < 48*3600:
		return number(sec/3600, 1) + nbsp + "timmar"
	}
	return number(sec/86400, 1) + nbsp + "dygn"
}

// figure writes a value, counts first: "75 av 500" and "15,0 procent".
type figure struct{ Counts, Value string }

func newFigure(value, num, den *float64, unit string, suppressed bool) figure {
	var f figure
	if suppressed {
		return figure{Value: "färre än fem, visas inte"}
	}
	if value == nil {
		return f
	}
	if unit == "share" && num != nil && den != nil {
		f.Counts = number(*num, 0) + nbsp + "av" + nbsp + number(*den, 0)
		if *den < fewRows {
			return f
		}
	}
	f.Value = amount(*value, unit)
	return f
}

// String says both, counts before percent.
func (f figure) String() string {
	switch {
	case f.Counts == "":
		return f.Value
	case f.Value == "":
		return f.Counts
	}
	return f.Counts + " (" + f.Value + ")"
}

// state is an outcome as a word and a shape, so that it does not hang on colour.
type state struct{ Shape, Word, Class string }

func stateOf(f finding.Finding) state {
	switch f.Outcome {
	case finding.Met:
		return state{"●", "Målet är nått", "good"}
	case finding.Partly:
		return state{"◐", "Delvis", "mid"}
	case finding.NotMet:
		return state{"■", "Målet är inte nått", "bad"}
	case finding.NotDue:
		if f.Pace == "behind" {
			return state{"▲", "Efter planen", "mid"}
		}
		return state{"△", "På väg enligt planen", "good"}
	case finding.Waived:
		return state{"◇", "Godtagen brist", "calm"}
	case finding.Measured:
		return state{"○", "Inget mål beslutat", "calm"}
	case finding.Stale:
		return state{"▲", "Underlaget är gammalt", "mid"}
	case finding.NotApplicable:
		return state{"–", "Mäts inte", "calm"}
	case finding.Error:
		return state{"×", "Gick inte att räkna", "bad"}
	}
	return state{"–", "Vi vet inte än", "calm"}
}

func months() []string {
	return []string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}
}

// day writes "3 mars 2026"; the zero time is "okänt".
func day(t time.Time) string {
	if t.IsZero() {
		return "okänt"
	}
	return strconv.Itoa(t.Day()) + nbsp + months()[t.Month()-1] + nbsp + strconv.Itoa(t.Year())
}

// dayText writes an ISO day as people say it; anything else stays as it is.
func dayText(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return day(t)
}

// targetText says a target in words.
func targetText(t *finding.Target, unit string) string {
	if t == nil {
		return ""
	}
	var s string
	switch {
	case t.Kind == "band" && t.Low != nil && t.High != nil:
		s = amount(*t.Low, unit) + " till " + amount(*t.High, unit)
	case t.Kind == "list":
		s = strconv.Itoa(len(t.List)) + " utpekade"
	case t.Kind == "yes_no":
		s = "ja"
		if t.Value != nil && *t.Value == 0 {
			s = "nej"
		}
	case t.Kind == "count" && t.Value != nil:
		s = number(*t.Value, 0) + nbsp + "stycken"
	case t.Value != nil:
		s = amount(*t.Value, unit)
	}
	if t.Due != "" {
		s += " senast " + dayText(t.Due)
	}
	if t.Decision != "" {
		s += " (" + t.Decision + ")"
	}
	return s
}
