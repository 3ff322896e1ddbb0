package sheet

import (
	"bytes"
	"fmt"
)

// delimiters that are looked for, in order of preference.
const delimiters = ";\t,|"

// parseDelimiter reads a setting: one character, or "tab".
func parseDelimiter(s string) (byte, error) {
	switch {
	case s == "tab" || s == `\t`:
		return '\t', nil
	case len(s) == 1 && s != `"` && s != "\n" && s != "\r":
		return s[0], nil
	}
	return 0, fmt.Errorf("skiljetecknet %q går inte att använda; skriv ett enda tecken eller tab", s)
}

// DelimiterName is how a delimiter is written in settings.
func DelimiterName(b byte) string {
	if b == '\t' {
		return "tab"
	}
	return string(rune(b))
}

// sepLine reads Excel's hint in the first line, "sep=;".
func sepLine(head []byte) (byte, bool) {
	if len(head) > 4 && bytes.EqualFold(head[:4], []byte("sep=")) && (len(head) == 5 || head[5] == '\r' || head[5] == '\n') {
		return head[4], true
	}
	return 0, false
}

// findDelimiter looks at the beginning of a file, decoded: the right one occurs
// equally often in most lines.
func findDelimiter(head []byte) byte {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	if b, ok := sepLine(head); ok {
		return b
	}
	best, bestScore := byte(';'), 0
	for _, d := range []byte(delimiters) {
		counts := perLine(head, d)
		lines := make(map[int]int)
		for _, n := range counts {
			if n > 0 {
				lines[n]++
			}
		}
		score := 0
		for n, times := range lines {
			score = max(score, times*100+min(n, 50))
		}
		if score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// perLine counts a delimiter outside quotes in each whole line.
func perLine(head []byte, d byte) []int {
	var counts []int
	n, quoted := 0, false
	for _, b := range head {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == d:
			n++
		case b == '\n' || b == '\r':
			counts = append(counts, n)
			n = 0
		}
	}
	return append(counts, n)
}

// findTerminator tells old Macintosh line ends from the others.
func findTerminator(head []byte) byte {
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		return '\r'
	}
	return '\n'
}
