package sdk

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Normalise brings what one source calls a person to the form that every
// source's pseudonyms are made of, so that "Svensson, Anna" in a spreadsheet
// and "Anna Svensson" in a directory meet. The rules, in order:
//
//  1. NFKC; typographic hyphens become "-", typographic apostrophes "'".
//  2. Control and format characters (soft hyphen, zero-width space, byte order
//     mark) are removed, every white space becomes a space, runs of spaces
//     collapse, and the ends are trimmed.
//  3. "Anna Svensson <anna.svensson@kommun.se>" is the address within < >.
//  4. A leading "mailto:", "smtp:" or "sip:" goes, in any case of letters.
//  5. "DOMAIN\user" is user: what stands before the last backslash goes, when
//     no space stands in it.
//  6. "Efternamn, Förnamn" is "förnamn efternamn": one comma, something on both
//     sides, and no "@".
//  7. Unicode case folding, then NFKC again: "ß" is "ss", "Å" is "å".
//
// Nothing else is guessed: dots and tags in an address stay, accents stay, and
// an address is never turned into a name or a login. The kind of key (login,
// UPN, mail, name) is no part of it, so a cell needs no kind to match.
func Normalise(text string) string {
	if plain(text) {
		return normalisePlain(text)
	}
	return normaliseAny(text)
}

// plain tells that a text is printable ASCII, for which the rules on Unicode
// change nothing but the case of letters. Most logins and addresses are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func normalisePlain(s string) string {
	if strings.Contains(s, " ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	s = strings.ToLower(nameInOrder(withoutDomain(withoutScheme(addressWithin(s)))))
	if strings.Contains(s, " ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

func normaliseAny(text string) string {
	s := clean(norm.NFKC.String(text))
	s = addressWithin(s)
	s = withoutScheme(s)
	s = withoutDomain(s)
	s = nameInOrder(s)
	s = norm.NFKC.String(cases.Fold().String(s))
	return strings.Join(strings.Fields(s), " ")
}

func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u2018' || r == '\u2019' || r == '\u02bc' || r == '\u00b4':
			return '\''
		case r >= '\u2010' && r <= '\u2015' || r == '\u2212':
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func addressWithin(s string) string {
	open := strings.LastIndexByte(s, '<')
	if open < 0 || !strings.HasSuffix(s, ">") {
		return s
	}
	if inner := strings.TrimSpace(s[open+1 : len(s)-1]); strings.Contains(inner, "@") {
		return inner
	}
	return s
}

func withoutScheme(s string) string {
	for _, scheme := range []string{"mailto:", "smtp:", "sip:"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return strings.TrimSpace(s[len(scheme):])
		}
	}
	return s
}

func withoutDomain(s string) string {
	i := strings.LastIndexByte(s, '\\')
	if i < 0 || strings.Contains(s[:i], " ") {
		return s
	}
	if user := strings.TrimSpace(s[i+1:]); user != "" {
		return user
	}
	return s
}

func nameInOrder(s string) string {
	if strings.Count(s, ",") != 1 || strings.Contains(s, "@") {
		return s
	}
	last, first, _ := strings.Cut(s, ",")
	last, first = strings.TrimSpace(last), strings.TrimSpace(first)
	if last == "" || first == "" {
		return s
	}
	return first + " " + last
}
