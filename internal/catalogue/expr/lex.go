package expr

import (
	"strings"
	"unicode/utf8"
)

// Limits of a text. They are far above any KPI that a person can still read.
const (
	MaxLength = 8192 // bytes
	MaxDepth  = 40   // nested parentheses, calls and sub-selects
	maxText   = 512  // bytes of one string literal
)

type tokenKind uint8

const (
	end tokenKind = iota
	word
	number
	text
	param
	symbol
)

type token struct {
	kind tokenKind
	s    string // word and symbol as written, text without its quotes
	low  string // lower-case word, for keywords
	pos  int    // character, from 1
}

// String is the token as an error message shows it.
func (t token) String() string {
	switch t.kind {
	case end:
		return "the end"
	case text:
		return "'" + t.s + "'"
	case param:
		return ":" + t.s
	default:
		return t.s
	}
}

// symbols of two characters come first.
var symbols = []string{"<>", "<=", ">=", "!=", "||", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "."}

// refused characters, with what to do instead.
var refused = map[byte]string{
	';':  "; is not allowed: an expression is one expression and no statement",
	'"':  "double quotes are not allowed: columns are written bare, texts in single quotes",
	'`':  "backticks are not allowed: columns are written bare",
	'[':  "square brackets are not allowed: columns are written bare",
	']':  "square brackets are not allowed: columns are written bare",
	'?':  "? is not allowed: the only parameter is :as_of",
	'$':  "$ is not allowed: the only parameter is :as_of",
	'@':  "@ is not allowed: the only parameter is :as_of",
	'%':  "% is not allowed",
	'\\': `\ is not allowed: a quote inside a text is written ''`,
}

// lex splits a text into tokens.
func lex(src string) ([]token, error) {
	if len(src) > MaxLength {
		return nil, fault(1, "the text is %d bytes long, at most %d are allowed", len(src), MaxLength)
	}
	if !utf8.ValidString(src) {
		return nil, fault(1, "the text is not valid UTF-8")
	}
	l := lexer{src: src}
	var out []token
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		if t.kind == end {
			return out, nil
		}
	}
}

type lexer struct {
	src string
	i   int
}

func (l *lexer) next() (token, error) {
	for l.i < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.i]) >= 0 {
		l.i++
	}
	start := l.i
	t := token{pos: utf8.RuneCountInString(l.src[:start]) + 1}
	if start == len(l.src) {
		return t, nil
	}
	c, rest := l.src[start], l.src[start:]
	if strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "/*") {
		return t, fault(t.pos, "comments are not allowed inside SQL: write them in the YAML, with #")
	}
	if why, bad := refused[c]; bad {
		return t, fault(t.pos, "%s", why)
	}
	switch {
	case c == '\'':
		return l.quoted(t)
	case isDigit(c):
		t.kind, t.s = number, l.run(isNumber)
		if l.i < len(l.src) && isWord(l.src[l.i]) {
			return t, fault(t.pos, "%s%c is not a number: write it out with digits and at most one point", t.s, l.src[l.i])
		}
		return t, nil
	case isWord(c):
		t.kind, t.s = word, l.run(isWord)
		t.low = strings.ToLower(t.s)
		return t, nil
	case c == ':':
		l.i++
		t.kind, t.s = param, l.run(isWord)
		return t, nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			l.i += len(s)
			t.kind, t.s = symbol, s
			return t, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return t, fault(t.pos, "%q is not allowed here; texts stand in single quotes", r)
}

func (l *lexer) run(ok func(byte) bool) string {
	start := l.i
	for l.i < len(l.src) && ok(l.src[l.i]) {
		l.i++
	}
	return l.src[start:l.i]
}

// quoted reads a text in single quotes, a doubled quote standing for one.
func (l *lexer) quoted(t token) (token, error) {
	var b strings.Builder
	for l.i++; l.i < len(l.src); l.i++ {
		c := l.src[l.i]
		switch {
		case c == '\'' && l.i+1 < len(l.src) && l.src[l.i+1] == '\'':
			l.i++
		case c == '\'':
			l.i++
			t.kind, t.s = text, b.String()
			if len(t.s) > maxText {
				return t, fault(t.pos, "a text of %d bytes, at most %d are allowed", len(t.s), maxText)
			}
			return t, nil
		case c < ' ' || c == 0x7f:
			return t, fault(t.pos, "a text holds a control character")
		}
		b.WriteByte(c)
	}
	return t, fault(t.pos, "a text is not closed with '")
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isNumber(c byte) bool { return isDigit(c) || c == '.' }
func isWord(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
