package strategy

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of what is unpacked of a DOCX: the parts that hold text, and those
// that say which they are. Everything else is copied as it stands.
const (
	maxEntries = 10_000
	maxPart    = 64 << 20
	maxParts   = 192 << 20
)

// docx is an opened DOCX package.
type docx struct {
	zip   *zip.Reader
	read  int64 // bytes unpacked so far
	parts map[string]*zip.File
	// The parts that hold text, in the order that they are numbered in, and the
	// part of styles, "" if there is none.
	stories []storyPart
	styles  string
}

// storyPart is a part that holds text, and what people call it.
type storyPart struct{ name, label string }

// fillDocx writes statuses into a DOCX. Only the parts with statuses, and the
// styles, are written anew, and of those only the runs concerned.
func fillDocx(in []byte, facts Facts) (Result, error) {
	d, err := openDocx(in)
	if err != nil {
		return Result{}, err
	}
	f := &filler{facts: facts}
	changed := map[string][]byte{}
	stories, style, err := d.parse(changed)
	if err != nil {
		return Result{}, err
	}
	marks := bookmarks{id: firstBookmark(stories)}
	for _, s := range stories {
		if out, ok := s.fill(f, &marks, style); ok {
			changed[s.name] = out
		}
	}
	if len(f.faults) > 0 {
		return f.result(nil), nil
	}
	if len(f.statuses) == 0 {
		return f.result(in), nil
	}
	out, err := d.write(changed)
	return f.result(out), err
}

// openDocx checks that a file is a DOCX that can be filled in.
func openDocx(in []byte) (*docx, error) {
	switch {
	case bytes.HasPrefix(in, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return nil, fmt.Errorf("dokumentet är skyddat med lösenord, eller sparat i det gamla formatet .doc; ta bort lösenordet och spara som Word-dokument: %w", ErrFormat)
	case len(in) > maxDocx:
		return nil, fmt.Errorf("filen är större än %d MB: %w", maxDocx>>20, ErrFormat)
	}
	z, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil {
		return nil, fmt.Errorf("filen är inget Word-dokument eller är inte hel (%w): %w", err, ErrFormat)
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("filen har fler än %d delar: %w", maxEntries, ErrFormat)
	}
	d := &docx{zip: z, parts: map[string]*zip.File{}}
	for _, e := range z.File {
		if e.Flags&1 != 0 {
			return nil, fmt.Errorf("delen %s är krypterad: %w", e.Name, ErrFormat)
		}
		key := strings.ToLower(e.Name)
		if d.parts[key] != nil {
			return nil, fmt.Errorf("delen %s finns två gånger: %w", e.Name, ErrFormat)
		}
		if strings.HasPrefix(key, "_xmlsignatures/") {
			return nil, fmt.Errorf("dokumentet är underskrivet, och underskriften skulle inte längre gälla; ta bort den först: %w", ErrFormat)
		}
		d.parts[key] = e
	}
	return d, d.find()
}

// The kinds of relations between parts, whatever edition of the format.
func relation(kind string) func(string) bool {
	return func(t string) bool { return strings.HasSuffix(t, "/relationships/"+kind) }
}

// find finds the parts that hold text.
func (d *docx) find() error {
	main, err := d.related("", "officeDocument")
	if err != nil {
		return err
	}
	if len(main) != 1 {
		return fmt.Errorf("filen är en ZIP men inget Word-dokument: %w", ErrFormat)
	}
	kind, err := d.contentType(main[0])
	switch {
	case err != nil:
		return err
	case strings.Contains(kind, "macroEnabled"):
		return fmt.Errorf("dokumentet har makron; spara det utan (Word-dokument, .docx): %w", ErrFormat)
	case strings.Contains(kind, "template"):
		return fmt.Errorf("filen är en mall; spara den som Word-dokument (.docx): %w", ErrFormat)
	case !strings.Contains(kind, "wordprocessingml"):
		return fmt.Errorf("filen är inget Word-dokument: %w", ErrFormat)
	}
	d.stories = []storyPart{{main[0], "brödtexten"}}
	for _, of := range []struct{ kind, label string }{{"header", "sidhuvudet"}, {"footer", "sidfoten"}, {"footnotes", "fotnoterna"}, {"endnotes", "slutnoterna"}} {
		more, err := d.related(main[0], of.kind)
		if err != nil {
			return err
		}
		for _, name := range more {
			d.stories = append(d.stories, storyPart{name, of.label})
		}
	}
	if macros, err := d.related(main[0], "vbaProject"); err != nil || len(macros) > 0 {
		return errors.Join(err, fmt.Errorf("dokumentet har makron; spara det utan (Word-dokument, .docx): %w", ErrFormat))
	}
	styles, err := d.related(main[0], "styles")
	if err == nil && len(styles) > 0 {
		d.styles = styles[0]
	}
	return err
}

// related lists the parts that a part names as being of a kind.
func (d *docx) related(from, kind string) ([]string, error) {
	dir, base := path.Split(from)
	name := dir + "_rels/" + base + ".rels"
	if d.parts[strings.ToLower(name)] == nil {
		return nil, nil
	}
	raw, err := d.open(name)
	if err != nil {
		return nil, err
	}
	var rels struct {
		Relationship []struct {
			Type, Target, TargetMode string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal(raw, &rels); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, err, ErrFormat)
	}
	is := relation(kind)
	var out []string
	for _, r := range rels.Relationship {
		if !is(r.Type) || r.TargetMode == "External" {
			continue
		}
		target := strings.TrimPrefix(path.Join("/", dir, r.Target), "/")
		if strings.HasPrefix(r.Target, "/") {
			target = strings.TrimPrefix(path.Clean(r.Target), "/")
		}
		if d.parts[strings.ToLower(target)] == nil {
			return nil, fmt.Errorf("delen %s saknas; dokumentet är inte helt: %w", target, ErrFormat)
		}
		out = append(out, target)
	}
	return out, nil
}

// contentType is what the package says that a part is.
func (d *docx) contentType(part string) (string, error) {
	raw, err := d.open("[Content_Types].xml")
	if err != nil {
		return "", err
	}
	var types struct {
		Override []struct {
			PartName, ContentType string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal(raw, &types); err != nil {
		return "", fmt.Errorf("[Content_Types].xml: %w: %w", err, ErrFormat)
	}
	for _, o := range types.Override {
		if strings.EqualFold(strings.TrimPrefix(o.PartName, "/"), part) {
			return o.ContentType, nil
		}
	}
	return "", nil
}

// open unpacks one part.
func (d *docx) open(name string) ([]byte, error) {
	e := d.parts[strings.ToLower(name)]
	if e == nil {
		return nil, fmt.Errorf("delen %s saknas; filen är inget Word-dokument: %w", name, ErrFormat)
	}
	r, err := e.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, err, ErrFormat)
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, err, ErrFormat)
	}
	if d.read += int64(len(raw)); len(raw) > maxPart || d.read > maxParts {
		return nil, fmt.Errorf("delen %s är större än vad som läses (%d MB): %w", name, maxPart>>20, ErrFormat)
	}
	return raw, nil
}

// parse reads the parts that hold text, and makes sure that the style of
// statuses is there; changed gets the styles if they had to be added to.
func (d *docx) parse(changed map[string][]byte) (stories []*story, style string, err error) {
	for _, part := range d.stories {
		raw, err := d.open(part.name)
		if err != nil {
			return nil, "", err
		}
		s, err := parseStory(part, raw)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w: %w", part.name, err, ErrFormat)
		}
		stories = append(stories, s)
	}
	if d.styles == "" {
		return stories, "", nil
	}
	raw, err := d.open(d.styles)
	if err != nil {
		return nil, "", err
	}
	style, added, err := withStyle(raw)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w: %w", d.styles, err, ErrFormat)
	}
	if added != nil {
		changed[d.styles] = added
	}
	return stories, style, nil
}

// write writes the package with some parts changed; the others keep every byte.
func (d *docx) write(changed map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range d.zip.File {
		var text []byte
		found := false
		for name, t := range changed {
			if strings.EqualFold(name, e.Name) {
				text, found = t, true
			}
		}
		if !found {
			if err := w.Copy(e); err != nil {
				return nil, fmt.Errorf("%s: %w: %w", e.Name, err, ErrFormat)
			}
			continue
		}
		p, err := w.CreateHeader(&zip.FileHeader{Name: e.Name, Method: zip.Deflate, Modified: e.Modified})
		if err != nil {
			return nil, err
		}
		if _, err := p.Write(text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
