package demo

import (
	"time"

	"github.com/xuri/excelize/v2"
)

// document is a governing document, by months from now.
type document struct {
	name, kind               string
	adopted, valid, reviewed int // months ago; 0 is blank, negative is ahead
	required                 bool
}

var documents = []document{
	{"Informationssäkerhetspolicy", "Policy", 20, -28, -4, true},
	{"Riktlinje för informationsklassning", "Riktlinje", 26, -10, -2, true},
	{"Riktlinje för behörigheter", "Riktlinje", 40, -8, 4, true},
	{"IT-strategi", "Strategi", 50, 2, 2, true},
	{"Digital agenda", "Plan", 18, -18, -6, true},
	{"Systemförvaltningsmodell", "Riktlinje", 30, 0, -1, true},
	{"Kontinuitetspolicy", "Policy", 44, 8, 8, true},
	{"Riktlinje för distansarbete", "Riktlinje", 22, -14, -2, true},
	{"Dokumenthanteringsplan", "Plan", 15, -33, -9, true},
	{"Riktlinje för e-tjänster", "Riktlinje", 33, -3, -3, true},
	{"Rutin för incidenthantering", "Rutin", 12, -24, -1, true},
	{"GIS-anvisning", "Anvisning", 70, 20, 20, false},
}

// writeDocuments writes the list of governing documents and, on a sheet of its
// own, the maintenance plans.
func (w *world) writeDocuments(path string) (err error) {
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	if err := f.SetSheetName("Sheet1", "Styrdokument"); err != nil {
		return err
	}
	rows := [][]any{{"Dokument", "Typ", "Krävs", "Antaget", "Gäller till", "Ses över senast", "Förvaltning"}}
	for _, d := range documents {
		rows = append(rows, []any{d.name, d.kind, yes(d.required), w.month(d.adopted), w.month(d.valid), w.month(d.reviewed), "Kommunledningskontoret"})
	}
	if err := fill(f, "Styrdokument", rows); err != nil {
		return err
	}
	if _, err := f.NewSheet("Förvaltningsplaner"); err != nil {
		return err
	}
	rows = [][]any{{"Plan", "System", "Antagen", "Förvaltning"}}
	for i := range 130 {
		name := subjects[i%len(subjects)] + " " + uses[i/len(subjects)]
		rows = append(rows, []any{"Förvaltningsplan " + name, name, w.date(20 + w.rnd.IntN(500)), units[w.unitOf(i)].name})
	}
	if err := fill(f, "Förvaltningsplaner", rows); err != nil {
		return err
	}
	return f.SaveAs(path)
}

func (w *world) month(ago int) any {
	if ago == 0 {
		return nil
	}
	d := w.now.AddDate(0, -ago, 0)
	return time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func fill(f *excelize.File, sheet string, rows [][]any) error {
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := f.SetSheetRow(sheet, cell, &r); err != nil {
			return err
		}
	}
	return nil
}
