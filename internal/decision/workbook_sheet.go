package decision

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// bookWriter writes one workbook.
type bookWriter struct {
	f     *excelize.File
	opt   Options
	shown map[string]string // measure id → what the drop-down says
	units map[string]string // org unit id → name

	head, text, date, percent, title, prose int // styles
}

func (b *bookWriter) styles() error {
	iso, percent := "yyyy-mm-dd", "0.##%"
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	line := []excelize.Border{{Type: "bottom", Color: "1F4E5F", Style: 2}}
	var err error
	for _, s := range []struct {
		to    *int
		style *excelize.Style
	}{
		{&b.head, &excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 11, Bold: true, Color: "12333F"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DCE9EE"}}, Border: line, Alignment: top}},
		{&b.text, &excelize.Style{Alignment: top}},
		{&b.date, &excelize.Style{Alignment: top, CustomNumFmt: &iso}},
		{&b.percent, &excelize.Style{Alignment: top, CustomNumFmt: &percent}},
		{&b.title, &excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 16, Bold: true, Color: "12333F"}}},
		{&b.prose, &excelize.Style{Alignment: top}},
	} {
		*s.to, err = b.f.NewStyle(s.style)
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bookWriter) readme() error {
	if err := b.f.SetSheetName("Sheet1", readmeSheet); err != nil {
		return err
	}
	errs := []error{b.f.SetColWidth(readmeSheet, "A", "A", 110), b.f.SetColStyle(readmeSheet, "A", b.prose)}
	for i, line := range readmeText() {
		cell := fmt.Sprintf("A%d", i+1)
		errs = append(errs, b.f.SetCellStr(readmeSheet, cell, line))
		style := b.prose
		if i == 0 {
			style = b.title
		}
		errs = append(errs, b.f.SetCellStyle(readmeSheet, cell, cell, style))
		if len([]rune(line)) > 105 {
			errs = append(errs, b.f.SetRowHeight(readmeSheet, i+1, 32))
		}
	}
	hide := false
	errs = append(errs, b.f.SetSheetView(readmeSheet, 0, &excelize.ViewOptions{ShowGridLines: &hide}), b.landscape(readmeSheet))
	return errors.Join(errs...)
}

func (b *bookWriter) landscape(sheet string) error {
	way, a4, width, height := "landscape", 9, 1, 0
	fit := true
	return errors.Join(
		b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &way, Size: &a4, FitToWidth: &width, FitToHeight: &height}))
}

func (b *bookWriter) sheet(sec section, rows []row) error {
	if _, err := b.f.NewSheet(sec.sheet); err != nil {
		return err
	}
	var errs []error
	for i, c := range sec.columns {
		errs = append(errs, b.column(sec, i, c))
	}
	for r, row := range rows {
		for i, c := range sec.columns {
			if v := row[c.key]; !v.empty() {
				errs = append(errs, b.cell(sec.sheet, i+1, r+2, c, v))
			}
		}
	}
	last, err := excelize.ColumnNumberToName(len(sec.columns))
	errs = append(errs, err,
		b.f.AutoFilter(sec.sheet, fmt.Sprintf("A1:%s%d", last, lastRow), nil),
		b.f.SetPanes(sec.sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		b.landscape(sec.sheet))
	return errors.Join(errs...)
}

// column writes one header, the column's looks and its drop-down and help.
func (b *bookWriter) column(sec section, i int, c column) error {
	name, err := excelize.ColumnNumberToName(i + 1)
	if err != nil {
		return err
	}
	style := b.text
	if c.cell == dateCell {
		style = b.date
	}
	errs := []error{
		b.f.SetColStyle(sec.sheet, name, style),
		b.f.SetColWidth(sec.sheet, name, name, c.width),
		b.f.SetCellStr(sec.sheet, name+"1", c.header),
		b.f.SetCellStyle(sec.sheet, name+"1", name+"1", b.head),
	}
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(fmt.Sprintf("%s2:%s%d", name, name, lastRow))
	if c.help != "" {
		dv.SetInput(c.header, c.help)
	}
	switch {
	case c.cell == kpiCell && len(b.opt.KPIs) > 0:
		dv.SetSqrefDropList(fmt.Sprintf("%s!$A$1:$A$%d", listsSheet, len(b.opt.KPIs)))
		dv.SetError(excelize.DataValidationErrorStyleStop, c.header, "Välj ett mått ur listan.")
	case c.cell == choiceCell:
		words := make([]string, len(c.choices))
		for j, ch := range c.choices {
			words[j] = ch.word
		}
		errs = append(errs, dv.SetDropList(words))
		dv.SetError(excelize.DataValidationErrorStyleStop, c.header, "Välj ur listan: "+strings.Join(words, ", ")+".")
	case c.cell == unitCell:
		dv.SetSqrefDropList(fmt.Sprintf("Organisation!$B$2:$B$%d", lastRow))
		dv.SetError(excelize.DataValidationErrorStyleWarning, c.header, "Namnet finns inte i bladet Organisation. Lägg till det där först.")
	case c.help == "":
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, b.f.AddDataValidation(sec.sheet, dv))...)
}

func (b *bookWriter) cell(sheet string, col, row int, c column, v written) error {
	at, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return err
	}
	switch {
	case v.number != nil:
		style := b.text
		if v.share {
			style = b.percent
		}
		return errors.Join(b.f.SetCellValue(sheet, at, *v.number), b.f.SetCellStyle(sheet, at, at, style))
	case !v.day.IsZero():
		d := time.Date(v.day.Year(), v.day.Month(), v.day.Day(), 0, 0, 0, 0, time.UTC)
		return errors.Join(b.f.SetCellValue(sheet, at, d), b.f.SetCellStyle(sheet, at, at, b.date))
	case len(v.list) > 0:
		return b.f.SetCellStr(sheet, at, strings.Join(v.list, "; "))
	}
	text := v.text
	if shown := b.shown[text]; c.cell == kpiCell && shown != "" {
		text = shown
	}
	if name := b.units[text]; c.cell == unitCell && name != "" {
		text = name
	}
	for _, ch := range c.choices {
		if ch.key == text {
			text = ch.word
		}
	}
	return b.f.SetCellStr(sheet, at, text)
}

// lists writes the hidden sheet behind the drop-downs.
func (b *bookWriter) lists() error {
	if _, err := b.f.NewSheet(listsSheet); err != nil {
		return err
	}
	var errs []error
	for i, k := range b.opt.KPIs {
		errs = append(errs, b.f.SetCellStr(listsSheet, fmt.Sprintf("A%d", i+1), shownKPI(k)))
	}
	return errors.Join(append(errs, b.f.SetColWidth(listsSheet, "A", "A", 80), b.f.SetSheetVisible(listsSheet, false))...)
}
