package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/demo"
)

// aStrategyIsFilledIn fills in strategies with the figures of the demo.
func aStrategyIsFilledIn(t *testing.T, config string) {
	t.Helper()
	filled, err := os.ReadFile(filepath.Join(filepath.Dir(config), demo.StatusFile))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(filled), "\u00a0", " ")
	for _, want := range []string{"75 av 500 (15 procent). Målet 100 procent senast den 31 december", "11 av 40 (27,5 procent)", "öppet i 900 dagar", "för 30 dagar sedan", "vi vet inte, därför att", "lagt åt sidan genom beslut (KS 2026/98, § 41)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the demo's strategy does not say %q:\n%s", want, text)
		}
	}
	dir := t.TempDir()
	path := func(name string, content []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	document := path("strategi.docx", smallDocument(t, "Så går det: {{kpi sso_coverage}} {{recommendation "+recommendation()+"}}"))
	for _, c := range []struct {
		name string
		args []string
		code int
		said string // on stdout or stderr
		made string // the file that is made, with
		text string // in it
	}{
		{"a Word document", []string{document}, exitOK, "strategi.status.docx: 2 statusar ifyllda.", "strategi.status.docx", "11 av 40 (27,5 procent). Målet 30 stycken senast"},
		{"and once more into a file of one's own", []string{filepath.Join(dir, "strategi.status.docx"), "--out", filepath.Join(dir, "ut.docx")}, exitOK, "2 statusar ifyllda", "ut.docx", "öppen i 420 dagar. Skulle ha varit klar senast"},
		{"only told", []string{path("a.md", []byte("{{goal 5}}")), "--check"}, exitOK, "1 markör, inga fel. Inget är skrivet.", "", ""},
		{"with a fault", []string{path("b.md", []byte("x\n{{goal 5}} {{kpi sso_covrage}}"))}, exitNo, "■ rad 2: måttet sso_covrage finns inte; menade du sso_coverage?\n\n1 fel. Inget är skrivet.", "", ""},
		{"without markers", []string{path("c.md", []byte("x"))}, exitNo, "har inga markörer", "", ""},
		{"of a day before anything was read", []string{path("d.md", []byte("{{goal 5}} {{kpi sso_coverage}}")), "--as-of", "2015-06-30"}, exitOK, "2 statusar", "d.status.md", "Per den 30 juni 2015: vi vet inte, därför att ingen lista över mål var inläst den dagen."},
		{"no document", []string{path("e.docx", []byte("x"))}, exitUsage, "inget Word-dokument", "", ""},
		{"no file", []string{filepath.Join(dir, "saknas.md")}, exitUsage, "saknas.md", "", ""},
		{"into a folder that is not there", []string{filepath.Join(dir, "a.md"), "--out", filepath.Join(dir, "saknas", "a.md")}, exitNo, "a.md", "", ""},
	} {
		t.Run("a strategy: "+c.name, func(t *testing.T) {
			before, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			code, out, errOut := kommunpuls(t, append([]string{"-c", config, "strategy"}, c.args...)...)
			if code != c.code || !strings.Contains(out+errOut, c.said) {
				t.Errorf("exit %d, said %s%s; want %d, %q", code, out, errOut, c.code, c.said)
			}
			if c.made == "" {
				after, err := os.ReadDir(dir)
				if err != nil || len(after) != len(before) {
					t.Errorf("something was written: %v, %v", after, err)
				}
				return
			}
			if got := documentText(t, filepath.Join(dir, c.made)); !strings.Contains(got, c.text) {
				t.Errorf("%s does not say %q: %s", c.made, c.text, got)
			}
		})
	}
}

// recommendation is the number of the demo's first one.
func recommendation() string {
	return "KR-" + time.Now().AddDate(0, 0, -420).Format("2006") + "-1"
}

// smallDocument is the smallest DOCX.
func smallDocument(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		f, err := w.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// documentText is a Markdown file, or the body of a DOCX.
func documentText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(path) == ".docx" {
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("word/document.xml")
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(f); err != nil {
			t.Fatal(err)
		}
	}
	return strings.ReplaceAll(string(b), "\u00a0", " ")
}
