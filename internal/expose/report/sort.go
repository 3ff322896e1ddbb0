package report

import "strings"

// sortKey orders names as the Swedish alphabet does: å, ä and ö after z.
func sortKey(s string) string {
	return strings.NewReplacer("å", "{", "ä", "|", "ö", "}", "é", "e").Replace(strings.ToLower(s))
}
