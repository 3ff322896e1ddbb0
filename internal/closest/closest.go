// Package closest finds what somebody probably meant.
package closest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Name returns the candidate nearest to s by edit distance, regardless of case
// and doubled spaces, or "" when none is near enough to be what was meant. Of
// equally near ones the first wins.
func Name(s string, candidates []string) string {
	s = fold(s)
	best, least := "", len([]rune(s))/2+2
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(s, fold(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
