package strategy

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// The comments that stand around a status in Markdown.
const mdEnd = "<!-- /kommunpuls -->"

func mdStart(m Marker) string { return "<!-- kommunpuls: " + m.String() + " -->" }

// mdToken finds what a scan of Markdown stops at: the start of a filled status,
// its end, a marker, and braces that begin a marker without ending it.
var mdToken = regexp.MustCompile(`<!--\s*kommunpuls:\s*([^>]*?)\s*-->|<!--\s*(/kommunpuls)\s*-->|(\\?)\{\{([^{}\r\n]*)\}\}|\{\{([^{}\r\n]*)`)

// fillMarkdown writes statuses into Markdown. Everything else stays as it is,
// byte by byte. Code is left alone, so that a text can show a marker.
func fillMarkdown(in []byte, facts Facts) (Result, error) {
	switch {
	case len(in) > maxMarkdown:
		return Result{}, fmt.Errorf("filen är större än %d MB: %w", maxMarkdown>>20, ErrFormat)
	case !utf8.Valid(in) || bytes.IndexByte(in, 0) >= 0:
		return Result{}, fmt.Errorf("filen är inte text i UTF-8: %w", ErrFormat)
	}
	f := &filler{facts: facts}
	text := string(in)
	code, header := codeOf(text)
	var out strings.Builder
	done, from := 0, 0
	line, counted := 1, 0
	for from < len(text) && !f.tooMany() {
		t := mdToken.FindStringSubmatchIndex(text[from:])
		if t == nil {
			break
		}
		for i := range t {
			if t[i] >= 0 {
				t[i] += from
			}
		}
		from = t[1]
		line, counted = line+strings.Count(text[counted:t[0]], "\n"), t[0]
		where := fmt.Sprintf("rad %d", line)
		switch {
		case code.has(t[0]):
			from = code.after(t[0])
		case t[2] >= 0: // a filled status
			end := mdToken.FindStringSubmatchIndex(text[t[1]:])
			for end != nil && end[2] < 0 && end[4] < 0 { // braces inside an old status
				next := mdToken.FindStringSubmatchIndex(text[t[1]+end[1]:])
				end = shift(next, end[1])
			}
			if end == nil || end[4] < 0 {
				f.fault(where, "statusen för %s har inget slut; skriv %s efter den", text[t[2]:t[3]], mdEnd)
				continue
			}
			from = t[1] + end[1]
			if m, status, ok := f.say(where, text[t[2]:t[3]]); ok {
				out.WriteString(text[done:t[0]])
				out.WriteString(mdForm(m, status, blockIndent(text, t[0], t[1])))
				done = from
			}
		case t[4] >= 0:
			f.fault(where, "%s står utan någon början före", mdEnd)
		case t[6] >= 0 && t[6] < t[7]: // \{{ is no marker
		case t[8] >= 0 && t[0] < header:
			f.fault(where, "en markör i filhuvudet (mellan --- och ---) går inte att fylla i")
		case t[8] >= 0:
			m, status, ok := f.say(where, text[t[8]:t[9]])
			if !ok {
				continue
			}
			out.WriteString(text[done:t[0]])
			out.WriteString(mdNew(m, status, text, t[0], t[1]))
			done = t[1]
		case isKind(text[t[10]:t[11]]):
			f.fault(where, "markören {{%s avslutas inte med }}", firstWords(text[t[10]:t[11]]))
		}
	}
	out.WriteString(text[done:])
	return f.result([]byte(out.String())), nil
}

func shift(t []int, by int) []int {
	for i := range t {
		if t[i] >= 0 {
			t[i] += by
		}
	}
	return t
}

// mdForm writes a status with its comments. indent is not nil for a status on a
// line of its own.
func mdForm(m Marker, status string, indent *string) string {
	status = mdEscape(status)
	if indent == nil {
		return mdStart(m) + status + mdEnd
	}
	return mdStart(m) + *indent + status + *indent + mdEnd
}

// prefix is what may stand before the first word of a paragraph: list marks and
// quotes.
var mdPrefix = regexp.MustCompile(`^[\s>]*([-*+]|\d+[.)])?\s*$`)

// mdNew writes a status in place of a marker at [from, to). A line that begins
// with a comment is no paragraph to Markdown, so a marker that is alone on its
// line gets three lines, and one that begins a line a mark that nobody sees.
func mdNew(m Marker, status, text string, from, to int) string {
	before := lineBefore(text, from)
	switch {
	case strings.TrimSpace(before) == "" && blankAfter(text, to):
		indent := newline(text) + before
		return mdForm(m, status, &indent)
	case mdPrefix.MatchString(before):
		return "\u200b" + mdForm(m, status, nil)
	}
	return mdForm(m, status, nil)
}

// blockIndent is the line break and indent of a status whose start stands alone
// on its line, nil for one within a line.
func blockIndent(text string, from, to int) *string {
	before := lineBefore(text, from)
	if strings.TrimSpace(before) != "" || !blankAfter(text, to) || !strings.Contains(text[to:], "\n") {
		return nil
	}
	indent := newline(text) + before
	return &indent
}

// lineBefore is what stands before a place on its line, as far as it can be
// indent, quotes and list marks.
func lineBefore(text string, at int) string {
	const longest = 200
	start := max(at-longest, 0)
	if i := strings.LastIndexByte(text[start:at], '\n'); i >= 0 {
		return text[start+i+1 : at]
	}
	if start > 0 {
		return "…"
	}
	return strings.TrimPrefix(text[:at], "\ufeff")
}

// blankAfter tells whether nothing follows a place on its line.
func blankAfter(text string, at int) bool {
	for ; at < len(text) && text[at] != '\n'; at++ {
		if !strings.ContainsRune(" \t\r", rune(text[at])) {
			return false
		}
	}
	return true
}

// newline is how the lines of a text end.
func newline(text string) string {
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// mdEscape keeps what a status says from being read as Markdown or HTML.
func mdEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "*", "&#42;", "_", "&#95;", "`", "&#96;", "|", "&#124;", "[", "&#91;", "]", "&#93;", "~", "&#126;", `\`, "&#92;", "{", "&#123;", "}", "&#125;", "\n", " ").Replace(s)
}

func firstWords(s string) string {
	w := strings.Fields(s)
	return strings.Join(w[:min(len(w), 3)], " ")
}
