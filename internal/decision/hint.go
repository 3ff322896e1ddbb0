package decision

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/closest"
)

// hint is the closest candidate as the end of a Swedish sentence.
func hint(s string, candidates []string) string {
	if c := closest.Name(s, candidates); c != "" {
		return fmt.Sprintf("; närmast är ”%s”", c)
	}
	return ""
}

// fold is how names are compared: without case, doubled spaces and soft hyphens.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, "\u00ad", ""))), " ")
}
