package wording

import (
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// englishDuration writes seconds in the two largest units that matter, as
// finding.Duration does in Swedish.
func englishDuration(seconds float64) string {
	if seconds < 0 {
		return "minus " + englishDuration(-seconds)
	}
	minutes, hours := int64(finding.Round(seconds/60, 0)), int64(finding.Round(seconds/3600, 0))
	switch {
	case finding.Round(seconds, 0) < 60:
		return counted(int64(finding.Round(seconds, 0)), "second")
	case minutes < 60:
		return counted(minutes, "minute")
	case minutes < 24*60:
		return both(counted(minutes/60, "hour"), minutes%60, "minute")
	case hours < 100*24:
		return both(counted(hours/24, "day"), hours%24, "hour")
	}
	return counted(int64(finding.Round(seconds/86400, 0)), "day")
}

func both(first string, n int64, one string) string {
	if n == 0 {
		return first
	}
	return first + " and " + counted(n, one)
}

func counted(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Words{english: true}.Count(n) + " " + one + "s"
}
