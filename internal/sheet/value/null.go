package value

import "strings"

// Nulls are the words that mean "not filled in".
type Nulls struct{ words map[string]bool }

// NewNulls returns the built-in words and those given.
func NewNulls(extra []string) Nulls {
	n := Nulls{words: map[string]bool{}}
	for _, w := range []string{
		"", "-", "--", "---", "–", "—", "?", "??", "???", ".", "…", "*", "x x x", "xx", "xxx", "xxxx",
		"vakant", "vakans", "vakant tjänst", "ej utsedd", "ej utsett", "inte utsedd", "ej tillsatt", "utses", "ska utses", "ej klart", "ej klar",
		"okänd", "okänt", "okända", "ej känd", "ej känt", "vet ej", "vet inte", "saknas", "saknar", "tom", "tomt", "blank",
		"ej angivet", "ej angiven", "ej ifylld", "ej ifyllt", "uppgift saknas", "inga uppgifter", "ingen uppgift", "ej satt", "ej bestämt", "ej beslutat",
		"tbd", "tba", "todo", "n/a", "na", "n.a.", "#n/a", "nil", "null", "(null)", "<null>", "none", "(tom)", "(tomt)", "(blank)", "(inget värde)",
		"unknown", "vacant", "not set", "not assigned", "unassigned", "empty", "i.u.", "iu", "e.t.", "ej relevant", "ej tillämpligt",
	} {
		n.words[w] = true
	}
	for _, w := range extra {
		n.words[Fold(w)] = true
	}
	return n
}

// Is tells whether a cell's text means nothing.
func (n Nulls) Is(s string) bool {
	if len(s) > 40 {
		return false
	}
	f := Fold(s)
	if n.words[f] {
		return true
	}
	f = strings.TrimSpace(strings.Trim(f, "!?.()[]<>"))
	return n.words[f]
}

// Fold makes texts comparable: lower case, one space between words, no-break
// spaces and soft hyphens gone.
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00a0', '\u2007', '\u202f', '\t', '\n', '\r':
			return ' '
		case '\u00ad', '\u200b', '\ufeff', '\u2060':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}
