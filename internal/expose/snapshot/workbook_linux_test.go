package snapshot

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// sheets are systems and costs: every way of counting that a sheet has a
// formula for, with keys that a search could misread.
type sheets struct{}

func (sheets) Populations() ([]finding.Population, error) {
	keys := map[string]string{"org_unit": "indelning_org_unit"}
	return []finding.Population{
		{Relation: "system", Keys: []string{"indelning_org_unit", "share.split"}, Columns: []finding.Recompute{
			{KPI: "share", How: "share", Keys: map[string]string{"org_unit": "indelning_org_unit", "split": "share.split"}},
			{KPI: "count", How: "count", Keys: keys}, {KPI: "median", How: "quantile", Q: 0.5, Keys: keys}, {KPI: "mean", How: "mean", Keys: keys},
			{KPI: "filled", How: "filled", Of: 3, Keys: keys}, {KPI: "way", How: "sum", Base: 20, Target: 10}, {KPI: "ratio", Column: "ratio.namnare", How: "below", Keys: keys},
			{KPI: "different", How: "distinct"},
		}},
		{Relation: "cost", Keys: []string{"indelning_org_unit"}, Columns: []finding.Recompute{{KPI: "ratio", How: "above", Per: 100, Keys: keys}}},
	}, nil
}

func (sheets) Rows(_ context.Context, relation string, each func(*finding.PopulationRow) error) error {
	rows := [][]string{
		{"7", "a", "0", "1", "10.123456789012345", "1", "3", "1", "2", "x"}, {"7", "", "1", "0", "20", "2", "0", "1", "2", "y"},
		{"a*b", "b", "0", "1", "30", "3", "1", "1", "", "x"}, {"ab", "", "1", "", "40", "", "2", "1", "2", ""}, {"", "", "", "", "", "4", "", "1", "1", ""}}
	if relation == "cost" {
		rows = [][]string{{"7", "100"}, {"a*b", "50.5"}, {"7", "0.25"}}
	}
	for i, cells := range rows {
		if err := each(&finding.PopulationRow{ID: fmt.Sprintf("<%s & %d>", relation, i), OrgUnit: "soc", Cells: cells}); err != nil {
			return err
		}
	}
	return nil
}

func (sheets) Evidence(context.Context, string, func(finding.Row) error) error { return nil }

func sheetContent() Content {
	c := content()
	c.Rows, c.Findings, c.Catalogue.KPIs = sheets{}, nil, nil
	for _, f := range []struct {
		id   string
		v    amount
		cell finding.Cell
	}{
		{"share", amount{number(0.5), number(2), number(4)}, finding.Cell{Key: "7", Value: number(0.5), Numerator: number(1), Denominator: number(2)}},
		{"count", amount{number(2), number(2), nil}, finding.Cell{Key: "a*b", Value: number(1), Numerator: number(1)}},
		{"median", amount{number(20), nil, number(4)}, finding.Cell{Key: "7", Value: number(10.123456789012345), Denominator: number(2)}},
		{"mean", amount{number(2.5), number(10), number(4)}, finding.Cell{Key: "", Value: number(4), Numerator: number(4), Denominator: number(1)}},
		{"filled", amount{number(0.5), number(6), number(12)}, finding.Cell{Key: "7", Value: number(0.5), Numerator: number(3), Denominator: number(6)}},
		{"way", amount{number(1.5), number(15), number(10)}, finding.Cell{}},
		{"ratio", amount{number(150.75 / 7 * 100), number(150.75), number(7)}, finding.Cell{Key: "7", Value: number(100.25 / 4 * 100), Numerator: number(100.25), Denominator: number(4)}},
		{"different", amount{number(2), number(2), nil}, finding.Cell{}},
	} {
		x := finding.Finding{KPI: f.id, Unit: "share", Title: finding.Text{SV: "Mått " + f.id}, Value: f.v.value, Numerator: f.v.numerator, Denominator: f.v.denominator, Outcome: finding.Measured}
		if f.cell.Value != nil {
			f.cell.Dimension, f.cell.Outcome = "org_unit", finding.Measured
			x.Breakdown = []finding.Cell{f.cell}
		}
		if f.id == "share" {
			x.Breakdown = append(x.Breakdown, finding.Cell{Dimension: "split", Key: "a", Value: number(0.25), Numerator: number(1), Denominator: number(4), Outcome: finding.Measured})
		}
		c.Findings = append(c.Findings, x)
		c.Catalogue.KPIs = append(c.Catalogue.KPIs, catalogue.Definition{ID: f.id, Title: x.Title, Secrecy: catalogue.Secrecy{Level: "sannolik", Provision: "OSL 18 kap. 8 §"}})
	}
	return c
}

// calculated is what LibreOffice makes of a workbook: the rows of each sheet.
func calculated(t *testing.T, book string) map[string][][]string {
	t.Helper()
	out := t.TempDir()
	said, err := exec.Command(testneed.Program(t, "soffice"), "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir", out, book).CombinedOutput()
	require.NoError(t, err, "%s", said)
	files, err := filepath.Glob(filepath.Join(out, "*.csv"))
	require.NoError(t, err)
	sheets := map[string][][]string{}
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		r := csv.NewReader(f)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		_, sheet, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".csv"), "-")
		sheets[sheet] = rows
	}
	return sheets
}

// workbookOf takes the workbook out of a bag.
func workbookOf(t *testing.T, zip string) string {
	t.Helper()
	b, err := bag.Open(zip, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	r, err := b.Read(workbookFile)
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), workbookFile)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, text, 0o600))
	return name
}

// The columns of the sheet of figures.
const (
	computedNumerator = 6
	computedValue     = 8
	agrees            = 9
	remark            = 11
)

func TestTheWorkbookComputesTheFiguresInLibreOfficeAndFollowsACellThatIsChanged(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), sheetContent(), nil)
	require.NoError(t, err)
	require.Empty(t, verify(t, w.Report.Path, nil).Faults)
	name := workbookOf(t, w.Evidence.Path)
	got := calculated(t, name)
	for sheet, rows := range got {
		require.Equal(t, secrecyLine, rows[0][0], sheet)
	}
	figures := got["Siffror"][headRows:]
	require.Len(t, figures, 8)
	for i, row := range figures {
		if row[0] == "different" {
			require.Contains(t, row[remark], "Ingen formel")
			continue
		}
		require.Equal(t, "stämmer", row[agrees], "%v", row)
		var v float64
		_, err := fmt.Sscan(row[computedValue], &v)
		require.NoError(t, err)
		require.InDelta(t, *sheetContent().Findings[i].Value, v, 1e-9)
		require.Equal(t, "OSL 18 kap. 8 §", row[13])
	}
	agree := 0
	for _, row := range got["Indelningar"][headRows:] {
		if row[10] == "stämmer" {
			agree++
		} else {
			require.Equal(t, "median", row[0], "%v", row)
		}
	}
	require.Equal(t, 6, agree)

	x, err := excelize.OpenFile(name)
	require.NoError(t, err)
	head, err := x.GetRows("system")
	require.NoError(t, err)
	for i, column := range head[headRows-1] {
		if column != "share" {
			continue
		}
		cell, err := excelize.CoordinatesToCellName(i+1, headRows+1)
		require.NoError(t, err)
		require.NoError(t, x.SetCellInt("system", cell, 1))
	}
	require.NoError(t, x.Save())
	require.NoError(t, x.Close())
	row := calculated(t, name)["Siffror"][headRows]
	require.Equal(t, []string{"3", "0.75", "STÄMMER INTE"}, []string{row[computedNumerator], row[computedValue], row[agrees]})
}

func TestTheAccountingBagHasAWorkbookOfItsOwn(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), sheetContent(), nil)
	require.NoError(t, err)
	x, err := excelize.OpenFile(workbookOf(t, w.Report.Path))
	require.NoError(t, err)
	defer x.Close()
	require.Equal(t, []string{"Läs mig", "Siffror", "Indelningar", "Beslut", "Beslutslogg", "Källor"}, x.GetSheetList())
	v, err := x.GetCellValue("Siffror", "F4")
	require.NoError(t, err)
	require.Equal(t, "0.5", v)
}
