package snapshot

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// tabled is content that fills every column of the tables, with cells that CSV
// must quote.
func tabled() Content {
	c := content()
	f := &c.Findings[0]
	f.Title.SV = "Mått \"sso\",\nandel"
	f.Target = &finding.Target{Kind: "value", Value: number(0.9), Due: "2027-01-01"}
	f.Breakdown = []finding.Cell{
		{Dimension: "org_unit", Key: "soc", Label: "Vård, \"omsorg\"", Value: number(0.5), Numerator: number(2), Denominator: number(4), Outcome: finding.Measured},
		{Dimension: "org_unit", Key: "\r\nx", Outcome: finding.NoData, Suppressed: true},
	}
	c.Sources = []store.SourceState{
		{SourceInfo: store.SourceInfo{Name: "lista", Plugin: "table"}, LastSuccess: day.Add(-7777), ContentAt: day.AddDate(0, 0, -3), Mapped: map[record.Kind][]string{"system": {"name"}}, Counts: store.Counts{Seen: 7, Refused: 2}},
		{SourceInfo: store.SourceInfo{Name: "tom", Plugin: "ldap"}, Held: true},
	}
	return c
}

func TestATableThatDoesNotSayWhatItsJSONFileSaysIsNamedWithTheRow(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), tabled(), nil)
	require.NoError(t, err)
	require.Empty(t, verify(t, w.Report.Path, nil).Faults)
	for name, c := range map[string]struct {
		file   string
		change func(string) string
		want   string
	}{
		"a figure": {
			figuresTable, func(s string) string { return strings.Replace(s, ",2,2,4,measured", ",3,2,4,measured", 1) },
			`rad 9 är "legacy,Mått legacy,,,,3,2,4,measured,,,share", men enligt siffror.json ska den vara "legacy,Mått legacy,,,,2,2,4,measured,,,share"`,
		},
		"a row that is gone": {
			figuresTable, func(s string) string { return s[:strings.LastIndex(s, "none,")] },
			`rad 12 saknas; enligt siffror.json är den "none,Utan värde,,,,,,,no_data,,,share"`,
		},
		"a row more":  {figuresTable, func(s string) string { return s + "ny,Ny,,,,1,1,1,measured,,,share\n" }, `rad 13, "ny,Ny,,,,1,1,1,measured,,,share", finns inte i siffror.json`},
		"a source":    {sourcesCSV, func(s string) string { return strings.Replace(s, ",7,2,", ",7,0,", 1) }, `rad 2 är "lista,table,`},
		"no table":    {sourcesCSV, func(string) string { return "" }, `rad 1 saknas; enligt kallor.json är den "kalla,tillagg,`},
		"a query":     {sqlFolder + "legacy.sql", func(s string) string { return strings.Replace(s, "value: 2", "value: 3", 1) }, "börjar inte med det som siffror.json säger om siffran"},
		"a long line": {figuresTable, func(s string) string { return strings.Repeat("å", mostLine) + s }, `rad 1 är "` + strings.Repeat("å", 400) + `", men`},
	} {
		t.Run(name, func(t *testing.T) {
			is := payloadOf(t, w.Report.Path, c.file)
			should := c.change(is)
			require.NotEqual(t, is, should)
			got := faults(verify(t, remade(t, w.Report.Path, c.file, []byte(should)), nil))
			require.Len(t, got, 1, "%q", got)
			require.Contains(t, got[0], c.file+": "+c.want)
		})
	}
}

func TestAReportWithoutItsTablesIsToldOf(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	var bare strings.Builder
	out := bag.NewWriter(&bare, "b", day)
	to, err := out.File(sourcesFile)
	require.NoError(t, err)
	_, err = io.WriteString(to, payloadOf(t, w.Report.Path, sourcesFile))
	require.NoError(t, err)
	require.NoError(t, out.Close(nil, nil))
	b, err := bag.OpenAt(strings.NewReader(bare.String()), int64(bare.Len()), bag.DefaultLimits())
	require.NoError(t, err)
	var v Verified
	require.NoError(t, v.tables(b, content().Findings))
	require.Equal(t, []Fault{{figuresTable, "saknas"}, {sourcesCSV, "saknas"}}, v.Faults)
}
