package strategy

import (
	"sort"
	"strings"
)

// spans are stretches of a text, in order.
type spans [][2]int

func (s spans) has(i int) bool { return s.find(i) >= 0 }

// after is the end of the stretch that holds i.
func (s spans) after(i int) int {
	if n := s.find(i); n >= 0 {
		return s[n][1]
	}
	return i + 1
}

func (s spans) find(i int) int {
	n := sort.Search(len(s), func(n int) bool { return s[n][1] > i })
	if n == len(s) || s[n][0] > i {
		return -1
	}
	return n
}

// codeOf finds the code of a Markdown text: fenced blocks and code within a
// line; and where the header at its beginning ends, 0 where it has none.
func codeOf(text string) (code spans, header int) {
	fence, opened := "", 0
	at, first := 0, true
	inHeader := false
	for line := range strings.SplitAfterSeq(text, "\n") {
		start := at
		at += len(line)
		bare := strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimLeft(bare, " ")
		switch {
		case first && strings.TrimPrefix(bare, "\ufeff") == "---":
			inHeader = true
		case inHeader:
			if bare == "---" || bare == "..." {
				inHeader, header = false, at
			}
		case fence != "":
			if mark := fenceOf(trimmed); strings.HasPrefix(mark, fence) && strings.Trim(trimmed, fence[:1]+" \t") == "" {
				code, fence = append(code, [2]int{opened, at}), ""
			}
		case fenceOf(afterPrefix(trimmed)) != "":
			fence, opened = fenceOf(afterPrefix(trimmed)), start
		default:
			code = append(code, inline(bare, start)...)
		}
		first = false
	}
	if fence != "" {
		code = append(code, [2]int{opened, len(text)})
	}
	return code, header
}

// afterPrefix is a line without the quotes and list marks before its content.
func afterPrefix(line string) string { return strings.TrimLeft(line, "> -*+\t") }

// fenceOf is the fence that begins a line, "" if none does.
func fenceOf(line string) string {
	for _, c := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, c)); n >= 3 && (c == "~" || !strings.Contains(line[n:], "`")) {
			return line[:n]
		}
	}
	return ""
}

// inline finds code within a line: between runs of as many backticks.
func inline(line string, start int) spans {
	var out spans
	lone := map[int]bool{} // lengths of runs that have no other after them
	for i := 0; i < len(line); {
		if line[i] != '`' {
			i++
			continue
		}
		n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
		end := -1
		if !lone[n] {
			end = closing(line, i+n, n)
		}
		if end < 0 {
			lone[n] = true
			i += n
			continue
		}
		out = append(out, [2]int{start + i, start + end})
		i = end
	}
	return out
}

// closing is the end of the next run of exactly n backticks, -1 if there is none.
func closing(line string, from, n int) int {
	for i := from; i < len(line); {
		if line[i] != '`' {
			i++
			continue
		}
		m := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
		if m == n {
			return i + m
		}
		i += m
	}
	return -1
}
