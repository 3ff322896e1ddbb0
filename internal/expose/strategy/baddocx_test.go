package strategy

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"maps"
	"strings"
	"testing"
)

func TestWhatIsWrongInADocumentIsSaidWithItsPlaceAndNothingIsWritten(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"unknown marker", p(r("{{kpl sso_coverage}}")), "brödtexten, stycke 1 (”{{kpl sso_coverage}}”): okänd markör {{kpl sso_coverage}}; menade du kpi?"},
		{"unknown figure", p(r("A")) + p(r("Läget: {{kpi ")+r("sso_covrage}}")), "brödtexten, stycke 2 (”Läget: {{kpi sso_covrage}}”): måttet sso_covrage finns inte; menade du sso_coverage?"},
		{"unknown goal", p(r("{{goal 99}}")), "brödtexten, stycke 1 (”{{goal 99}}”): mål 99 finns inte; de som finns är 17, 18, 19, 20, 20, 21"},
		{"a number that two goals have", p(r("{{goal 20}}")), "brödtexten, stycke 1 (”{{goal 20}}”): mål 20 finns 2 gånger (Mål.xlsx, rad 4 och Mål.xlsx, rad 9)"},
		{"never ended", p(r("Se {{goal 17 och resten")), "brödtexten, stycke 1 (”Se {{goal 17 och resten”): markören {{goal 17 och avslutas inte med }}"},
		{"cut by a line break", p(`<w:r><w:t>{{goal</w:t><w:br/><w:t>17}}</w:t></w:r>`), "brödtexten, stycke 1 (”{{goal 17}}”): markören {{goal avslutas inte med }}"},
		{"in a form", p(`<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>` + r("{{goal 17}}") + `</w:sdtContent></w:sdt>`), "brödtexten, stycke 1 (”{{goal 17}}”): markören {{goal 17}} står i ett formulärfält; flytta den utanför"},
		{"a control around a whole paragraph", `<w:sdt><w:sdtPr><w:tag w:val="kommunpuls: goal 17"/></w:sdtPr><w:sdtContent>` + p(r("x")) + `</w:sdtContent></w:sdt>`, "brödtexten: innehållskontrollen för {{goal 17}} står runt hela stycken; ta bort den och skriv markören igen"},
		{"a status over two paragraphs", p(`<w:bookmarkStart w:id="1" w:name="kp1_1_goalZ20Z17"/>`+r("x")) + p(r("y")+`<w:bookmarkEnd w:id="1"/>`), "brödtexten, stycke 1 (”x”): statusen för {{goal 17}} går över flera stycken eller har förlorat sitt slut; ta bort den och skriv markören igen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := Fill("s.docx", pack(t, partsOf(c.body)), facts(t, "2026-11-22"))
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Faults) != 1 || res.Faults[0].Error() != c.want || res.Out != nil {
				t.Errorf("got  %v\nwant %s", res.Faults, c.want)
			}
		})
	}
}

func TestWhatWasDeletedOrIsCodeIsLeftAlone(t *testing.T) {
	in := p(`<w:del w:id="1" w:author="x"><w:r><w:delText>{{goal 99}}</w:delText></w:r></w:del><w:moveFrom w:id="2" w:author="x">`+r("{{goal 99}}")+`</w:moveFrom>`) + p(r("{{goal 18}}"))
	res := fill(t, "s.docx", pack(t, partsOf(in)), facts(t, "2026-11-22"))
	if got := body(t, res.Out); !strings.HasPrefix(got, strings.TrimSuffix(in, p(r("{{goal 18}}")))) || len(res.Statuses) != 1 {
		t.Errorf("%s", got)
	}
}

func TestADocumentWithoutMarkersIsReturnedAsItIs(t *testing.T) {
	file := pack(t, partsOf(p(r("Inget här, bara {klamrar}."))))
	if res := fill(t, "s.docx", file, facts(t, "2026-11-22")); !bytes.Equal(res.Out, file) || len(res.Statuses) != 0 {
		t.Error("it was changed")
	}
}

func TestFilesThatAreNoWordDocumentAreRefused(t *testing.T) {
	with := func(changes map[string]string) []byte {
		parts := partsOf(p(r("{{goal 17}}")))
		maps.Copy(parts, changes)
		for name, text := range parts {
			if text == "" {
				delete(parts, name)
			}
		}
		return pack(t, parts)
	}
	types := partsOf("")["[Content_Types].xml"]
	rels := partsOf("")["word/_rels/document.xml.rels"]
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"text", []byte("hej"), "inget Word-dokument eller är inte hel"},
		{"nothing", nil, "inget Word-dokument eller är inte hel"},
		{"cut off", with(nil)[:900], "inte hel"},
		{"with a password", append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...), "skyddat med lösenord"},
		{"another ZIP", pack(t, map[string]string{"a.txt": "a"}), "inget Word-dokument"},
		{"a workbook", with(map[string]string{"[Content_Types].xml": strings.Replace(types, mainType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", 1)}), "inget Word-dokument"},
		{"with macros", with(map[string]string{"[Content_Types].xml": strings.Replace(types, mainType, "application/vnd.ms-word.document.macroEnabled.main+xml", 1)}), "makron"},
		{"with macros under another name", with(map[string]string{"word/vbaProject.bin": "x", "word/_rels/document.xml.rels": strings.Replace(rels, "</Relationships>", `<Relationship Id="rId9" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>`, 1)}), "makron"},
		{"a template", with(map[string]string{"[Content_Types].xml": strings.Replace(types, "document.main", "template.main", 1)}), "mall"},
		{"signed", with(map[string]string{"_xmlsignatures/sig1.xml": "<a/>"}), "underskrivet"},
		{"a part is missing", with(map[string]string{"word/header1.xml": ""}), "word/header1.xml saknas"},
		{"broken XML", with(map[string]string{"word/document.xml": "<w:document " + wNS + "><w:body></w:document>"}), "word/document.xml"},
		{"entities that grow", with(map[string]string{"word/document.xml": `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><w:document ` + wNS + `/>`}), "DTD"},
		{"not UTF-8", with(map[string]string{"word/document.xml": `<?xml version="1.0" encoding="ISO-8859-1"?><w:document ` + wNS + `/>`}), "ISO-8859-1"},
		{"other XML", with(map[string]string{"word/document.xml": `<html/>`}), "inte hör hemma"},
		{"the same part twice", twice(t), "finns två gånger"},
		{"encrypted within", encrypted(t, with(nil)), "krypterad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Fill("Strategi.docx", c.file, facts(t, "2026-11-22"))
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "Strategi.docx: ") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAPartThatUnpacksToMuchIsRefusedAndOthersAreNotUnpacked(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	add := func(name string, megabytes int, text string) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		for range megabytes {
			if _, err := f.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	parts := partsOf(p(r("{{goal 18}}")))
	for name, text := range parts {
		if name != "word/header1.xml" {
			add(name, 0, text)
		}
	}
	add("word/media/image1.png", 300, "")
	add("word/header1.xml", 70, "<a>")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Fill("s.docx", b.Bytes(), facts(t, "2026-11-22"))
	if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "word/header1.xml är större") {
		t.Errorf("got %v", err)
	}
}

// twice is a file with a part under two spellings of its name.
func twice(t *testing.T) []byte {
	t.Helper()
	parts := partsOf("")
	parts["WORD/document.xml"] = parts["word/document.xml"]
	return pack(t, parts)
}

// encrypted says of a part that it is.
func encrypted(t *testing.T, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "word/document.xml", Flags: 1, CRC32: crc32.ChecksumIEEE([]byte("x")), CompressedSize64: 1, UncompressedSize64: 1}
	f, err := w.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if len(file) == 0 {
		t.Fatal("nothing to encrypt")
	}
	return b.Bytes()
}

func FuzzDocumentPart(f *testing.F) {
	for _, text := range []string{p(r("{{goal 17}}")), p(ssoControl("1", "1", "")), p(r("{{") + r("kpi sso_coverage") + r("}}")), `<w:tbl/>`} {
		f.Add(`<w:document ` + wNS + `><w:body>` + text + `</w:body></w:document>`)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseStory(storyPart{"x", "brödtexten"}, []byte(text))
		if err != nil {
			return
		}
		fl := &filler{facts: facts(t, "2026-11-22")}
		if out, ok := s.fill(fl, &bookmarks{id: 1}, styleID); ok && len(fl.faults) == 0 {
			if _, err := parseStory(storyPart{"x", "brödtexten"}, out); err != nil {
				t.Errorf("%q became %q: %v", text, out, err)
			}
		}
	})
}
