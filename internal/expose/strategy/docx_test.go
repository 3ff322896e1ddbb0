package strategy

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func p(inner string) string { return "<w:p>" + inner + "</w:p>" }

func r(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

// wellFormed fails where XML does not hold together.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
}

// body is what stands in the body of a filled document.
func body(t *testing.T, file []byte) string {
	t.Helper()
	text := unpack(t, file)["word/document.xml"]
	wellFormed(t, text)
	_, text, _ = strings.Cut(text, "<w:body>")
	text, _, _ = strings.Cut(text, "<w:sectPr>")
	return text
}

const status40 = "Per den 22 november 2026: 11 av 40 (27,5 procent). Målet 60 procent senast den 31 december 2025 är inte nått."

// ssoControl is what a marker of sso_coverage becomes.
func ssoControl(number, id, look string) string {
	return `<w:sdt><w:sdtPr><w:alias w:val="Kommunpuls status"/><w:tag w:val="kommunpuls: kpi sso_coverage"/></w:sdtPr><w:sdtContent>` +
		`<w:bookmarkStart w:id="` + id + `" w:name="kp` + number + `_1_kpiZ20Zsso_coverage"/><w:r><w:rPr><w:rStyle w:val="KommunpulsStatus"/>` + look + `</w:rPr><w:t xml:space="preserve">` + status40 + `</w:t></w:r><w:bookmarkEnd w:id="` + id + `"/></w:sdtContent></w:sdt>`
}

func TestMarkersAreFoundHoweverWordHasCutThemUp(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"alone", p(r("{{kpi sso_coverage}}")), p(ssoControl("1", "1", ""))},
		{"within a sentence, with its look but not its colour",
			p(`<w:r><w:rPr><w:rStyle w:val="Stark"/><w:b/><w:color w:val="FF0000"/><w:highlight w:val="yellow"/><w:lang w:val="sv-SE"/></w:rPr><w:t>Nu: {{kpi sso_coverage}}.</w:t></w:r>`),
			p(`<w:r><w:rPr><w:rStyle w:val="Stark"/><w:b/><w:color w:val="FF0000"/><w:highlight w:val="yellow"/><w:lang w:val="sv-SE"/></w:rPr><w:t xml:space="preserve">Nu: </w:t></w:r>` +
				ssoControl("1", "1", `<w:b/><w:lang w:val="sv-SE"/>`) +
				`<w:r><w:rPr><w:rStyle w:val="Stark"/><w:b/><w:color w:val="FF0000"/><w:highlight w:val="yellow"/><w:lang w:val="sv-SE"/></w:rPr><w:t xml:space="preserve">.</w:t></w:r>`)},
		{"over runs, with marks of spelling and a bookmark of the author's between them",
			p(r("Nu: {") + r("{kpi ") + `<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="8" w:name="_GoBack"/><w:r w:rsidR="00A1"><w:rPr><w:i/></w:rPr><w:t>sso_cov</w:t></w:r><w:bookmarkEnd w:id="8"/>` + r("erage") + `<w:proofErr w:type="spellEnd"/>` + r("}") + r("} och sedan")),
			p(r("Nu: ") + ssoControl("1", "9", "") + `<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="8" w:name="_GoBack"/><w:bookmarkEnd w:id="8"/><w:proofErr w:type="spellEnd"/>` + r(" och sedan"))},
		{"two in one run, and in a run that has more than text",
			p(r("{{kpi sso_coverage}} {{kpi sso_coverage}}") + `<w:r><w:tab/><w:t>A {{kpi sso_coverage}}</w:t><w:br/></w:r>`),
			p(ssoControl("1", "1", "") + r(" ") + ssoControl("2", "2", "") + `<w:r><w:tab/><w:t xml:space="preserve">A </w:t></w:r>` + ssoControl("3", "3", "") + `<w:r><w:br/></w:r>`)},
		{"with a hyphen that does not break, typed with hard spaces and entities around it",
			p(`<w:r><w:t>A &amp; B {{recommendation EY</w:t><w:noBreakHyphen/><w:t>2024</w:t><w:noBreakHyphen/><w:t>3}}</w:t></w:r>`), ""},
		{"in a link, a change that is tracked and a table",
			`<w:tbl><w:tr><w:tc>` + p(`<w:hyperlink w:anchor="x">`+r("{{kpi sso_coverage}}")+`</w:hyperlink>`) + `</w:tc></w:tr></w:tbl>` + p(`<w:ins w:id="3" w:author="x">`+r("{{kpi sso_coverage}}")+`</w:ins>`),
			`<w:tbl><w:tr><w:tc>` + p(`<w:hyperlink w:anchor="x">`+ssoControl("1", "1", "")+`</w:hyperlink>`) + `</w:tc></w:tr></w:tbl>` + p(`<w:ins w:id="3" w:author="x">`+ssoControl("2", "2", "")+`</w:ins>`)},
		{"in a text box, whose paragraph stands within another's run",
			p(`<w:r><w:pict><w:txbxContent>` + p(r("{{kpi sso_coverage}}")) + `</w:txbxContent></w:pict></w:r>` + r(" utanför {{kpi sso_coverage}}")),
			p(`<w:r><w:pict><w:txbxContent>` + p(ssoControl("1", "1", "")) + `</w:txbxContent></w:pict></w:r>` + r(" utanför ") + ssoControl("2", "2", ""))},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := pack(t, partsOf(c.in))
			res := fill(t, "strategi.docx", file, facts(t, "2026-11-22"))
			got := plainSpaces(body(t, res.Out))
			if c.want != "" && got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if strings.Contains(got, "{{") || strings.Contains(got, "}}") {
				t.Errorf("braces are left: %s", got)
			}
			before, after := unpack(t, file), unpack(t, res.Out)
			for name := range before {
				if name != "word/document.xml" && name != "word/styles.xml" && before[name] != after[name] {
					t.Errorf("%s was changed", name)
				}
			}
			again := fill(t, "strategi.docx", res.Out, facts(t, "2026-11-22"))
			if !bytes.Equal(again.Out, res.Out) {
				t.Errorf("filling it again gives something else: %s", body(t, again.Out))
			}
		})
	}
}

func TestAFilledDocumentIsFilledAgainAYearLater(t *testing.T) {
	parts := partsOf(p(r("Läget: {{kpi sso_coverage förvaltning=SBF}} Mål: {{goal 17}}")))
	parts["word/header1.xml"] = strings.ReplaceAll(parts["word/header1.xml"], "Sidhuvud", "{{kpi sso_coverage}}")
	parts["word/footer1.xml"] = strings.ReplaceAll(parts["word/footer1.xml"], "Sidfot", "{{recommendation EY-2024-3}}")
	parts["word/footnotes.xml"] = strings.ReplaceAll(parts["word/footnotes.xml"], "Fotnot", "Se {{mål 18}}")
	first := fill(t, "s.docx", pack(t, parts), facts(t, "2026-11-22"))
	later := facts(t, "2027-11-22")
	later.Findings[0].Numerator, later.Findings[0].Value = n(30), n(0.75)
	later.Findings[0].Outcome = "met"
	second := fill(t, "s.docx", first.Out, later)
	if len(first.Statuses) != 5 || len(second.Statuses) != 5 {
		t.Fatalf("statuses %v, then %v", first.Statuses, second.Statuses)
	}
	want := map[string]string{
		"word/document.xml":  "2 av 4.",
		"word/header1.xml":   "Per den 22 november 2027: 30 av 40 (75 procent). Målet 60 procent senast den 31 december 2025 är nått.",
		"word/footer1.xml":   "Per den 22 november 2027: inte åtgärdad, öppen i 1 299 dagar. Skulle ha varit klar senast den 31 januari 2027, för 295 dagar sedan. Ansvarig roll: Kommundirektör.",
		"word/footnotes.xml": "Per den 22 november 2027: uppnått den 2 juli 2025, efter 548 dagar och 2 dagar efter sista dagen.",
	}
	for name, text := range unpack(t, second.Out) {
		wellFormed(t, text)
		text = plainSpaces(text)
		if !strings.Contains(text, want[name]) {
			t.Errorf("%s lacks %q: %s", name, want[name], text)
		}
		if strings.Contains(text, "november 2026") {
			t.Errorf("%s still tells of the year before: %s", name, text)
		}
	}
	if got := strings.Count(unpack(t, second.Out)["word/styles.xml"], styleName); got != 1 {
		t.Errorf("the style stands %d times", got)
	}
}

func TestWhatWordDoesToAControlIsPutRight(t *testing.T) {
	filled := func(t *testing.T) map[string]string {
		return unpack(t, fill(t, "s.docx", pack(t, partsOf(p(r("A {{kpi sso_coverage}} B")))), facts(t, "2026-11-22")).Out)
	}
	for _, c := range []struct {
		name string
		do   func(string) string
	}{
		{"emptied, it shows a placeholder", func(s string) string {
			i, j := strings.Index(s, "<w:sdtContent>"), strings.Index(s, "</w:sdtContent>")
			s = s[:i] + `<w:sdtContent><w:r><w:rPr><w:rStyle w:val="Platshllartext"/></w:rPr><w:t>Klicka här</w:t></w:r>` + s[j:]
			return strings.Replace(s, "</w:sdtPr>", "<w:showingPlcHdr/></w:sdtPr>", 1)
		}},
		{"somebody wrote in it, tracked", func(s string) string {
			return strings.Replace(s, "</w:sdtContent>", `<w:ins w:id="4" w:author="x"><w:r><w:t> och mer</w:t></w:r></w:ins></w:sdtContent>`, 1)
		}},
		{"its bookmarks moved out of it", func(s string) string {
			i, j := strings.Index(s, "<w:bookmarkStart"), strings.Index(s, "<w:r><w:rPr>")
			start := s[i:j]
			s = strings.Replace(s, start, "", 1)
			return strings.Replace(s, "<w:sdt>", start+"<w:sdt>", 1)
		}},
		{"its bookmarks are gone", func(s string) string {
			i, j := strings.Index(s, "<w:bookmarkStart"), strings.Index(s, "<w:r><w:rPr>")
			return strings.Replace(s[:i]+s[j:], `<w:bookmarkEnd w:id="1"/>`, "", 1)
		}},
		{"its tag is gone, as LibreOffice leaves it", func(s string) string {
			i, j := strings.Index(s, "<w:sdtPr>"), strings.Index(s, "</w:sdtPr>")
			return strings.Replace(s[:i]+"<w:sdtPr>"+s[j:], "<w:sdtContent>", "<w:sdtContent><w:r></w:r>", 1)
		}},
		{"the control is gone and the bookmarks are left", func(s string) string {
			i, j := strings.Index(s, "<w:sdt>"), strings.Index(s, "<w:bookmarkStart")
			return strings.Replace(s[:i]+s[j:], "</w:sdtContent></w:sdt>", "", 1)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := filled(t)
			want := parts["word/document.xml"]
			parts["word/document.xml"] = c.do(want)
			if parts["word/document.xml"] == want {
				t.Fatal("nothing was done to it")
			}
			wellFormed(t, parts["word/document.xml"])
			got := unpack(t, fill(t, "s.docx", pack(t, parts), facts(t, "2026-11-22")).Out)["word/document.xml"]
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
