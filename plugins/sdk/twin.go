package sdk

import "strings"

// twinMark stands between the two pseudonyms of a twin. No pseudonym holds it.
const twinMark = "~"

// Twin tells the two pseudonyms of one text apart: "<new>~<old>", as a source
// sends them in the one collection in which the key is changed.
func Twin(text string) (now, before string, ok bool) {
	now, before, ok = strings.Cut(text, twinMark)
	if !ok || !IsPseudonym(now) || !IsPseudonym(before) {
		return "", "", false
	}
	return now, before, true
}
