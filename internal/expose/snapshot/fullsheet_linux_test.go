package snapshot

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/book"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// crowd are tickets, one more than a sheet has room for, and three systems. Of
// four tickets in a row one was solved in time.
type crowd struct{}

const crowded = book.MaxRows - headRows + 1

func (crowd) Populations() ([]finding.Population, error) {
	keys := map[string]string{"org_unit": "indelning_org_unit"}
	return []finding.Population{
		{Relation: "ticket", Keys: []string{"indelning_org_unit"}, Columns: []finding.Recompute{{KPI: "solved", How: "share", Keys: keys}, {KPI: "per", How: "above"}}},
		{Relation: "system", Columns: []finding.Recompute{{KPI: "sso", How: "share"}, {KPI: "per", Column: "per.namnare", How: "below"}}},
	}, nil
}

func (crowd) Rows(_ context.Context, relation string, each func(*finding.PopulationRow) error) error {
	if relation == "system" {
		for i, sso := range []string{"1", "0", "1"} {
			if err := each(&finding.PopulationRow{ID: "s" + strconv.Itoa(i), Cells: []string{sso, "1"}}); err != nil {
				return err
			}
		}
		return nil
	}
	solved, late := []string{"soc", "1", "1"}, []string{"soc", "0", "1"}
	row := finding.PopulationRow{}
	for i := range crowded {
		row.ID, row.Cells = strconv.Itoa(i), late
		if i%4 == 0 {
			row.Cells = solved
		}
		if err := each(&row); err != nil {
			return err
		}
	}
	return nil
}

func (crowd) Evidence(context.Context, string, func(finding.Row) error) error { return nil }

func crowdedContent() Content {
	c := content()
	c.Rows, c.Findings, c.Catalogue.KPIs = crowd{}, nil, nil
	const all, inTime = float64(crowded), float64((crowded + 3) / 4)
	for id, v := range map[string]amount{
		"solved": {number(inTime / all), number(inTime), number(all)}, "per": {number(all / 3), number(all), number(3)}, "sso": {number(2.0 / 3), number(2), number(3)},
	} {
		f := finding.Finding{KPI: id, Unit: "share", Title: finding.Text{SV: "Mått " + id}, Value: v.value, Numerator: v.numerator, Denominator: v.denominator, Outcome: finding.Measured}
		if id == "solved" {
			f.Breakdown = []finding.Cell{{Dimension: "org_unit", Key: "soc", Value: v.value, Numerator: v.numerator, Denominator: v.denominator, Outcome: finding.Measured}}
		}
		c.Findings = append(c.Findings, f)
		c.Catalogue.KPIs = append(c.Catalogue.KPIs, catalogue.Definition{ID: id, Title: f.Title})
	}
	return c
}

// What a workbook cannot hold it says, and computes nothing over a part of.
func TestMorePostsThanASheetHasRoomForAreInTheCSVFileAloneAndTheWorkbookSaysSo(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), crowdedContent(), nil)
	require.NoError(t, err)
	v := verify(t, w.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Equal(t, 3, v.Recomputed, "every figure follows from the CSV files")
	require.Equal(t, 1, v.Parts)

	const says = "Bladet ticket är tomt, för posterna är fler än ett blad rymmer. Alla finns i population/ticket.csv."
	got := calculated(t, workbookOf(t, w.Evidence.Path))
	require.Equal(t, [][]string{{secrecyLine}, {says}}, got["ticket"])
	require.Contains(t, got["Läs mig"], []string{says})
	require.Len(t, got["system"], headRows+3)

	for _, row := range got["Siffror"][headRows:] {
		want := []string{"", "", "", "", "", "Fler rader än ett blad rymmer: räkna om ur CSV-filen."}
		if row[0] == "sso" {
			want = []string{"2", "3", "0.666666666666667", "stämmer", "system", ""}
		}
		require.Equal(t, want, row[computedNumerator:remark+1], row[0])
	}
	cell := got["Indelningar"][headRows]
	require.Equal(t, []string{"", "", "", "", "", "Fler rader än ett blad rymmer: räkna om ur CSV-filen."}, cell[7:13])
}
