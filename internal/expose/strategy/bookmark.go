package strategy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A status stands in a content control, whose tag is its marker, and in
// bookmarks whose names are the marker too: LibreOffice keeps the control when
// it saves a DOCX, but before 7.5 not its tag, and Word users can lose a
// bookmark when they type over it. A name has at most 40 letters, so a marker is
// spread over as many bookmarks as it needs: kp3_1_…, kp3_2_….
var markName = regexp.MustCompile(`^kp(\d+)_(\d+)_(.*)$`)

const markChunk = 28

// bookmarks numbers the bookmarks of a document.
type bookmarks struct{ id, statuses int }

// around are the bookmarks to stand before and after a status.
func (b *bookmarks) around(prefix string, m Marker) (before, after string) {
	b.statuses++
	code := encode(m.String())
	var start, end strings.Builder
	for part := 1; code != ""; part++ {
		n := min(markChunk, len(code))
		fmt.Fprintf(&start, `<%[1]sbookmarkStart %[1]sid="%[2]d" %[1]sname="kp%[3]d_%[4]d_%[5]s"/>`, prefix, b.id, b.statuses, part, code[:n])
		fmt.Fprintf(&end, `<%[1]sbookmarkEnd %[1]sid="%[2]d"/>`, prefix, b.id)
		code = code[n:]
		b.id++
	}
	return start.String(), end.String()
}

// encode writes a marker in the letters that a bookmark's name may have.
func encode(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != 'Z' && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_') {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "Z%xZ", r)
	}
	return b.String()
}

var escaped = regexp.MustCompile(`Z([0-9a-f]+)Z`)

func decode(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseInt(e[1:len(e)-1], 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
}

// firstBookmark is a number above those of all bookmarks that are not ours.
func firstBookmark(stories []*story) int {
	most := 0
	for _, s := range stories {
		mine := map[string]bool{}
		for _, m := range s.marks {
			if markName.MatchString(m.name) {
				mine[m.id] = true
			}
		}
		for _, m := range s.marks {
			if n, err := strconv.Atoi(m.id); err == nil && !mine[m.id] {
				most = max(most, n)
			}
		}
	}
	return most + 1
}

// group is the bookmarks of one status.
type group struct {
	start, end int
	text       string // the marker
	para       *para
	in         *control
	whole      bool // the bookmarks begin and end at one place in the document's tree
	marks      []*mark
}

// groups finds the statuses that bookmarks stand around, in the part's order.
func (s *story) groups() []*group {
	byNumber := map[string]*group{}
	chunks := map[*group]map[int]string{}
	owner := map[string]*group{}
	var out []*group
	for _, m := range s.marks {
		if parts := markName.FindStringSubmatch(m.name); parts != nil {
			g := byNumber[parts[1]]
			if g == nil {
				g = &group{start: m.start, para: m.para, in: m.in, whole: true}
				byNumber[parts[1]], chunks[g] = g, map[int]string{}
				out = append(out, g)
			}
			part, _ := strconv.Atoi(parts[2])
			chunks[g][part] = parts[3]
			owner[m.id] = g
			g.add(m)
		} else if g := owner[m.id]; g != nil && m.name == "" {
			g.add(m)
		}
	}
	for _, g := range out {
		var code strings.Builder
		for part := 1; part <= len(chunks[g]); part++ {
			code.WriteString(chunks[g][part])
		}
		g.text = decode(code.String())
		g.whole = g.whole && len(g.marks) == 2*len(chunks[g])
	}
	return out
}

func (g *group) add(m *mark) {
	g.marks = append(g.marks, m)
	g.whole = g.whole && m.parent == g.marks[0].parent
	g.start, g.end = min(g.start, m.start), max(g.end, m.end)
}
