package watchlist_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// workbook writes a workbook with a front page and a list of targets.
func workbook(t *testing.T, rows [][]any) string {
	t.Helper()
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", "Läs mig"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("Läs mig", "A1", &[]any{"Så fylls listan i"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("Mål"); err != nil {
		t.Fatal(err)
	}
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range append([][]any{{"Nätets mål"}, {"ID", "Namn", "Modul", "Adress", "Antal användare", "Viktighet", "Ansvarig"}}, rows...) {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Mål", cell, &row); err != nil {
			t.Fatal(err)
		}
		if row[0] == "gammal" {
			if err := f.SetRowStyle("Mål", i+1, i+1, struck); err != nil {
				t.Fatal(err)
			}
			end, _ := excelize.CoordinatesToCellName(7, i+1)
			if err := f.SetCellStyle("Mål", cell, end, struck); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "natet.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAListIsReadFromAWorkbook(t *testing.T) {
	path := workbook(t, [][]any{
		{"skolan", "Centralskolan", "icmp", "10.1.2.1", 60, "hog", "Bo"},
		{"gammal", "Gamla skolan", "icmp", "10.1.2.9", 10, "hog", "Bo"},
		{1042, "Biblioteket", "tcp", "10.1.3.1:443", 12.0, nil, nil},
		{nil, "Summa", nil, nil, 72, nil, nil},
	})
	raw, err := json.Marshal(watchlist.Settings{TargetsFile: path})
	if err != nil {
		t.Fatal(err)
	}
	l, err := watchlist.Load(t.Context(), raw, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Targets) != 2 {
		t.Fatalf("%+v", l.Targets)
	}
	school, library := find(t, l, "skolan"), find(t, l, "1042")
	if school.Users != 60 || library.Users != 12 || library.Criticality != "normal" || school.Place.Sheet != "Mål" || school.Place.Row != 3 {
		t.Errorf("%+v\n%+v", school, library)
	}
}

func TestAFaultInAWorkbookNamesSheetRowAndColumn(t *testing.T) {
	path := workbook(t, [][]any{{"skolan", "Centralskolan", "icmpp", "10.1.2.1", 60, "hog", "Bo"}})
	raw, err := json.Marshal(watchlist.Settings{TargetsFile: path})
	if err != nil {
		t.Fatal(err)
	}
	_, err = watchlist.Load(t.Context(), raw, "")
	if err == nil || !strings.Contains(err.Error(), "natet.xlsx, blad Mål, rad 3, modul: värdet är ingen modul; menas icmp?") {
		t.Errorf("got %v", err)
	}
	raw, err = json.Marshal(watchlist.Settings{TargetsFile: path, Sheet: "Läs mig"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = watchlist.Load(t.Context(), raw, ""); err == nil || !strings.Contains(err.Error(), "hittar ingen rubrikrad") {
		t.Errorf("got %v", err)
	}
}
