// Package wording puts findings into words: figures with their unit, outcomes
// with their shape, days, targets and what breakdowns are called, in Swedish
// and English. The printed report and the web page speak with it.
package wording

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// The languages.
const (
	Swedish = "sv"
	English = "en"
)

// nbsp keeps a number and its unit, or a day and its month, on one line.
const nbsp = "\u00a0"

// Words speaks one language. The zero value speaks Swedish.
type Words struct{ english bool }

// In returns the words of a language; any other than English is Swedish.
func In(lang string) Words { return Words{english: lang == English} }

// Lang is the language, as the attribute of HTML has it.
func (w Words) Lang() string {
	if w.english {
		return English
	}
	return Swedish
}

// Text chooses the language of a text, or the other where it has only one.
func (w Words) Text(t finding.Text) string {
	if w.english && t.EN != "" || t.SV == "" {
		return t.EN
	}
	return t.SV
}

// fieldName is a field's own name after what it is called.
var fieldName = regexp.MustCompile(` \([a-z0-9_]+\.[a-z0-9_.:]+\)`)

// Why is a reason as those are told it who read a figure. The fields' own names,
// "(system.role:owner)", say something to those alone who configure sources.
func (w Words) Why(reason finding.Text) string {
	return strings.TrimSpace(fieldName.ReplaceAllString(w.Text(reason), ""))
}

// Capital begins a sentence.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// SortKey orders names as the Swedish alphabet does: å, ä and ö after z.
func SortKey(s string) string {
	return strings.NewReplacer("å", "{", "ä", "|", "ö", "}", "é", "e").Replace(strings.ToLower(s))
}

// NotCounted is what a figure does not count, said under a label that already
// says "Räknas inte": without those words of its own.
func NotCounted(s string) string {
	for _, label := range []string{"Räknas inte:", "Not counted:"} {
		if rest, ok := strings.CutPrefix(s, label); ok {
			return Capital(strings.TrimSpace(rest))
		}
	}
	return s
}
