package sql

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// statement is a query that has been looked through.
type statement struct {
	// parts are the text between the placeholders :since.
	parts []string
}

// since tells whether the query asks for :since.
func (s statement) since() bool { return len(s.parts) > 1 }

// with writes the query with placeholders of the driver's form; n counts from 1.
func (s statement) with(placeholder func(n int) string) string {
	var b strings.Builder
	for i, p := range s.parts {
		if i > 0 {
			b.WriteString(placeholder(i))
		}
		b.WriteString(p)
	}
	return b.String()
}

// beginnings are the first words of a statement that reads.
var beginnings = []string{"SELECT", "WITH", "VALUES", "TABLE"}

// Words that SQL Server, which has no read-only transactions, keeps for
// statements that write, call or end what goes before. Unquoted they can be no
// names. Others are refused by the server itself.
var transactWriting = []string{
	"INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "EXEC", "EXECUTE", "DROP", "ALTER", "CREATE", "TRUNCATE", "GRANT", "REVOKE", "DENY",
	"BACKUP", "RESTORE", "COMMIT", "ROLLBACK", "BEGIN", "SAVE", "USE", "SHUTDOWN", "KILL", "DBCC", "BULK", "WAITFOR", "DECLARE", "SET",
	"RECONFIGURE", "OPENROWSET", "OPENQUERY", "OPENDATASOURCE", "WRITETEXT", "UPDATETEXT", "TRIGGER", "REVERT", "SETUSER",
}

// parseStatement looks through a query: it is one statement that begins like
// one that reads, and its placeholders stand outside texts and remarks. That
// nothing is written is the server's to see to; this finds mistakes early.
func parseStatement(driver, query string) (statement, error) {
	l := lexer{src: strings.TrimRight(query, " \t\r\n;"), driver: driver}
	var s statement
	from, first := 0, ""
	for {
		t, err := l.next()
		if err != nil {
			return s, err
		}
		switch {
		case t.kind == end:
			if first == "" {
				return s, errors.New("frågan är tom")
			}
			s.parts = append(s.parts, l.src[from:])
			return s, nil
		case t.kind == semicolon:
			return s, errors.New("frågan är flera satser; skriv en enda")
		case t.kind == parameter && t.text != "since":
			return s, fmt.Errorf("frågan har platshållaren :%s; bara :since finns", t.text)
		case t.kind == parameter:
			s.parts = append(s.parts, l.src[from:t.at])
			from = l.at
		}
		if t.kind != word {
			if first == "" && (t.kind != other || t.text != "(") {
				return s, notReading()
			}
			continue
		}
		up := strings.ToUpper(t.text)
		if first == "" {
			if first = up; !slices.Contains(beginnings, up) {
				return s, notReading()
			}
		}
		if driver == sqlServer && slices.Contains(transactWriting, up) {
			return s, fmt.Errorf("frågan innehåller %s och kan skriva; bara SELECT godtas", up)
		}
		if up == "OUTFILE" || up == "DUMPFILE" {
			return s, fmt.Errorf("frågan innehåller %s och skriver en fil", up)
		}
	}
}

func notReading() error {
	return errors.New("frågan måste börja med SELECT eller WITH; källan läser bara")
}

// The kinds of token.
type kind uint8

const (
	end kind = iota
	word
	parameter
	semicolon
	other
)

type token struct {
	kind kind
	text string
	at   int
}

// lexer splits a query into what matters here.
type lexer struct {
	src    string
	driver string
	at     int
}

func (l *lexer) has(p string) bool { return strings.HasPrefix(l.src[l.at:], p) }

// next returns the next token outside texts, quoted names and remarks. A
// quoted name or a text is returned as one token of kind other.
func (l *lexer) next() (token, error) {
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case l.has("--") || c == '#' && l.driver == mySQL:
			l.until("\n")
		case l.has("/*!") || l.has("/*M!"):
			return token{}, errors.New("frågan har en anmärkning som MySQL utför (/*! … */); skriv den utan")
		case l.has("/*"):
			if err := l.remark(); err != nil {
				return token{}, err
			}
		default:
			return l.token(c)
		}
	}
	return token{kind: end, at: l.at}, nil
}

func (l *lexer) token(c byte) (token, error) {
	at := l.at
	switch {
	case c == '\'' || c == '"' || c == '`':
		return token{other, "", at}, l.quoted(c)
	case c == '[' && (l.driver == sqlServer || l.driver == sqlite):
		return token{other, "", at}, l.quoted(']')
	case c == '$' && l.driver == postgres:
		return token{other, "", at}, l.dollar()
	case c == ';':
		l.at++
		return token{semicolon, ";", at}, nil
	case l.has("::") || l.has(":="):
		l.at += 2
		return token{other, "::", at}, nil
	case c == ':' && at+1 < len(l.src) && nameByte(l.src[at+1]):
		l.at++
		return token{parameter, l.name(), at}, nil
	case nameByte(c):
		w := l.name()
		if l.driver == postgres && (w == "e" || w == "E") && l.at < len(l.src) && l.src[l.at] == '\'' {
			return token{other, "", at}, l.escaped()
		}
		return token{word, w, at}, nil
	}
	l.at++
	return token{other, string(c), at}, nil
}

func nameByte(c byte) bool {
	return c == '_' || c >= 0x80 || unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c))
}

func (l *lexer) name() string {
	from := l.at
	for l.at < len(l.src) && (nameByte(l.src[l.at]) || l.src[l.at] == '$' || l.src[l.at] == '#' && l.driver == sqlServer) {
		l.at++
	}
	return l.src[from:l.at]
}

// until moves past the next p, or to the end.
func (l *lexer) until(p string) bool {
	i := strings.Index(l.src[l.at:], p)
	if i < 0 {
		l.at = len(l.src)
		return false
	}
	l.at += i + len(p)
	return true
}

// remark moves past a remark; those of PostgreSQL and SQL Server hold others.
func (l *lexer) remark() error {
	depth := 0
	for l.at < len(l.src) {
		switch {
		case l.has("/*") && (depth == 0 || l.driver == postgres || l.driver == sqlServer):
			depth++
			l.at += 2
		case l.has("*/"):
			l.at += 2
			if depth--; depth == 0 {
				return nil
			}
		default:
			l.at++
		}
	}
	return errors.New("en anmärkning (/*) tar aldrig slut")
}

// quoted moves past a text or a quoted name; a doubled end stands for itself.
func (l *lexer) quoted(stop byte) error {
	l.at++
	for l.at < len(l.src) {
		c := l.src[l.at]
		l.at++
		switch {
		case c == '\\' && l.driver == mySQL && stop != '`':
			l.at++
		case c == stop && l.at < len(l.src) && l.src[l.at] == stop:
			l.at++
		case c == stop:
			return nil
		}
	}
	return fmt.Errorf("ett citat (%c) tar aldrig slut", stop)
}

// escaped moves past PostgreSQL's E'…', where a backslash takes the next sign.
func (l *lexer) escaped() error {
	l.at++
	for l.at < len(l.src) {
		c := l.src[l.at]
		l.at++
		switch {
		case c == '\\':
			l.at++
		case c == '\'' && l.at < len(l.src) && l.src[l.at] == '\'':
			l.at++
		case c == '\'':
			return nil
		}
	}
	return errors.New("ett citat (') tar aldrig slut")
}

// dollar moves past $tag$ … $tag$, or the dollar of a placeholder $1.
func (l *lexer) dollar() error {
	rest := l.src[l.at+1:]
	i := strings.IndexByte(rest, '$')
	if i < 0 || strings.ContainsFunc(rest[:i], func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) ||
		i > 0 && rest[0] >= '0' && rest[0] <= '9' {
		l.at++
		return nil
	}
	tag := l.src[l.at : l.at+i+2]
	l.at += len(tag)
	if !l.until(tag) {
		return errors.New("ett citat (" + tag + ") tar aldrig slut")
	}
	return nil
}
