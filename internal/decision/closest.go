package decision

import (
	"fmt"
	"strings"
)

// closest returns the candidate nearest to s by edit distance, or "" when
// nothing is near enough to be what was meant.
func closest(s string, candidates []string) string {
	s = fold(s)
	best, bestDist := "", len([]rune(s))/2+2
	for _, c := range candidates {
		f := fold(c)
		if d := distance([]rune(s), []rune(f)); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

// hint is the closest candidate as the end of a Swedish sentence.
func hint(s string, candidates []string) string {
	if c := closest(s, candidates); c != "" {
		return fmt.Sprintf("; närmast är ”%s”", c)
	}
	return ""
}

// fold is how names are compared: without case, doubled spaces and soft hyphens.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, "\u00ad", ""))), " ")
}

// distance is the Levenshtein distance.
func distance(a, b []rune) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range a {
		diag := prev[0]
		prev[0] = i + 1
		for j := range b {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = prev[j+1]
			prev[j+1] = min(cost, prev[j+1]+1, prev[j]+1)
		}
	}
	return prev[len(b)]
}
