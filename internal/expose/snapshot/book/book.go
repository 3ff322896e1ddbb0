package book

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// Part is a finished sheet and its packed bytes.
type Part struct {
	Sheet *Sheet
	From  io.Reader
}

const (
	head   = xml.Header
	office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	pkg    = "http://schemas.openxmlformats.org/package/2006/"
	main   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	kind   = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// sizeBehind marks a file whose size stands behind it: what stands before it has
// no room for 4 GiB.
const sizeBehind = 0x8

// Write puts a workbook together of its sheets, in their order. at stands as the
// time of everything in it. Programs compute every formula when they open it.
func Write(w io.Writer, at time.Time, parts []Part) error {
	z := zip.NewWriter(w)
	var types, sheets, rels strings.Builder
	for i, p := range parts {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i+1, kind)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, attribute(SheetName(p.Sheet.name)), i+1, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
	}
	fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, len(parts)+1, office)
	for _, f := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="` + pkg + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + kind + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + kind + `styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + pkg + `relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets>` + sheets.String() + `</sheets><calcPr calcId="0" fullCalcOnLoad="1"/></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + pkg + `relationships">` + rels.String() + `</Relationships>`},
		{"xl/styles.xml", `<styleSheet xmlns="` + main + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
			`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
			`<cellXfs count="2"><xf fontId="0"/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`},
	} {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at.UTC()})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, head+f.text); err != nil {
			return err
		}
	}
	for i, p := range parts {
		h := &zip.FileHeader{
			Name: fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), Method: zip.Deflate, Modified: at.UTC(),
			CRC32: p.Sheet.sum, CompressedSize64: uint64(p.Sheet.to.n), UncompressedSize64: uint64(p.Sheet.size),
		}
		if max(h.CompressedSize64, h.UncompressedSize64) >= math.MaxUint32 {
			h.Flags |= sizeBehind
		}
		out, err := z.CreateRaw(h)
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, p.From); err != nil {
			return fmt.Errorf("sheet %s: %w", p.Sheet.name, err)
		}
	}
	return z.Close()
}

// SheetName is a name that a sheet can have.
func SheetName(s string) string {
	r := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '_'
		}
		return r
	}, s))
	return string(r[:min(len(r), 31)])
}

func attribute(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
