package strategy

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// The character style of statuses. It has no look of its own: a municipality
// that wants to see them changes the style, in one place.
const (
	styleName = "Kommunpuls status"
	styleID   = "KommunpulsStatus"
)

// withStyle finds the style of statuses, by its name since programs change ids,
// or returns the styles with it added.
func withStyle(raw []byte) (id string, added []byte, err error) {
	dec := xml.NewDecoder(bytes.NewReader(raw))
	current, end, prefix := "", -1, ""
	for {
		start := dec.InputOffset()
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", nil, err
		}
		switch t := tok.(type) {
		case xml.Directive:
			return "", nil, errDTD
		case xml.StartElement:
			switch t.Name.Local {
			case "style":
				current = attr(t, "styleId")
			case "name":
				if attr(t, "val") == styleName && current != "" {
					return current, nil, nil
				}
			}
		case xml.EndElement:
			if t.Name.Local == "styles" && start < dec.InputOffset() {
				end, prefix = int(start), prefixOf(raw[start:])
			}
		}
	}
	if end < 0 {
		return "", nil, nil
	}
	style := strings.ReplaceAll(`<w:style w:type="character" w:customStyle="1" w:styleId="`+styleID+`"><w:name w:val="`+styleName+`"/><w:uiPriority w:val="99"/><w:qFormat/></w:style>`, "w:", prefix)
	return styleID, bytes.Join([][]byte{raw[:end], []byte(style), raw[end:]}, nil), nil
}

var errDTD = errors.New("innehåller en DTD, som inget Word-dokument har")

// attr is an attribute of the document's own, "" if it is not there.
func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// prefixOf is the prefix of the tag that raw begins with, with its colon: "w:".
func prefixOf(raw []byte) string {
	name := bytes.TrimLeft(raw, "</")
	if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	p, _, ok := bytes.Cut(name, []byte(":"))
	if !ok {
		return ""
	}
	return string(p) + ":"
}
