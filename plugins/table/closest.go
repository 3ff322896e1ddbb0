package table

import "github.com/kommunpuls/kommunpuls/internal/sheet"

// closest returns the name most like want, and its position; -1 if none is.
func closest(want string, names []string) (string, int) {
	w := []rune(sheet.Fold(want))
	best, at := len(w)*2/3+1, -1
	for i, n := range names {
		if d := distance(w, []rune(sheet.Fold(n))); d < best {
			best, at = d, i
		}
	}
	if at < 0 {
		return "", -1
	}
	return names[at], at
}

// distance is how many letters must be changed, added or removed.
func distance(a, b []rune) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range a {
		diag := prev[0]
		prev[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diag, prev[j+1] = prev[j+1], min(prev[j]+1, prev[j+1]+1, diag+cost)
		}
	}
	return prev[len(b)]
}
