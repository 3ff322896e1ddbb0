package strategy

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
)

func n(v float64) *float64 { return &v }

// facts are those of a day of a made-up municipality.
func facts(t *testing.T, day string) Facts {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	date := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		d, err := time.ParseInLocation(time.DateOnly, s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return followup.EndOfDay(d)
	}
	asOf := date(day)
	sso := finding.Finding{
		KPI: "sso_coverage", Title: finding.Text{SV: "Andel system med gemensam inloggning"}, Unit: "share", Value: n(0.275), Numerator: n(11), Denominator: n(40), Outcome: finding.NotMet,
		Target: &finding.Target{Kind: "value", Value: n(0.6), Due: "2025-12-31"},
		Breakdown: []finding.Cell{
			{Dimension: "org_unit", Key: "sbf", Label: "Stadsbyggnadskontoret", Value: n(0.5), Numerator: n(2), Denominator: n(4), Outcome: finding.Met},
			{Dimension: "org_unit", Key: "soc", Label: "Socialförvaltningen", Value: n(0.25), Numerator: n(5), Denominator: n(20), Outcome: finding.NotMet},
		},
	}
	f := Facts{
		AsOf: asOf,
		Findings: []finding.Finding{
			sso,
			{KPI: "wait", Title: finding.Text{SV: "Väntan"}, Unit: "seconds", Value: n(7200), Outcome: finding.NotDue, Pace: "on_pace", Target: &finding.Target{Kind: "value", Value: n(3600), Due: "2027-12-31"}},
			{KPI: "licences", Unit: "share", Outcome: finding.NoData, Reason: &finding.Text{SV: "Ingen källa visar installerade program (asset.software)."}},
			{KPI: "accounts", Unit: "share", Outcome: finding.Measured, Suppressed: true},
		},
		Catalogue: catalogue.Catalogue{KPIs: []catalogue.Definition{{ID: "wait", Direction: "down"}, {ID: "sso_coverage", Direction: "up"}}},
		Units:     []Unit{{ID: "sbf", Name: "Stadsbyggnadskontoret", Others: []string{"SBF"}}, {ID: "soc", Name: "Socialförvaltningen"}, {ID: "rtj", Name: "Räddningstjänsten"}},
		Target: func(_, unit string) *finding.Target {
			return &finding.Target{Kind: "value", Value: n(0.5)}
		},
		Goals: []followup.Row{
			{Reference: "17", Title: "En inloggning", Decided: date("2024-01-01"), Due: date("2026-06-30"), Status: "partly", Owner: "It-chef", MeasuredBy: "sso_coverage", Measure: &sso},
			{Reference: "18", Decided: date("2024-01-01"), Due: date("2025-06-30"), Done: date("2025-07-02"), Status: "met"},
			{Reference: "19", Status: "waived", Decision: "KS 2026/98, § 41"},
			{Reference: "20", Place: "Mål.xlsx, rad 4"}, {Reference: "20", Place: "Mål.xlsx, rad 9"},
			{Reference: "21", Decided: date("2024-01-01"), Done: date("2025-12-31"), Status: "not_met"},
		},
		Recommendations: []followup.Row{{Reference: "EY-2024-3", Decided: date("2024-05-02"), Due: date("2027-01-31"), Owner: "Kommundirektör"}},
	}
	for i := range f.Goals {
		f.Goals[i].Judge(asOf)
	}
	for i := range f.Recommendations {
		f.Recommendations[i].Judge(asOf)
	}
	return f
}

// plainSpaces makes a text comparable with what people type.
func plainSpaces(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

const (
	wNS      = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"
	mainType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)

// partsOf are the parts of a small DOCX with a body, made by hand.
func partsOf(body string) map[string]string {
	part := func(kind string) string {
		return `<Override PartName="/word/` + kind + `.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.` + strings.TrimSuffix(kind, "1") + `+xml"/>`
	}
	rel := func(id, kind, target string) string {
		return `<Relationship Id="` + id + `" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="` + target + `"/>`
	}
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	return map[string]string{
		"[Content_Types].xml": xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + mainType + `"/>` +
			part("styles") + part("header1") + part("footer1") + part("footnotes") + `</Types>`,
		"_rels/.rels": xmlHead + rels + rel("rId1", "officeDocument", "word/document.xml") + `</Relationships>`,
		"word/_rels/document.xml.rels": xmlHead + rels + rel("rId1", "styles", "styles.xml") + rel("rId2", "header", "header1.xml") + rel("rId3", "footer", "footer1.xml") + rel("rId4", "footnotes", "footnotes.xml") +
			`</Relationships>`,
		"word/styles.xml":    xmlHead + `<w:styles ` + wNS + `><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>`,
		"word/header1.xml":   xmlHead + `<w:hdr ` + wNS + `><w:p><w:r><w:t>Sidhuvud</w:t></w:r></w:p></w:hdr>`,
		"word/footer1.xml":   xmlHead + `<w:ftr ` + wNS + `><w:p><w:r><w:t>Sidfot</w:t></w:r></w:p></w:ftr>`,
		"word/footnotes.xml": xmlHead + `<w:footnotes ` + wNS + `><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote><w:footnote w:id="1"><w:p><w:r><w:t>Fotnot</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/document.xml":  xmlHead + `<w:document ` + wNS + `><w:body>` + body + `<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`,
	}
}

// pack makes a file of parts, in the order of their names.
func pack(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		p, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(parts[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpack reads every part of a file.
func unpack(t *testing.T, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

// fill fills in a document and expects no faults.
func fill(t *testing.T, name string, in []byte, f Facts) Result {
	t.Helper()
	res, err := Fill(name, in, f)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Faults) > 0 {
		t.Fatalf("faults: %v", res.Faults)
	}
	return res
}
