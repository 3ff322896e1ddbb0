package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxTexts is how much of a workbook's shared texts stays in memory; the rest
// waits in a temporary file that is removed when the book is closed.
const maxTexts = 24 << 20

// How much of a text is struck through, kept as the byte before it.
const (
	notStruck = iota
	allStruck
)

// texts are a workbook's shared texts.
type texts struct {
	ends    []int64 // where each text ends, in what was written
	mem     []byte  // what follows spilled
	file    *os.File
	spilled int64
	first   []string // the first texts as strings: they recur
	buf     []byte
	dir     string
}

// firstTexts are kept as strings, so that a status that stands in a million
// rows is one string.
const firstTexts = 4096

// loadTexts reads the shared texts once. Runs that are struck through are left
// out of a text that also has others: an old owner crossed out before the new one.
func loadTexts(f *zip.File, dir string) (_ *texts, err error) {
	t := &texts{dir: dir}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	p := newPart(r)
	for {
		tok, err := p.token()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "si" {
			text, struck, err := p.rich("si")
			if err == nil {
				err = t.add(text, struck)
			}
			if err != nil {
				return nil, errors.Join(err, t.close())
			}
		}
	}
}

func (t *texts) add(text string, struck bool) error {
	flag := byte(notStruck)
	if struck {
		flag = allStruck
	}
	t.mem = append(append(t.mem, flag), text...)
	t.ends = append(t.ends, t.spilled+int64(len(t.mem)))
	if len(t.first) < firstTexts {
		t.first = append(t.first, text)
	}
	if len(t.mem) < maxTexts {
		return nil
	}
	if t.file == nil {
		f, err := os.CreateTemp(t.dir, "kommunpuls-texts-*")
		if err != nil {
			return fmt.Errorf("temporär fil: %w", err)
		}
		t.file = f
	}
	n, err := t.file.Write(t.mem)
	if err != nil {
		return fmt.Errorf("temporär fil: %w", err)
	}
	t.spilled, t.mem = t.spilled+int64(n), t.mem[:0]
	return nil
}

// at returns text i.
func (t *texts) at(i int) (text string, struck bool, err error) {
	if t == nil || i < 0 || i >= len(t.ends) {
		return "", false, fmt.Errorf("den delade texten %d finns inte", i)
	}
	start := int64(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	b, err := t.bytes(start, t.ends[i])
	if err != nil {
		return "", false, err
	}
	if i < len(t.first) {
		return t.first[i], b[0] == allStruck, nil
	}
	return string(b[1:]), b[0] == allStruck, nil
}

func (t *texts) bytes(from, to int64) ([]byte, error) {
	if from >= t.spilled {
		return t.mem[from-t.spilled : to-t.spilled], nil
	}
	if n := int(to - from); cap(t.buf) < n {
		t.buf = make([]byte, n)
	}
	b := t.buf[:to-from]
	_, err := t.file.ReadAt(b, from)
	return b, err
}

func (t *texts) close() error {
	if t == nil || t.file == nil {
		return nil
	}
	name := t.file.Name()
	return errors.Join(t.file.Close(), os.Remove(name))
}
