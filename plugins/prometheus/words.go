package prometheus

import (
	"regexp"
	"strings"
)

// maxWords is how many characters are passed on of what the server says.
const maxWords = 300

// labelsIn are label sets in what the server says; they may hold anything.
var labelsIn = regexp.MustCompile(`\{[^{}]*\}?`)

// ofParser is how Prometheus begins what it says of a query that it cannot
// parse. It has looked at the query alone, so no label of a series stands there.
var ofParser = regexp.MustCompile(`^(invalid parameter "query": )?([0-9]+:[0-9]+: )?parse error: `)

// phrases are what Prometheus says of a query that it cannot work out, without
// the labels of the series that it was about.
func phrases() []string {
	return []string{
		"found duplicate series for the match group", "multiple matches for labels", "many-to-many matching not allowed", "grouping labels must ensure unique matches",
		"vector cannot contain metrics with the same labelset", "query processing would load too many samples into memory", "query timed out",
		"exceeded maximum resolution of 11,000 points per timeseries", "invalid destination label name", "invalid source label name",
	}
}

// told is what may be passed on of what the server says, after a colon. What
// stands in a label may stand anywhere in a sentence, with or without the
// braces, so only known sentences are.
func told(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if ofParser.MatchString(s) {
		s = labelsIn.ReplaceAllString(s, "{…}")
		if r := []rune(s); len(r) > maxWords {
			s = string(r[:maxWords]) + " …"
		}
		return ": " + s
	}
	var known []string
	for _, p := range phrases() {
		if strings.Contains(s, p) {
			known = append(known, p)
		}
	}
	if len(known) == 0 {
		return ""
	}
	return ": " + strings.Join(known, "; ")
}
