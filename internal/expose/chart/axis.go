package chart

import "math"

// niceStep is the next larger of 1, 2, 2.5 and 5 times a power of ten.
func niceStep(least float64) float64 {
	if least <= 0 || math.IsInf(least, 0) || math.IsNaN(least) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if m*power >= least*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func floorTo(v, step float64) float64 { return math.Floor(v/step+1e-9) * step }

func ceilTo(v, step float64) float64 { return math.Ceil(v/step-1e-9) * step }

// scale is how much of a unit an axis is told in: seconds in hours, kronor in
// millions. high is the highest of the axis, so that all of it has one.
func (f plane) scale(unit string, high float64) (size float64, name string) {
	const minute, hour, day = 60, 3600, 86400
	switch {
	case unit == "user_time", unit == "seconds" && high >= 3*hour && high < 5*day:
		return hour, f.pick("tim", "h")
	case unit == "seconds" && high >= 5*day:
		return day, f.pick("dygn", "days")
	case unit == "seconds" && high >= 3*minute:
		return minute, f.pick("min", "min")
	case unit == "seconds":
		return 1, f.pick("s", "s")
	case unit == "sek" && high >= 5e6:
		return 1e6, f.pick("mnkr", "MSEK")
	case unit == "sek" && high >= 5e3:
		return 1e3, f.pick("tkr", "kSEK")
	case unit == "sek":
		return 1, f.pick("kr", "SEK")
	}
	return 1, ""
}

// stepOf is the distance between the levels of an axis.
func (f plane) stepOf(unit string, low, high float64) float64 {
	size, _ := f.scale(unit, high)
	step := niceStep((high-low)/4/size) * size
	if unit == "count" {
		return max(step, 1)
	}
	return step
}

// axis writes a level of an axis briefly.
func (f plane) axis(unit string, v, high float64) string {
	size, key := f.scale(unit, high)
	switch {
	case key != "":
		return f.Number(v/size, decimals(high/size)) + "\u00a0" + key
	case unit == "share" && high < 0.05:
		return f.Percent(v, 1)
	case unit == "share":
		return f.Percent(v, 0)
	case unit == "count":
		return f.Number(v, 0)
	case high < 1:
		return f.Number(v, 2)
	}
	return f.Number(v, decimals(high))
}

func decimals(high float64) int {
	if high < 5 {
		return 1
	}
	return 0
}

// axisExact writes one figure beside a curve.
func (f plane) axisExact(unit string, v float64) string {
	switch unit {
	case "seconds", "user_time", "sek":
		return f.axis(unit, v, math.Abs(v))
	}
	return f.Level(unit, v)
}
