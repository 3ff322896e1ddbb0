package strategy

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// tagOf is a marker as the tag of a control, short enough for Word where it can be.
func tagOf(m Marker) string {
	tag := tagPrefix + m.String()
	if utf8.RuneCountInString(tag) > maxTag {
		tag = strings.Replace(tag, " förvaltning=", " enhet=", 1)
	}
	return tag
}

// control is a status with the control around it.
func (w *filling) control(m Marker, text string, look [2]int) string {
	return strings.ReplaceAll(`<w:sdt><w:sdtPr><w:alias w:val="`+styleName+`"/><w:tag w:val="`, "w:", w.prefix) + escape(tagOf(m)) +
		strings.ReplaceAll(`"/></w:sdtPr><w:sdtContent>`, "w:", w.prefix) + w.status(m, text, look) + strings.ReplaceAll(`</w:sdtContent></w:sdt>`, "w:", w.prefix)
}

// status is what stands in a control: bookmarks, and a run with the look of what
// stood there but in the style of statuses.
func (w *filling) status(m Marker, text string, look [2]int) string {
	before, after := w.marks.around(w.prefix, m)
	return before + "<" + w.prefix + "r>" + w.look(look) + "<" + w.prefix + `t xml:space="preserve">` + escape(text) + "</" + w.prefix + "t></" + w.prefix + "r>" + after
}

// plain are the properties of a run that a status does not take over: what it
// was coloured with by hand, and what tells of changes.
func plain(name string) bool {
	switch name {
	case "rStyle", "color", "highlight", "shd", "vanish", "rPrChange", "ins", "del", "moveFrom", "moveTo":
		return true
	}
	return false
}

// look is the w:rPr of a status.
func (w *filling) look(at [2]int) string {
	style := ""
	if w.style != "" {
		style = fmt.Sprintf(`<%[1]srStyle %[1]sval="%[2]s"/>`, w.prefix, escape(w.style))
	}
	kept := style + w.properties(w.raw[at[0]:at[1]])
	if kept == "" {
		return ""
	}
	return "<" + w.prefix + "rPr>" + kept + "</" + w.prefix + "rPr>"
}

// properties are those of a w:rPr that a status keeps, as they stand.
func (w *filling) properties(raw []byte) string {
	dec := xml.NewDecoder(bytes.NewReader(raw)) // prefixes stand undeclared, as RawToken leaves them
	var out strings.Builder
	depth, from, drop := 0, 0, false
	for {
		start := int(dec.InputOffset())
		tok, err := dec.RawToken()
		if err != nil {
			return out.String()
		}
		end := int(dec.InputOffset())
		switch t := tok.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				from, drop = start, plain(t.Name.Local)
			}
		case xml.EndElement:
			if depth--; depth == 1 && !drop {
				out.Write(raw[from:end])
			}
		}
	}
}

func (w *filling) text(s string) string {
	return "<" + w.prefix + `t xml:space="preserve">` + escape(s) + "</" + w.prefix + "t>"
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
