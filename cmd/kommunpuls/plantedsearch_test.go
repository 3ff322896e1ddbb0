//go:build linux && !race

package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// searcher looks for the needles in every byte of files, in what they pack
// together, and in the text of PDF files.
type searcher struct {
	t     testing.TB
	files int
	bytes int64
	found []string
	known []spelling
}

// spellings are those of all needles, made once.
func (s *searcher) spellings() []spelling {
	if s.known == nil {
		for _, n := range needles {
			s.known = append(s.known, spellings(n)...)
		}
	}
	return s.known
}

func (s *searcher) folder(dir string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		s.files++
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		s.content("a file's name", []byte(name))
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.content(name, b)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// content searches one file, and what is packed in it.
func (s *searcher) content(name string, b []byte) {
	s.bytes += int64(len(b))
	lower := bytes.Clone(b)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	for _, how := range s.spellings() {
		hay := lower
		if how.exact {
			hay = b
		}
		if i := bytes.Index(hay, how.text); i >= 0 {
			s.found = append(s.found, fmt.Sprintf("%s holds %q (%s): %q", name, how.text, how.name, b[max(0, i-100):min(len(b), i+100)]))
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		s.packed(name, b)
	case bytes.HasPrefix(b, []byte("%PDF-")):
		cmd := exec.Command(testneed.Program(s.t, "pdftotext"), "-", "-")
		cmd.Stdin = bytes.NewReader(b)
		text, err := cmd.Output()
		if err != nil || len(text) == 0 {
			s.t.Fatalf("%s: %d letters: %v", name, len(text), err)
		}
		s.content(name+" as text", text)
	}
}

func (s *searcher) packed(name string, b []byte) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			s.t.Fatalf("%s: %s: %v", name, f.Name, err)
		}
		inside, err := io.ReadAll(r)
		if err != nil {
			s.t.Fatalf("%s: %s: %v", name, f.Name, err)
		}
		s.content(name+" → "+f.Name, inside)
	}
}

// spelling is a way to write a needle; exact ones heed the case of letters.
type spelling struct {
	name  string
	text  []byte
	exact bool
}

func spellings(n string) []spelling {
	out := []spelling{{name: "as it is", text: []byte(n)}}
	if escaped := url.QueryEscape(n); escaped != n {
		out = append(out, spelling{name: "in an address", text: bytes.ToLower([]byte(escaped))})
	}
	wide := utf16.Encode([]rune(n))
	var little, big []byte
	for _, u := range wide {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	out = append(out, spelling{name: "UTF-16", text: little}, spelling{name: "UTF-16", text: big})
	for _, cased := range slices.Compact([]string{n, strings.ToUpper(n[:1]) + n[1:], strings.ToUpper(n)}) {
		out = append(out, spelling{name: "hex", text: []byte(hex.EncodeToString([]byte(cased)))})
		for before := range 3 { // wherever it stands in what was encoded
			whole := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + cased))
			out = append(out, spelling{"base64", []byte(whole[(before*8+5)/6 : (before+len(cased))*8/6]), true})
		}
	}
	return out
}

// finds proves that the search finds: as bytes, in a workbook's way, encoded.
func finds(t *testing.T, dir string) {
	t.Helper()
	if dir = filepath.Join(dir, "prov"); os.Mkdir(dir, 0o700) != nil {
		t.Fatal("no folder to plant in")
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("blad.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "<c>"+plantedName+"</c>"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"a name": "x" + plantedName, "a shouted name": strings.ToUpper(plantedName), "a number with a dash": "850709-9805",
		"a login in hex":     hex.EncodeToString([]byte("x" + plantedLogin)),
		"base64":             base64.StdEncoding.EncodeToString([]byte("CN=" + plantedName + ",OU=x")),
		"base64, one later":  base64.StdEncoding.EncodeToString([]byte("CN= " + plantedName + ",OU=x")),
		"base64, two later":  base64.StdEncoding.EncodeToString([]byte("CN=  " + plantedName + ",OU=x")),
		"packed":             packed.String(),
		"UTF-16":             "\xff\xfeZ\x00e\x00t\x00t\x00e\x00r\x00k\x00v\x00i\x00s\x00t\x00",
		"a protected person": protectedName,
	} {
		path := filepath.Join(dir, "planterad.bin")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s := searcher{t: t}
		if s.folder(dir); len(s.found) == 0 {
			t.Errorf("the search does not find %s", name)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}
