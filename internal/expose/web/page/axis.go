package page

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
func scale(unit string, high float64) (size float64, key string) {
	const minute, hour, day = 60, 3600, 86400
	switch {
	case unit == "user_time", unit == "seconds" && high >= 3*hour && high < 5*day:
		return hour, "hours-short"
	case unit == "seconds" && high >= 5*day:
		return day, "days-short"
	case unit == "seconds" && high >= 3*minute:
		return minute, "minutes-short"
	case unit == "seconds":
		return 1, "seconds-short"
	case unit == "sek" && high >= 5e6:
		return 1e6, "million-sek"
	case unit == "sek" && high >= 5e3:
		return 1e3, "thousand-sek"
	case unit == "sek":
		return 1, "sek"
	}
	return 1, ""
}

// stepOf is the distance between the levels of an axis.
func stepOf(unit string, low, high float64) float64 {
	size, _ := scale(unit, high)
	step := niceStep((high-low)/4/size) * size
	if unit == "count" {
		return max(step, 1)
	}
	return step
}

// axis writes a level of an axis briefly.
func (f Frame) axis(unit string, v, high float64) string {
	size, key := scale(unit, high)
	switch {
	case key != "":
		return f.Number(v/size, decimals(high/size)) + "\u00a0" + f.say(key)
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
func (f Frame) axisExact(unit string, v float64) string {
	switch unit {
	case "seconds", "user_time", "sek":
		return f.axis(unit, v, math.Abs(v))
	}
	return f.Level(unit, v)
}
