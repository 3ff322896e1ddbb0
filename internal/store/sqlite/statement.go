package sqlite

import (
	"errors"
	"strings"
	"unicode"
)

// Errors of a text that a reader refuses before the database sees it.
var (
	ErrNotQuery  = errors.New("only a SELECT, VALUES or WITH statement may be run")
	ErrTwoInOne  = errors.New("only one statement may be run")
	errUnclosed  = errors.New("a quote or comment is not closed")
	errEmptyText = errors.New("the text is empty")
)

// oneQuery makes sure that a text is one statement that starts like a query.
// What a query may do beyond that is limited by the connection itself.
func oneQuery(text string) error {
	bare, err := stripped(text)
	if err != nil {
		return err
	}
	bare = strings.TrimSpace(bare)
	if bare == "" {
		return errEmptyText
	}
	if i := strings.IndexByte(bare, ';'); i >= 0 && strings.Trim(bare[i:], "; \t\r\n\f") != "" {
		return ErrTwoInOne
	}
	word := strings.ToUpper(bare[:wordEnd(bare)])
	switch word {
	case "SELECT", "WITH", "VALUES":
		return nil
	}
	return ErrNotQuery
}

func wordEnd(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		return i
	}
	return len(s)
}

// stripped replaces comments by a blank and quoted text by an empty quote.
func stripped(text string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); {
		end, quoted := skip(text[i:])
		switch {
		case end < 0:
			return "", errUnclosed
		case end == 0:
			if text[i] == 0 {
				return "", errUnclosed
			}
			b.WriteByte(text[i])
			i++
		default:
			if quoted {
				b.WriteString("''")
			} else {
				b.WriteByte(' ')
			}
			i += end
		}
	}
	return b.String(), nil
}

// skip returns the length of the quote or comment that s starts with: 0 if it
// starts with neither, -1 if it does not end.
func skip(s string) (n int, quoted bool) {
	switch {
	case s[0] == '\'' || s[0] == '"' || s[0] == '`':
		for i := 1; i < len(s); i++ {
			if s[i] != s[0] {
				continue
			}
			if i+1 < len(s) && s[i+1] == s[0] {
				i++
				continue
			}
			return i + 1, true
		}
		return -1, true
	case s[0] == '[':
		if i := strings.IndexByte(s, ']'); i >= 0 {
			return i + 1, true
		}
		return -1, true
	case strings.HasPrefix(s, "--"):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return i + 1, false
		}
		return len(s), false
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return i + 4, false
		}
		return -1, false
	}
	return 0, false
}
