package strategy

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// tagPrefix begins the tag of a status's control; Word takes 64 letters.
const (
	tagPrefix = "kommunpuls: "
	maxTag    = 64
)

// docMarker finds markers in a paragraph, and braces that begin one without
// ending it. A line break or a picture ends what can be a marker.
var docMarker = regexp.MustCompile(`\{\{([^{}\n\t\x{FFFC}]*)\}\}|\{\{([^{}\n\t\x{FFFC}]*)`)

// edit puts text in place of a stretch of a part.
type edit struct {
	start, end int
	text       string
}

// slot is a status that is there already, or a marker to be filled in, in the
// order of the part.
type slot struct {
	at   int
	fill func()
}

// filling is a part while it is filled in.
type filling struct {
	*story
	f     *filler
	marks *bookmarks
	style string
	edits []edit
	cuts  map[*piece][]cut
	taken []edit // statuses whose old text goes, and what stands in it
}

// cut is a stretch of a piece's text that goes, and what comes in its place.
type cut struct {
	from, to int
	status   string
}

// fill writes the statuses of one part; false where it has none.
func (s *story) fill(f *filler, marks *bookmarks, style string) ([]byte, bool) {
	w := &filling{story: s, f: f, marks: marks, style: style, cuts: map[*piece][]cut{}}
	slots := append(w.controlSlots(), w.groupSlots()...)
	for _, p := range s.paras {
		slots = append(slots, w.markerSlots(p)...)
	}
	slices.SortStableFunc(slots, func(a, b slot) int { return cmp.Compare(a.at, b.at) })
	for _, sl := range slots {
		if f.tooMany() {
			break
		}
		sl.fill()
	}
	for c, cuts := range w.cuts {
		w.edits = append(w.edits, w.rewritten(c, cuts))
	}
	if len(w.edits) == 0 {
		return nil, false
	}
	out, ok := w.apply()
	if !ok {
		f.fault(s.label, "statusar ligger i varandra; ta bort dem och skriv markörerna igen")
	}
	return out, ok
}

// where names a place as somebody who reads the document finds it.
func (s *story) where(p *para) string {
	if p == nil {
		return s.label
	}
	text := p.text.String()
	const longest = 60
	cut := len(text) > 20*longest
	if cut {
		text = strings.ToValidUTF8(text[:20*longest], "")
	}
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, string(gap), " ")), " ")
	if utf8.RuneCountInString(text) > longest {
		text, cut = string([]rune(text)[:longest]), true
	}
	if cut {
		text += "…"
	}
	return fmt.Sprintf("%s, stycke %d (”%s”)", s.label, p.number, text)
}

// controlSlots are the statuses in controls of ours.
func (w *filling) controlSlots() []slot {
	var out []slot
	for _, c := range w.controls {
		if c.ours() != c || c.in.ours() != nil {
			continue
		}
		out = append(out, slot{c.start, func() {
			written := strings.TrimPrefix(c.tag, tagPrefix)
			if c.para == nil {
				w.f.fault(w.where(c.para), "innehållskontrollen för {{%s}} står runt hela stycken; ta bort den och skriv markören igen", written)
				return
			}
			m, text, ok := w.say(c.para, written)
			if !ok {
				return
			}
			if c.placeholder[1] > 0 {
				w.edits = append(w.edits, edit{c.placeholder[0], c.placeholder[1], ""})
			}
			w.edits = append(w.edits, edit{c.content[0], c.content[1], w.status(m, text, c.look)})
		}})
	}
	return out
}

// groupSlots are the statuses that only their bookmarks still tell of. Bookmarks
// that were moved out of a control of ours are taken away.
func (w *filling) groupSlots() []slot {
	var out []slot
	for _, g := range w.groups() {
		if w.controlled(g) {
			for _, m := range g.marks {
				if m.in.ours() == nil {
					w.edits = append(w.edits, edit{m.start, m.end, ""})
				}
			}
			continue
		}
		w.taken = append(w.taken, edit{start: g.start, end: g.end})
		out = append(out, slot{g.start, func() {
			if !g.whole || g.para == nil {
				w.f.fault(w.where(g.para), "statusen för {{%s}} går över flera stycken eller har förlorat sitt slut; ta bort den och skriv markören igen", g.text)
				return
			}
			m, text, ok := w.say(g.para, g.text)
			if !ok {
				return
			}
			start, end := g.start, g.end
			var look [2]int
			for _, p := range g.para.pieces {
				if p.start >= start && p.end <= end {
					look = p.run.look
					break
				}
			}
			if c := g.in; c != nil && !c.typed && c.tag == "" && c.para == g.para && (!c.looked || c.firstT >= start && c.endT <= end) {
				start, end = c.start, c.end
			}
			w.edits = append(w.edits, edit{start, end, w.control(m, text, look)})
		}})
	}
	return out
}

// controlled tells whether a control of ours holds the status of a group.
func (w *filling) controlled(g *group) bool {
	return slices.ContainsFunc(w.controls, func(c *control) bool {
		return c.ours() == c && c.start < g.end && c.end > g.start
	})
}

// markerSlots are the markers of a paragraph.
func (w *filling) markerSlots(p *para) []slot {
	text := p.text.String()
	var out []slot
	for _, t := range docMarker.FindAllStringSubmatchIndex(text, -1) {
		pieces := p.covering(t[0], t[1])
		if len(pieces) == 0 || slices.ContainsFunc(w.taken, func(e edit) bool { return e.start <= pieces[0].start && pieces[0].end <= e.end }) {
			continue
		}
		switch {
		case t[2] >= 0:
			out = append(out, slot{pieces[0].start, func() { w.marker(p, pieces, t[0], t[1], text[t[2]:t[3]]) }})
		case isKind(text[t[4]:t[5]]):
			w.f.fault(w.where(p), "markören {{%s avslutas inte med }}", firstWords(text[t[4]:t[5]]))
		}
	}
	return out
}

// covering are the pieces that hold some of [from, to).
func (p *para) covering(from, to int) []*piece {
	var out []*piece
	for _, c := range p.pieces {
		if c.at < to && c.at+len(c.text) > from {
			out = append(out, c)
		}
	}
	return out
}

// marker fills in one marker, which may be spread over several runs.
func (w *filling) marker(p *para, pieces []*piece, from, to int, written string) {
	for c := pieces[0].run.in; c != nil; c = c.in {
		if c.typed {
			w.f.fault(w.where(p), "markören {{%s}} står i ett formulärfält; flytta den utanför", tidy(written))
			return
		}
	}
	m, text, ok := w.say(p, written)
	if !ok {
		return
	}
	for i, c := range pieces {
		status := ""
		if i == 0 {
			status = w.control(m, text, c.run.look)
		}
		w.cuts[c] = append(w.cuts[c], cut{max(from-c.at, 0), min(to-c.at, len(c.text)), status})
	}
}

// say is the text of a marker whose tag Word can keep.
func (w *filling) say(p *para, written string) (Marker, string, bool) {
	m, text, ok := w.f.say(w.where(p), written)
	if n := utf8.RuneCountInString(tagOf(m)); ok && n > maxTag {
		w.f.fault(w.where(p), "markören {{%s}} är längre än vad Word kan spara", m)
		return m, "", false
	}
	return m, text, ok
}

// rewritten is a piece without what was cut out of it. A run that holds nothing
// else is written anew, or goes with it; within a run that does, a status ends
// the run and another like it begins.
func (w *filling) rewritten(c *piece, cuts []cut) edit {
	open := string(w.raw[c.run.open[0]:c.run.open[1]]) + string(w.raw[c.run.look[0]:c.run.look[1]])
	shut := "</" + w.prefix + "r>"
	alone := c.run.pieces == 1 && c.run.others == 0
	var out strings.Builder
	keep := func(s string) {
		switch {
		case s == "":
		case alone:
			out.WriteString(open + w.text(s) + shut)
		default:
			out.WriteString(w.text(s))
		}
	}
	at := 0
	for _, k := range cuts {
		keep(c.text[at:k.from])
		switch {
		case k.status == "":
		case alone:
			out.WriteString(k.status)
		default:
			out.WriteString(shut + k.status + open)
		}
		at = k.to
	}
	keep(c.text[at:])
	if alone {
		return edit{c.run.start, c.run.end, out.String()}
	}
	return edit{c.start, c.end, out.String()}
}

// apply makes the edits; false if they overlap.
func (w *filling) apply() ([]byte, bool) {
	slices.SortFunc(w.edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var out bytes.Buffer
	at := 0
	for _, e := range w.edits {
		if e.start < at {
			return nil, false
		}
		out.Write(w.raw[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(w.raw[at:])
	return out.Bytes(), true
}
