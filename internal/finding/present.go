package finding

import (
	"fmt"
	"strings"
)

// SmallPopulation is the number of rows below which a share is not given in
// percent, coloured or called better or worse.
const SmallPopulation = 10

// nbsp keeps a number together, and with its unit.
const nbsp = "\u00a0"

// Unknown is what is said where there is no figure.
const Unknown = "vi vet inte"

// Number writes a number in Swedish: decimal comma, thousands apart.
func Number(v float64, decimals int) string { return swedish(rounded(v, 0, decimals)) }

// Percent writes a share (0–1) as "71,0 %".
func Percent(share float64, decimals int) string {
	return swedish(rounded(share, 2, decimals)) + nbsp + "%"
}

func swedish(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	whole, part, fraction := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + nbsp + whole[i:]
	}
	if fraction {
		part = "," + part
	}
	return sign + whole + part
}

// ShareOf writes how many of how many: "148 av 212 (70 procent)", and without
// percent where they are few. A share that is not whole is never rounded to
// nothing or to all.
func ShareOf(numerator, denominator float64) string {
	if denominator == 0 {
		return "ingen att räkna"
	}
	counts := Number(numerator, decimalsOf(numerator)) + " av " + Number(denominator, decimalsOf(denominator))
	if denominator < SmallPopulation {
		return counts
	}
	percent := rounded(numerator/denominator, 2, 0)
	switch {
	case percent == "0" && numerator > 0:
		percent = "under 1"
	case percent == "100" && numerator < denominator:
		percent = "över 99"
	default:
		percent = swedish(percent)
	}
	return counts + " (" + percent + " procent)"
}

// decimalsOf is 0 for whole numbers, else 1: weighted sums need not be whole.
func decimalsOf(v float64) int {
	if v == float64(int64(v)) {
		return 0
	}
	return 1
}

// Duration writes seconds in words, in the two largest units that matter:
// "41 minuter", "2 timmar och 5 minuter", "1 dygn och 4 timmar".
func Duration(seconds float64) string {
	if seconds < 0 {
		return "minus " + Duration(-seconds)
	}
	minutes, hours := int64(Round(seconds/60, 0)), int64(Round(seconds/3600, 0))
	switch {
	case Round(seconds, 0) < 60:
		return counted(int64(Round(seconds, 0)), "sekund", "sekunder")
	case minutes < 60:
		return counted(minutes, "minut", "minuter")
	case minutes < 24*60:
		return both(counted(minutes/60, "timme", "timmar"), minutes%60, "minut", "minuter")
	case hours < 100*24:
		return both(counted(hours/24, "dygn", "dygn"), hours%24, "timme", "timmar")
	}
	return counted(int64(Round(seconds/86400, 0)), "dygn", "dygn")
}

func both(first string, n int64, one, many string) string {
	if n == 0 {
		return first
	}
	return first + " och " + counted(n, one, many)
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return swedish(fmt.Sprint(n)) + " " + many
}

// UserTime writes the time that many lost together. Their days are not days of
// the calendar, so hours are the largest unit.
func UserTime(seconds float64) string {
	if seconds < 24*3600 {
		return Duration(seconds)
	}
	return counted(int64(Round(seconds/3600, 0)), "timme", "timmar")
}

// Figure is Value of what is counted in a unit of its own.
func Figure(unit, countUnit string, v float64) string {
	if countUnit == "user_time" && unit == "seconds" {
		return UserTime(v)
	}
	return Value(unit, v)
}

// Value writes a figure in its unit, in Swedish.
func Value(unit string, v float64) string {
	switch unit {
	case "share":
		return Percent(v, 1)
	case "count":
		return Number(v, decimalsOf(v))
	case "seconds":
		return Duration(v)
	case "sek":
		return Number(v, 0) + nbsp + "kr"
	case "months":
		if r := Round(v, 1); r == 1 {
			return "1 månad"
		}
		return Number(v, decimalsOf(Round(v, 1))) + " månader"
	case "per_hundred":
		return Number(v, 1) + " per hundra"
	case "ratio":
		return Number(v, 2)
	}
	return Number(v, 1)
}

// Sentence writes what a finding says of the whole, counts before percent, or
// why there is no figure. It is part of a sentence and begins in lower case.
func (f Finding) Sentence() string {
	switch {
	case f.Suppressed:
		return "för få för att visas"
	case !f.Outcome.HasValue() || f.Value == nil:
		return f.absent()
	case f.Unit == "share" && f.Numerator != nil && f.Denominator != nil && wholePair(*f.Numerator, *f.Denominator):
		return f.shareOf()
	}
	return Figure(f.Unit, f.CountUnit, *f.Value)
}

// shareOf is ShareOf with the unit of what was counted: "5 av 110 kr (5 procent)".
func (f Finding) shareOf() string {
	s := ShareOf(*f.Numerator, *f.Denominator)
	if f.CountUnit != "sek" || *f.Denominator == 0 {
		return s
	}
	counts, percent, ok := strings.Cut(s, " (")
	if counts += nbsp + "kr"; ok {
		counts += " (" + percent
	}
	return counts
}

// Counts writes numerator and denominator in their unit: "75 av 500".
func Counts(countUnit string, numerator, denominator float64) string {
	s := Number(numerator, 0) + " av " + Number(denominator, 0)
	if countUnit == "sek" {
		s += nbsp + "kr"
	}
	return s
}

// wholePair tells whether both are counts, so that "148 av 212" makes sense.
func wholePair(n, d float64) bool { return decimalsOf(n) == 0 && decimalsOf(d) == 0 }

func (f Finding) absent() string {
	say := Unknown
	switch f.Outcome {
	case Error:
		say = "gick inte att räkna ut"
	case NotApplicable:
		say = "mäts inte här"
	}
	if f.Reason != nil && f.Reason.SV != "" {
		return say + ": " + f.Reason.SV
	}
	return say
}

// Sentence writes one row of a breakdown like the whole.
func (c Cell) Sentence(unit string) string {
	return Finding{Unit: unit, Value: c.Value, Numerator: c.Numerator, Denominator: c.Denominator, Outcome: c.Outcome, Suppressed: c.Suppressed}.Sentence()
}

// Few tells whether a share stands on too few rows for percent, colour or trend.
func Few(denominator *float64) bool { return denominator != nil && *denominator < SmallPopulation }
