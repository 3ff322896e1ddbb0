package finding

import "math"

// Words about a change need more than noise.
const (
	trendShare = 0.02 // two percentage points, or two percent of a figure that is not a share
	trendRows  = 3
	epsilon    = 1e-9
)

// Trend says what a change of a figure is, by the direction that its definition
// gives ("up", "down" or "none"): better, worse or unchanged, and
// not_comparable where the method or the population is another, or no direction
// says what better is. Both figures have a value.
func Trend(direction string, old, now *Finding) string {
	if old.MethodVersion != now.MethodVersion || old.Population != now.Population || old.Unit != now.Unit {
		return "not_comparable"
	}
	change := *now.Value - *old.Value
	size, rows := math.Abs(change), math.Abs(change)
	if now.Unit == "share" {
		if now.Denominator != nil {
			rows = size * *now.Denominator
		}
	} else {
		size = relative(change, *old.Value)
		if now.Denominator != nil && now.Unit != "count" {
			rows = *now.Denominator
		}
	}
	switch {
	case size <= trendShare+epsilon || rows <= trendRows+epsilon:
		return "unchanged"
	case direction == "up" && change > 0 || direction == "down" && change < 0:
		return "better"
	case direction == "up" || direction == "down":
		return "worse"
	}
	return "not_comparable"
}

func relative(change, from float64) float64 {
	if from == 0 {
		return math.Inf(1)
	}
	return math.Abs(change / from)
}
