package wording

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// List joins what is enumerated: "a, b och c".
func (w Words) List(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + w.pick(" och ", " and ") + items[len(items)-1]
}

// Letters writes the numbers up to twelve in Swedish letters, as running text
// does. Common tells "en" from "ett".
func Letters(n int64, common bool) string {
	words := []string{"", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"}
	switch {
	case n == 1 && common:
		return "en"
	case n > 0 && n < int64(len(words)):
		return words[n]
	}
	return finding.Number(float64(n), 0)
}
