package ldap

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxLDIFLine bounds one line with its continuations. Photographs are the
// largest thing that directories export.
const maxLDIFLine = 32 << 20

// ldifReader reads LDIF (RFC 2849) entry by entry. It is strict, because a line
// that is lost could be the one that says that a person is protected: any
// fault ends the reading, with its line.
type ldifReader struct {
	r     *bufio.Reader
	slots map[string]slot
	line  int64 // of the physical line last read
	next  []byte
	ended bool
}

func newLDIF(r io.Reader) *ldifReader {
	// ldifde -u writes UTF-16 with a byte order mark; everything else is UTF-8.
	dec := unicode.BOMOverride(unicode.UTF8.NewDecoder())
	return &ldifReader{r: bufio.NewReaderSize(transform.NewReader(r, dec), 256<<10), slots: slotIndex()}
}

// read fills e with the next entry; io.EOF after the last.
func (l *ldifReader) read(e *entry) error {
	started := false
	for {
		text, at, err := l.logical()
		if errors.Is(err, io.EOF) {
			if started {
				return nil
			}
			return io.EOF
		}
		if err != nil {
			return err
		}
		if len(text) == 0 {
			if started {
				return nil
			}
			continue
		}
		name, value, err := splitLDIF(text)
		if err != nil {
			return fmt.Errorf("rad %d: %w", at, err)
		}
		if started {
			if err := l.attribute(e, name, value); err != nil {
				return fmt.Errorf("rad %d: %w", at, err)
			}
			continue
		}
		switch strings.ToLower(name) {
		case "version":
			if value != "1" {
				return fmt.Errorf("rad %d: LDIF-version %q stöds inte", at, value)
			}
		case "dn":
			e.reset(value, at)
			started = true
		case "search", "ref":
			// ldapsearch without -LLL says which search it answers.
		case "result":
			if !strings.HasPrefix(value, "0") {
				return fmt.Errorf("rad %d: exporten är avbruten, servern svarade %q", at, value)
			}
		case "# numresponses", "# numentries", "control", "pagedresults":
		default:
			return fmt.Errorf("rad %d: en post ska börja med sitt dn", at)
		}
	}
}

func (l *ldifReader) attribute(e *entry, name, value string) error {
	if i := strings.IndexByte(name, ';'); i >= 0 {
		if strings.HasPrefix(strings.ToLower(name[i+1:]), "range=") {
			return fmt.Errorf("%s är bara en del av värdena (range); exportera hela", name[:i])
		}
		name = name[:i]
	}
	s, ok := l.slots[name]
	if !ok {
		s, ok = l.slots[strings.ToLower(name)]
	}
	switch {
	case ok:
		e.add(s, value)
	case strings.EqualFold(name, "dn"):
		return errors.New("dn: mitt i en post; det saknas en tom rad före")
	case strings.EqualFold(name, "changetype") && !strings.EqualFold(value, "add"):
		return fmt.Errorf("changetype %q: filen är en ändringsfil, inte en export", value)
	}
	return nil
}

// splitLDIF takes a logical line apart and decodes base64.
func splitLDIF(text []byte) (name, value string, err error) {
	i := bytes.IndexByte(text, ':')
	if i <= 0 {
		return "", "", errors.New("raden saknar attributnamn och kolon")
	}
	name, rest := string(text[:i]), text[i+1:]
	if strings.ContainsAny(name, " \t") {
		return "", "", errors.New("attributnamnet innehåller mellanslag")
	}
	switch {
	case len(rest) > 0 && rest[0] == ':':
		raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(rest[1:])))
		if err != nil {
			return "", "", errors.New("värdet är inte giltig base64")
		}
		return name, string(raw), nil
	case len(rest) > 0 && rest[0] == '<':
		return "", "", errors.New("värden i andra filer (:<) läses inte")
	}
	return name, string(bytes.TrimLeft(rest, " ")), nil
}

// logical returns the next line with its continuations joined, comments left
// out, and the number of its first physical line.
func (l *ldifReader) logical() ([]byte, int64, error) {
	for {
		first, err := l.physical()
		if err != nil {
			return nil, 0, err
		}
		at := l.line
		text := append([]byte(nil), first...)
		for len(first) > 0 {
			more, err := l.peek()
			if err != nil {
				return nil, 0, err
			}
			if len(more) == 0 || more[0] != ' ' {
				break
			}
			l.next = nil
			l.line++
			text = append(text, more[1:]...)
			if len(text) > maxLDIFLine {
				return nil, 0, fmt.Errorf("rad %d: raden är längre än %d MB", at, maxLDIFLine>>20)
			}
		}
		switch {
		case len(text) > 0 && text[0] == '#':
			continue
		case len(text) > 0 && text[0] == ' ':
			return nil, 0, fmt.Errorf("rad %d: fortsättningsrad utan början", at)
		}
		return text, at, nil
	}
}

func (l *ldifReader) physical() ([]byte, error) {
	b, err := l.peek()
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, io.EOF
	}
	l.next = nil
	l.line++
	return b, nil
}

// peek returns the next physical line without its end, nil at the end of the file.
func (l *ldifReader) peek() ([]byte, error) {
	if l.next != nil || l.ended {
		return l.next, nil
	}
	var b []byte
	for {
		part, err := l.r.ReadSlice('\n')
		b = append(b, part...)
		if len(b) > maxLDIFLine {
			return nil, fmt.Errorf("rad %d: raden är längre än %d MB", l.line+1, maxLDIFLine>>20)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			l.ended = true
			if len(b) == 0 {
				return nil, nil
			}
			return nil, fmt.Errorf("rad %d: filen slutar mitt i en rad", l.line+1)
		case err != nil:
			return nil, err
		}
		l.next = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
		if l.next == nil {
			l.next = []byte{}
		}
		return l.next, nil
	}
}
