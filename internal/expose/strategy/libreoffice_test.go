package strategy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// office converts files with the real LibreOffice, in a profile of its own.
type office struct{ program, profile string }

func startOffice(t *testing.T) office {
	t.Helper()
	return office{testneed.Program(t, "soffice"), t.TempDir()}
}

// convert returns the file that LibreOffice makes, and fails if it says anything
// but that it did.
func (o office) convert(t *testing.T, name string, in []byte, to string, options ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, in, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	args := append([]string{"-env:UserInstallation=file://" + o.profile, "--headless"}, options...)
	cmd := exec.Command(o.program, append(args, "--convert-to", to, "--outdir", out, path)...)
	cmd.Env = append(os.Environ(), "HOME="+o.profile)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, said)
	}
	for line := range strings.Lines(string(said)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "convert ") && !strings.Contains(line, "javaldx") && !strings.HasPrefix(line, "Overwriting") {
			t.Errorf("soffice says %q", line)
		}
	}
	ext, _, _ := strings.Cut(to, ":")
	b, err := os.ReadFile(filepath.Join(out, strings.TrimSuffix(name, filepath.Ext(name))+"."+ext))
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return b
}

// text is what a person reads in the document.
func (o office) text(t *testing.T, in []byte) string {
	t.Helper()
	return plainSpaces(string(o.convert(t, "strategi.docx", in, "txt:Text (encoded):UTF8")))
}

// printed is the text of the document's PDF, in one line.
func (o office) printed(t *testing.T, in []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, o.convert(t, "strategi.docx", in, "pdf"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(testneed.Program(t, "pdftotext"), "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(plainSpaces(string(out))), " ")
}

func wantAll(t *testing.T, what, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
	for _, left := range []string{"{{", "}}", "kommunpuls:"} {
		if strings.Contains(text, left) {
			t.Errorf("%s still has %q:\n%s", what, left, text)
		}
	}
}

const page = `<html><body><h1>Strategi för it</h1>
<p>Alla system ska nås med <b>en inloggning</b>. {{kpi <i>sso_cov</i>erage}} Så långt <u>i dag</u>.</p>
<ol><li>{{goal 17}}</li><li>{{rekommendation EY-2024-3}}</li></ol>
<table border="1"><tr><td>Väntan</td><td><font color="#ff0000">{{kpi wait}}</font></td></tr></table></body></html>`

func TestADocumentOfLibreOfficeIsFilledIn(t *testing.T) {
	o := startOffice(t)
	document := o.convert(t, "strategi.html", []byte(page), "docx:MS Word 2007 XML", "--infilter=HTML (StarWriter)")
	filled := fill(t, "strategi.docx", document, facts(t, "2026-11-22")).Out
	want := []string{
		"Alla system ska nås med en inloggning. " + status40 + " Så långt i dag.",
		"delvis uppnått, öppet i 1 056 dagar. Skulle ha varit klart senast den 30 juni 2026, för 145 dagar sedan.",
		"Per den 22 november 2026: inte åtgärdad, öppen i 934 dagar.", "Målet högst 1 timme senast den 31 december 2027 är inte nått än, men det går i den takt som behövs.",
	}
	wantAll(t, "the text", o.text(t, filled), want...)
	wantAll(t, "the PDF", o.printed(t, filled), want[0], "934 dagar")
	for _, control := range strings.Split(unpack(t, filled)["word/document.xml"], "<w:sdtContent>")[1:] {
		if status, _, _ := strings.Cut(control, "</w:sdtContent>"); strings.Contains(status, "w:color") || !strings.Contains(status, `<w:rStyle w:val="KommunpulsStatus"/>`) {
			t.Errorf("a status looks as its marker did: %s", status)
		}
	}
	saved := o.convert(t, "strategi.docx", filled, "docx:MS Word 2007 XML")
	later := facts(t, "2027-11-22")
	later.Findings[0].Numerator, later.Findings[0].Value, later.Findings[0].Outcome = n(36), n(0.9), "met"
	again := fill(t, "strategi.docx", saved, later)
	if len(again.Statuses) != 4 {
		t.Errorf("of four statuses %d were found again: %v", len(again.Statuses), again.Statuses)
	}
	text := o.text(t, again.Out)
	wantAll(t, "a year later the text", text, "Alla system ska nås med en inloggning. Per den 22 november 2027: 36 av 40 (90 procent). Målet 60 procent senast den 31 december 2025 är nått. Så långt i dag.",
		"öppet i 1 421 dagar", "öppen i 1 299 dagar", "Per den 22 november 2027: 2 timmar.")
	if strings.Contains(text, "november 2026") {
		t.Errorf("a status of the year before is left:\n%s", text)
	}
}

func TestADocumentThatWordCutUpGoesThroughLibreOffice(t *testing.T) {
	o := startOffice(t)
	parts := partsOf(p(r("Läget: {")+r("{kpi sso_")+`<w:proofErr w:type="spellStart"/>`+r("coverage")+`<w:proofErr w:type="spellEnd"/>`+r("}}")+r(" Slut.")) +
		p(`<w:r><w:t xml:space="preserve">Med fotnot</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r>`) +
		`<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="4500"/><w:gridCol w:w="4500"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:tcW w:w="4500" w:type="dxa"/></w:tcPr>` + p(r("Mål 18")) + `</w:tc><w:tc><w:tcPr><w:tcW w:w="4500" w:type="dxa"/></w:tcPr>` + p(r("{{goal 18}}")) + `</w:tc></w:tr></w:tbl>`)
	parts["word/header1.xml"] = strings.ReplaceAll(parts["word/header1.xml"], "Sidhuvud", "Huvud {{goal 19}}")
	parts["word/footer1.xml"] = strings.ReplaceAll(parts["word/footer1.xml"], "Sidfot", "Fot {{kpi licences}}")
	parts["word/footnotes.xml"] = strings.ReplaceAll(parts["word/footnotes.xml"], "Fotnot", "Not {{goal 21}}")
	file := fill(t, "s.docx", pack(t, parts), facts(t, "2026-11-22")).Out
	printed := o.printed(t, file)
	wantAll(t, "the PDF", printed, "Läget: "+status40+" Slut.", "Huvud Per den 22 november 2026: lagt åt sidan genom beslut (KS 2026/98, § 41).",
		"Fot Per den 22 november 2026: vi vet inte, därför att ingen källa visar installerade program.", "Not Per den 22 november 2026: avslutat utan att vara uppnått den 31 december 2025, efter 730 dagar.", "uppnått den 2 juli 2025")
	for range 2 { // LibreOffice saves it, and saves what was filled in once more
		file = o.convert(t, "s.docx", file, "docx:MS Word 2007 XML")
		again := fill(t, "s.docx", file, facts(t, "2026-11-22"))
		if len(again.Statuses) != 5 {
			t.Fatalf("of five statuses %d were found again: %v", len(again.Statuses), again.Statuses)
		}
		file = again.Out
	}
	// LibreOffice puts a space after the number of a note.
	if got := strings.Replace(o.printed(t, file), "1 Not", "1Not", 1); got != strings.Replace(printed, "1 Not", "1Not", 1) {
		t.Errorf("after LibreOffice has saved it twice:\n%s\nbefore:\n%s", got, printed)
	}
}
