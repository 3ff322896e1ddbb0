package strategy

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// story is a part that holds text: the body, a header, the footnotes. Nothing
// in it is written anew but the stretches that edits name, so all that the
// program does not know of stays as it was.
type story struct {
	storyPart
	raw      []byte
	prefix   string // of the format's own elements, "w:"
	paras    []*para
	controls []*control
	marks    []*mark
}

// para is a paragraph: its text as people read it, and where the text stands.
type para struct {
	number int
	text   strings.Builder
	pieces []*piece
}

// piece is a stretch of a paragraph's text in one element.
type piece struct {
	run        *run
	start, end int // of the element in the raw part
	at         int // in the paragraph's text
	text       string
}

// run is text with one look.
type run struct {
	start, end int
	open       [2]int // its start tag
	look       [2]int // its w:rPr, empty if it has none
	pieces     int
	others     int // what it has beside text and look
	in         *control
}

// control is a content control (w:sdt).
type control struct {
	start, end   int
	content      [2]int // inside w:sdtContent
	placeholder  [2]int // w:showingPlcHdr
	tag          string
	typed        bool   // holds plain text, a date or a choice, and no controls
	para         *para  // that it stands in; nil if it stands around paragraphs or cells
	look         [2]int // of its first run
	looked       bool
	firstT, endT int // where its text begins and ends
	in           *control
}

// mark is the start or the end of a bookmark.
type mark struct {
	start, end int
	id, name   string // the name of starts alone
	parent     int    // where the element around it begins
	para       *para
	in         *control
}

// ours is the control of ours that a control is, or stands in; nil if none.
func (c *control) ours() *control {
	for ; c != nil; c = c.in {
		if strings.HasPrefix(c.tag, tagPrefix) {
			return c
		}
	}
	return nil
}

// element is an open element while a part is read.
type element struct {
	name  string // "" is not of the format's own
	start int
	inner int // where its content begins
}

// reading is the state of reading a part.
type reading struct {
	*story
	stack    []element
	paras    []*para
	runs     []*run
	controls []*control
	piece    *piece
	skip     int // depth within what was deleted or moved away
}

func parseStory(part storyPart, raw []byte) (*story, error) {
	r := &reading{story: &story{storyPart: part, raw: raw}}
	dec := xml.NewDecoder(bytes.NewReader(raw))
	for {
		start := int(dec.InputOffset())
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, errDTD
		case xml.StartElement:
			if err := r.begin(t, start, int(dec.InputOffset())); err != nil {
				return nil, err
			}
		case xml.EndElement:
			r.finish(start, int(dec.InputOffset()))
		case xml.CharData:
			if r.piece != nil {
				r.piece.text += string(t)
			}
		}
	}
	return r.story, nil
}

// ownName is the name of an element of the format's own, "" of any other.
func ownName(n xml.Name) string {
	if strings.Contains(n.Space, "wordprocessingml") && strings.HasSuffix(n.Space, "/main") {
		return n.Local
	}
	return ""
}

func (r *reading) begin(t xml.StartElement, start, inner int) error {
	name := ownName(t.Name)
	if len(r.stack) == 0 {
		if r.prefix = prefixOf(r.raw[start:]); r.prefix == "" || name == "" {
			return fmt.Errorf("delen börjar med <%s>, som inte hör hemma i ett Word-dokument", t.Name.Local)
		}
	}
	parent := ""
	parentStart := 0
	if n := len(r.stack); n > 0 {
		parent, parentStart = r.stack[n-1].name, r.stack[n-1].start
	}
	r.stack = append(r.stack, element{name, start, inner})
	c := last(r.controls)
	switch {
	case name == "del", name == "moveFrom":
		r.skip++
	case name == "p":
		p := &para{number: len(r.story.paras) + 1}
		r.story.paras, r.paras = append(r.story.paras, p), append(r.paras, p)
	case name == "r":
		n := &run{start: start, open: [2]int{start, inner}, in: c}
		r.runs = append(r.runs, n)
	case name == "sdt":
		n := &control{start: start, para: r.inParagraph(), in: c}
		r.controls, r.story.controls = append(r.controls, n), append(r.story.controls, n)
	case c != nil && parent == "sdtPr":
		r.property(c, name, attr(t, "val"), start)
	case name == "bookmarkStart" || name == "bookmarkEnd":
		r.marks = append(r.marks, &mark{start: start, id: attr(t, "id"), name: attr(t, "name"), parent: parentStart, para: last(r.paras), in: c})
	case parent == "r":
		r.inRun(name, start)
	}
	return nil
}

// inParagraph is the paragraph that the open elements stand in as its running
// text; nil where they hold paragraphs themselves.
func (r *reading) inParagraph() *para {
	for i := len(r.stack) - 2; i >= 0; i-- {
		switch r.stack[i].name {
		case "sdtContent", "sdt", "ins", "hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo":
		case "p":
			return last(r.paras)
		default:
			return nil
		}
	}
	return nil
}

func (r *reading) property(c *control, name, val string, start int) {
	switch name {
	case "tag":
		c.tag = val
	case "showingPlcHdr":
		c.placeholder[0] = start
	case "text", "date", "comboBox", "dropDownList", "picture", "citation", "docPartList", "docPartObj":
		c.typed = true
	}
}

// inRun notes something within a run.
func (r *reading) inRun(name string, start int) {
	n, p := last(r.runs), last(r.paras)
	if name == "rPr" || n == nil || p == nil {
		return
	}
	if r.skip > 0 || n.in.ours() != nil {
		n.others++
		if name == "t" {
			p.text.WriteRune(gap)
		}
		return
	}
	switch name {
	case "t":
		r.piece = &piece{run: n, start: start, at: p.text.Len()}
		n.pieces++
	case "noBreakHyphen":
		r.piece = &piece{run: n, start: start, at: p.text.Len(), text: "-"}
		n.pieces++
	case "lastRenderedPageBreak", "softHyphen":
		n.others++
	case "tab":
		n.others++
		p.text.WriteByte('\t')
	case "br", "cr":
		n.others++
		p.text.WriteByte('\n')
	default:
		n.others++
		p.text.WriteRune(gap)
	}
}

// gap stands in a paragraph's text for what is no text.
const gap = '\uFFFC'

func (r *reading) finish(start, end int) {
	e := r.stack[len(r.stack)-1]
	r.stack = r.stack[:len(r.stack)-1]
	c := last(r.controls)
	parent := ""
	if n := len(r.stack); n > 0 {
		parent = r.stack[n-1].name
	}
	switch {
	case e.name == "del", e.name == "moveFrom":
		r.skip--
	case e.name == "p":
		r.paras = r.paras[:len(r.paras)-1]
	case e.name == "r":
		last(r.runs).end = end
		r.runs = r.runs[:len(r.runs)-1]
	case e.name == "sdt":
		c.end = end
		r.controls = r.controls[:len(r.controls)-1]
	case e.name == "sdtContent" && c != nil:
		c.content = [2]int{e.inner, start}
	case e.name == "showingPlcHdr" && c != nil && parent == "sdtPr":
		c.placeholder[1] = end
	case e.name == "rPr" && parent == "r":
		n := last(r.runs)
		n.look = [2]int{e.start, end}
	case (e.name == "bookmarkStart" || e.name == "bookmarkEnd") && len(r.marks) > 0:
		r.marks[len(r.marks)-1].end = end
	case e.name == "t" && parent == "r":
		r.noteText(e.start, end)
		r.endPiece(end)
	case e.name == "noBreakHyphen" && parent == "r":
		r.endPiece(end)
	}
}

// noteText tells the controls around a text of it.
func (r *reading) noteText(start, end int) {
	n := last(r.runs)
	for c := n.in; c != nil; c = c.in {
		if !c.looked {
			c.look, c.looked, c.firstT = n.look, true, start
		}
		c.endT = end
	}
}

func (r *reading) endPiece(end int) {
	if r.piece == nil {
		return
	}
	p := last(r.paras)
	r.piece.end = end
	p.text.WriteString(r.piece.text)
	p.pieces = append(p.pieces, r.piece)
	r.piece = nil
}

func last[T any](s []*T) *T {
	if len(s) == 0 {
		return nil
	}
	return s[len(s)-1]
}
