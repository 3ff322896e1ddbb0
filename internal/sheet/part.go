package sheet

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// part reads the XML of one part of a workbook token by token. A token cannot
// grow past MaxCell (a workbook of two megabytes may hold a text of two
// gigabytes), and XML that ends early is an error.
type part struct {
	dec    *xml.Decoder
	src    *budget
	closed bool // the root element has ended
	depth  int
}

func newPart(r io.Reader) *part {
	b := &budget{r: bufio.NewReaderSize(r, 64<<10)}
	dec := xml.NewDecoder(b)
	dec.CharsetReader = charset
	return &part{dec: dec, src: b}
}

var errTokenTooLong = fmt.Errorf("en cell är längre än %d MB", MaxCell>>20)

// token returns the next token; io.EOF only after the root element has ended.
func (p *part) token() (xml.Token, error) {
	p.src.left = MaxCell
	tok, err := p.dec.RawToken()
	if err != nil {
		if errors.Is(err, io.EOF) && !p.closed {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch tok.(type) {
	case xml.StartElement:
		p.depth++
	case xml.EndElement:
		p.depth--
		p.closed = p.depth == 0
	}
	return tok, nil
}

// budget bounds what one token may read.
type budget struct {
	r    *bufio.Reader
	left int
}

// Read implements io.Reader; the decoder uses ReadByte.
func (b *budget) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.left -= n
	if b.left < 0 {
		return n, errTokenTooLong
	}
	return n, err
}

// ReadByte implements io.ByteReader.
func (b *budget) ReadByte() (byte, error) {
	if b.left--; b.left < 0 {
		return 0, errTokenTooLong
	}
	return b.r.ReadByte()
}

// rich reads a text with runs up to the end of element end. Struck runs are
// left out, unless all of them are struck; then struck is true. Pronunciation
// aids are no text.
func (p *part) rich(end string) (text string, struck bool, err error) {
	var kept, dropped strings.Builder
	runStruck, inText, aid := false, false, 0
	for {
		tok, err := p.token()
		if err != nil {
			return "", false, err
		}
		switch el := tok.(type) {
		case xml.StartElement:
			switch el.Name.Local {
			case "r":
				runStruck = false
			case "strike":
				runStruck = !isOff(el.Attr)
			case "t":
				inText = true
			case "rPh":
				aid++
			}
		case xml.EndElement:
			switch el.Name.Local {
			case "t":
				inText = false
			case "r":
				runStruck = false
			case "rPh":
				aid--
			case end:
				if kept.Len() == 0 || (dropped.Len() > 0 && Trim(kept.String()) == "") {
					return unescape(dropped.String()), dropped.Len() > 0, nil
				}
				return unescape(kept.String()), false, nil
			}
		case xml.CharData:
			if !inText || aid > 0 {
				continue
			}
			into := &kept
			if runStruck {
				into = &dropped
			}
			if into.Len()+len(el) > MaxCell {
				return "", false, errTokenTooLong
			}
			into.Write(el)
		}
	}
}

// isOff reads <strike val="0"/>.
func isOff(attrs []xml.Attr) bool {
	for _, a := range attrs {
		if a.Name.Local == "val" {
			return a.Value == "0" || strings.EqualFold(a.Value, "false")
		}
	}
	return false
}

// unescape turns Excel's _x000D_ back into the character it stands for.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if len(s) >= i+7 && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}
