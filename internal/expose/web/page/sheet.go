package page

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Sheet is the rows behind a figure as a file: every row with its state, and on
// a sheet of its own what they are the rows of.
type Sheet struct {
	Head  []string
	Rows  [][]string
	Name  string      // of the sheet with the rows
	About string      // name of the sheet that tells what they are
	Facts [][2]string // what stands there: a name and what it is
}

// Sheet makes a file of the page. The page must show every row.
func (e Evidence) Sheet(d EvidenceData) Sheet {
	s := Sheet{
		Name: e.say("rows"), About: e.say("about"),
		Head: append([]string{e.say("what"), e.say("unit"), e.say("state"), e.say("why")}, append(e.Columns, e.say("where"))...),
	}
	for _, r := range e.Rows {
		row := append([]string{r.Label, r.Unit, r.State, r.Reason}, r.Cells...)
		s.Rows = append(s.Rows, append(row, r.Place))
	}
	fact := func(name, what string) {
		if what != "" {
			s.Facts = append(s.Facts, [2]string{name, what})
		}
	}
	f := d.Finding
	fact(e.say("municipality"), e.Municipality)
	if e.Demo {
		fact("DEMODATA", e.say("demo"))
	}
	fact(e.say("measure"), e.Text(d.Definition.Title))
	fact(e.say("unit"), e.UnitName())
	if d.Finding.Value != nil {
		fig := e.row(f).Figure
		fact(e.say("value"), strings.TrimSpace(fig.Counts+" "+fig.Value))
	}
	fact(e.say("counted-on"), e.Text(f.Population))
	fact(e.say("not-counted"), wording.NotCounted(e.Text(d.Definition.NotCounted)))
	fact(e.say("day"), e.Clock(f.AsOf))
	fact(e.say("known-at"), e.Clock(f.KnownAt))
	fact(e.say("method"), strconv.Itoa(f.MethodVersion))
	if l := d.Definition.Secrecy.Level; l != "" && l != "ingen" {
		fact(e.say("secrecy"), e.say("secrecy-"+l, d.Definition.Secrecy.Provision))
	}
	fact(e.say("made-by"), "kommunpuls "+e.Version)
	return s
}

// CSV writes the rows as a spreadsheet program with Swedish settings opens
// them: UTF-8 with a byte order mark, semicolons between.
func (s Sheet) CSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	if err := c.Write(s.Head); err != nil {
		return err
	}
	row := make([]string, len(s.Head))
	for _, r := range s.Rows {
		for i, cell := range r {
			row[i] = harmless(cell)
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// harmless keeps a spreadsheet program from taking a text for a formula.
func harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

// XLSX writes the rows as a workbook.
func (s Sheet) XLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	if err := f.SetSheetName("Sheet1", s.Name); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := s.rows(f, bold); err != nil {
		return err
	}
	if _, err := f.NewSheet(s.About); err != nil {
		return err
	}
	for i, fact := range s.Facts {
		row := strconv.Itoa(i + 1)
		if err := f.SetSheetRow(s.About, "A"+row, &[]any{fact[0], fact[1]}); err != nil {
			return err
		}
	}
	if err := f.SetColStyle(s.About, "A", bold); err != nil {
		return err
	}
	if err := f.SetColWidth(s.About, "A", "A", 28); err != nil {
		return err
	}
	if err := f.SetColWidth(s.About, "B", "B", 100); err != nil {
		return err
	}
	return f.Write(w)
}

func (s Sheet) rows(f *excelize.File, bold int) error {
	w, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := w.SetColWidth(1, len(s.Head), 24); err != nil {
		return err
	}
	head := make([]any, len(s.Head))
	for i, h := range s.Head {
		head[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	cells := make([]any, len(s.Head))
	for i, r := range s.Rows {
		for j, c := range r {
			cells[j] = typed(c)
		}
		if err := w.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// typed is a number where a text is one and would be written so, else the text:
// "007" and long ids stay what they are.
func typed(cell string) any {
	if n, err := strconv.ParseFloat(cell, 64); err == nil && len(cell) < 15 && strconv.FormatFloat(n, 'f', -1, 64) == cell {
		return n
	}
	return cell
}
