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

// axis writes a level of an axis briefly; high is the highest of the axis and
// chooses the unit, so that all of them have the same.
func (f Frame) axis(unit string, v, high float64) string {
	switch unit {
	case "share":
		if decimals := 0; high < 0.05 {
			decimals = 1
			return f.Percent(v, decimals)
		}
		return f.Percent(v, 0)
	case "seconds":
		return f.axisTime(v, high)
	case "user_time":
		return f.Number(v/3600, decimals(high/3600)) + "\u00a0" + f.say("hours-short")
	case "sek":
		return f.axisMoney(v, high)
	}
	switch {
	case high < 1:
		return f.Number(v, 2)
	case high < 5:
		return f.Number(v, 1)
	}
	return f.Number(v, 0)
}

func (f Frame) axisTime(v, high float64) string {
	const minute, hour, day = 60, 3600, 86400
	switch {
	case high < 3*minute:
		return f.Number(v, 0) + "\u00a0s"
	case high < 3*hour:
		return f.Number(v/minute, 0) + "\u00a0min"
	case high < 5*day:
		return f.Number(v/hour, decimals(high/hour)) + "\u00a0" + f.say("hours-short")
	}
	return f.Number(v/day, decimals(high/day)) + "\u00a0" + f.say("days-short")
}

func (f Frame) axisMoney(v, high float64) string {
	switch {
	case high >= 5e6:
		return f.Number(v/1e6, decimals(high/1e6)) + "\u00a0" + f.say("million-sek")
	case high >= 5e3:
		return f.Number(v/1e3, 0) + "\u00a0" + f.say("thousand-sek")
	}
	return f.Number(v, 0) + "\u00a0" + f.say("sek")
}

func decimals(high float64) int {
	if high < 10 {
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
