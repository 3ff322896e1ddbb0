package value

import "strings"

// Nulls are the words that mean "not filled in".
type Nulls struct {
	words   map[string]bool
	longest int
}

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
	for w := range n.words {
		n.longest = max(n.longest, len(w))
	}
	return n
}

// Is tells whether a cell's text means nothing.
func (n Nulls) Is(s string) bool {
	if len(s) > n.longest+6 || len(s) > 1 && s[0] >= '0' && s[0] <= '9' {
		return false
	}
	f := Fold(s)
	if n.words[f] {
		return true
	}
	if t := strings.TrimSpace(strings.Trim(f, "!?.()[]<>")); t != f {
		return n.words[t]
	}
	return false
}

// Fold makes texts comparable: lower case, one space between words, no-break
// spaces and soft hyphens gone.
func Fold(s string) string {
	if plainASCII(s) {
		return strings.ToLower(s)
	}
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

// plainASCII tells texts that only their case can keep from being folded.
func plainASCII(s string) bool {
	for i := range len(s) {
		if b := s[i]; b < ' ' || b >= 0x7f || b == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}
