package wording

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Number writes a number with its thousands apart: "1 140,5" or "1,140.5".
func (w Words) Number(v float64, decimals int) string {
	return w.digits(finding.Number(v, decimals))
}

// Count writes a whole number.
func (w Words) Count(n int64) string { return w.Number(float64(n), 0) }

// Percent writes a share (0–1): "71,0 %" or "71.0%".
func (w Words) Percent(share float64, decimals int) string {
	s := finding.Percent(share, decimals)
	if w.english {
		return w.digits(strings.TrimSuffix(s, nbsp+"%")) + "%"
	}
	return s
}

// digits turns a Swedish number into that of the language.
func (w Words) digits(swedish string) string {
	if !w.english {
		return swedish
	}
	return strings.NewReplacer(",", ".", nbsp, ",").Replace(swedish)
}

// Value writes a figure in its unit.
func (w Words) Value(unit string, v float64) string {
	if !w.english {
		return finding.Value(unit, v)
	}
	switch unit {
	case "share":
		return w.Percent(v, 1)
	case "seconds":
		return englishDuration(v)
	case "sek":
		return w.Number(v, 0) + nbsp + "SEK"
	case "months":
		if finding.Round(v, 1) == 1 {
			return "1 month"
		}
		return w.digits(strings.TrimSuffix(finding.Value(unit, v), " månader")) + " months"
	case "per_hundred":
		return w.Number(v, 1) + " per hundred"
	}
	return w.digits(finding.Value(unit, v))
}

// Figure is Value of what is counted in a unit of its own.
func (w Words) Figure(unit, countUnit string, v float64) string {
	switch {
	case !w.english:
		return finding.Figure(unit, countUnit, v)
	case countUnit == "user_time" && unit == "seconds" && v >= 24*3600:
		return counted(int64(finding.Round(v/3600, 0)), "hour")
	}
	return w.Value(unit, v)
}

// Level writes a decided level: a whole percent without decimals.
func (w Words) Level(unit string, v float64) string {
	if unit == "share" && finding.Round(v*100, 4) == finding.Round(v*100, 0) {
		return w.Percent(v, 0)
	}
	return w.Value(unit, v)
}

// Figure is a value in two cells, counts first: "75 av 500" and "15,0 %".
type Figure struct{ Counts, Value string }

// Pair is what is to be written as a Figure.
type Pair struct {
	Value, Numerator, Denominator *float64
	Unit, CountUnit               string
	Suppressed                    bool
}

// Of takes a finding's figure.
func Of(f finding.Finding) Pair {
	return Pair{Value: f.Value, Numerator: f.Numerator, Denominator: f.Denominator, Unit: f.Unit, CountUnit: f.CountUnit, Suppressed: f.Suppressed}
}

// OfCell takes the figure of one row of a finding's breakdown.
func OfCell(f finding.Finding, c finding.Cell) Pair {
	return Pair{Value: c.Value, Numerator: c.Numerator, Denominator: c.Denominator, Unit: f.Unit, CountUnit: f.CountUnit, Suppressed: c.Suppressed}
}

// OfAlso takes a second figure.
func OfAlso(a finding.Also) Pair {
	return Pair{Value: a.Value, Numerator: a.Numerator, Denominator: a.Denominator, Unit: a.Unit, CountUnit: a.CountUnit, Suppressed: a.Suppressed}
}

// Pair writes a figure. Without a value it is empty; of a share of few rows it
// is the counts alone.
func (w Words) Pair(p Pair) Figure {
	var f Figure
	if p.Suppressed {
		return Figure{Value: w.pick("för få för att visas", "too few to show")}
	}
	if p.Value == nil {
		return f
	}
	if p.Unit == "share" && p.Numerator != nil && p.Denominator != nil {
		f.Counts = w.Value("count", *p.Numerator) + nbsp + w.pick("av", "of") + nbsp + w.Value("count", *p.Denominator)
		if p.CountUnit == "sek" {
			f.Counts += nbsp + w.pick("kr", "SEK")
		}
		if finding.Few(p.Denominator) {
			return f
		}
	}
	f.Value = w.Figure(p.Unit, p.CountUnit, *p.Value)
	return f
}

func (w Words) pick(sv, en string) string {
	if w.english {
		return en
	}
	return sv
}
