package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/htmlindex"
)

// workbook is an open XLSX. excelize reads its small parts (styles, remarks,
// properties); the rows are streamed from their part here, because excelize's
// own row iterator gives no styles and ends silently at damaged XML.
type workbook struct {
	parts    map[string]*zip.File // by lower-case path
	small    *excelize.File
	sheets   map[string]string // sheet name → part
	shared   string            // part of the shared texts, "" if none
	texts    *texts
	styles   map[int]style
	date1904 bool
}

// The parts of a workbook that say where its sheets are.
type (
	workbookXML struct {
		Pr struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attr  []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	relsXML struct {
		Rel []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
)

func (b *Book) openWorkbook() error {
	zr, err := zip.NewReader(b.f, b.Size)
	if err != nil {
		return b.damaged(err)
	}
	w := &workbook{parts: make(map[string]*zip.File, len(zr.File)), sheets: make(map[string]string), styles: make(map[int]style)}
	for _, f := range zr.File {
		w.parts[partName(f.Name)] = f
	}
	if f := w.parts["mimetype"]; f != nil {
		return b.refuse(ErrFormat, "detta är ett OpenDocument-kalkylark (.ods). Öppna det i LibreOffice, välj Spara som, Excel 2007-365 (.xlsx), och peka ut den nya filen.")
	}
	book, base := w.find("xl/workbook.xml"), "xl"
	if book == nil {
		return b.refuse(ErrFormat, "filen är ett arkiv men ingen Excel-arbetsbok (.xlsx).")
	}
	var wb workbookXML
	var rels relsXML
	if err := decodePart(book, &wb); err != nil {
		return b.damaged(err)
	}
	if f := w.find("xl/_rels/workbook.xml.rels"); f == nil {
		return b.damaged(errors.New("xl/_rels/workbook.xml.rels saknas"))
	} else if err := decodePart(f, &rels); err != nil {
		return b.damaged(err)
	}
	target, kind := make(map[string]string), make(map[string]string)
	for _, r := range rels.Rel {
		t := partName(r.Target)
		if !strings.HasPrefix(r.Target, "/") {
			t = partName(path.Join(base, t))
		}
		target[r.ID], kind[r.ID] = t, path.Base(r.Type)
		if path.Base(r.Type) == "sharedStrings" {
			w.shared = t
		}
	}
	for _, s := range wb.Sheets {
		for _, a := range s.Attr {
			if a.Name.Local == "id" && kind[a.Value] == "worksheet" {
				w.sheets[s.Name] = target[a.Value]
				b.sheets = append(b.sheets, Info{Name: s.Name, Hidden: s.State != "" && s.State != "visible"})
			}
		}
	}
	if len(b.sheets) == 0 {
		return b.refuse(ErrFormat, "arbetsboken har inga blad med celler.")
	}
	w.date1904 = truth(wb.Pr.Date1904)
	b.Date1904, b.xlsx = w.date1904, w
	if err := w.openSmall(); err != nil {
		return b.damaged(err)
	}
	b.Modified = w.modified()
	return nil
}

// emptySheet stands for a sheet whose rows are streamed elsewhere.
const emptySheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>`

// openSmall gives excelize the workbook without its sheets and texts, so that
// neither it nor its buffers grow with the number of rows.
func (w *workbook) openSmall() error {
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	for name, f := range w.parts {
		if !smallPart(name) {
			continue
		}
		if f.UncompressedSize64 > maxSmall {
			return fmt.Errorf("%s: %d byte", f.Name, f.UncompressedSize64)
		}
		if err := zw.Copy(f); err != nil {
			return err
		}
	}
	// A sheet without its part does not exist to excelize, and then it gives
	// no remarks either.
	for _, part := range w.sheets {
		out, err := zw.Create(part)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, emptySheet); err != nil {
			return err
		}
	}
	if err := zw.Close(); err != nil {
		return err
	}
	small, err := excelize.OpenReader(&buf, excelize.Options{UnzipSizeLimit: maxSmall, UnzipXMLSizeLimit: maxSmall})
	if err != nil {
		return err
	}
	w.small = small
	return nil
}

// smallPart tells the parts that excelize needs to know styles and remarks.
func smallPart(name string) bool {
	switch dir, base := path.Split(name); {
	case name == "[content_types].xml", strings.HasSuffix(name, ".rels"), dir == "docprops/":
		return true
	case dir == "xl/":
		return base == "workbook.xml" || base == "styles.xml" || strings.HasPrefix(base, "comments")
	default:
		return strings.HasPrefix(name, "xl/theme/") || strings.HasPrefix(name, "xl/comments/")
	}
}

// modified is the workbook's own date. Programs that write XLSX from a
// template leave a date older than the format itself, which says nothing.
func (w *workbook) modified() time.Time {
	p, err := w.small.GetDocProps()
	if err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, p.Modified)
	if err != nil || t.Year() < 2007 {
		return time.Time{}
	}
	return t
}

func (w *workbook) close() error {
	err := w.small.Close()
	if w.texts != nil {
		err = errors.Join(err, w.texts.close())
	}
	return err
}

func (w *workbook) find(name string) *zip.File { return w.parts[partName(name)] }

// partName makes paths comparable: some programs write backslashes or capitals.
func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(s, `\`, "/"), "/"))
}

func truth(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

// decodePart decodes one small part.
func decodePart(f *zip.File, into any) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	dec := xml.NewDecoder(io.LimitReader(r, maxSmall))
	dec.CharsetReader = charset
	return errors.Join(wrapPart(f.Name, dec.Decode(into)), r.Close())
}

func wrapPart(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

// charset reads parts in other encodings than UTF-8, which Excel never writes
// but is allowed to read.
func charset(label string, r io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(label)
	if err != nil {
		return nil, err
	}
	return enc.NewDecoder().Reader(r), nil
}

func (b *Book) damaged(err error) error {
	return &Error{File: b.File, Reason: ErrTruncated, Text: "arbetsboken är avkortad eller skadad. Spara eller exportera den på nytt.", Cause: err}
}
