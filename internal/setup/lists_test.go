package setup_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// row is one row of the registry below.
type row struct {
	unit, name, owner, tier, status string
	struck                          bool
}

// registryRows: 14 systems, of which 2 are struck through and 1 is retired.
// Of the 11 in use 6 have an owner.
func registryRows() []row {
	return []row{
		{unit: "Socialförvaltningen", name: "Treserva", owner: "Anna Andersson", tier: "Guld", status: "I drift"},
		{name: "Procapita", owner: "Vakant", tier: "Guld", status: "I drift"},
		{name: "Phoniro", owner: "Bo Berg", tier: "Silver", status: "I drift"},
		{name: "Lifecare", owner: "", tier: "Silver", status: "I drift"},
		{name: "Gamla VIVA", owner: "Cia Carlsson", tier: "Brons", status: "I drift", struck: true},
		{unit: "Barn- och utbildningsförvaltningen", name: "Unikum", owner: "David Dahl", tier: "Silver", status: "I drift"},
		{name: "Skola24", owner: "ej utsedd", tier: "Guld", status: "I drift"},
		{name: "IST Administration", owner: "Eva Ek", tier: "Guld", status: "I drift"},
		{name: "Dexter", owner: "Fia Falk", tier: "Brons", status: "Avvecklat"},
		{name: "Fronter", owner: "", tier: "Brons", status: "I drift", struck: true},
		{unit: "Tekniska kontoret", name: "Vabas", owner: "Gun Grahn", tier: "Koppar", status: "I drift"},
		{name: "Geosecma", owner: "?", tier: "Koppar", status: "I drift"},
		{name: "Vitec", owner: "Hans Hall", tier: "Brons", status: "I drift"},
		{name: "Tekis", owner: "-", tier: "Brons", status: "I drift"},
	}
}

// registry writes the list as a municipality keeps it: titles above the
// header, förvaltning merged downwards, rows struck through, a sum and a note.
func registry(t *testing.T, path string, rows []row, extra ...string) {
	t.Helper()
	f := excelize.NewFile()
	s := "System"
	require.NoError(t, f.SetSheetName("Sheet1", s))
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	require.NoError(t, err)
	set := func(at string, v any) { require.NoError(t, f.SetCellValue(s, at, v)) }
	set("A1", "Systemförteckning Exempelkommun")
	set("A2", "Uppdaterad av it-enheten")
	for i, h := range append([]string{"Förv.", "System", "Sys.ansv/ägare", "Klass", "Status", "Ändrad"}, extra...) {
		at, err := excelize.CoordinatesToCellName(i+1, 4)
		require.NoError(t, err)
		set(at, h)
	}
	from := 5
	for i, r := range rows {
		n := 5 + i
		if r.unit != "" {
			if n-1 > from {
				require.NoError(t, f.MergeCell(s, fmt.Sprintf("A%d", from), fmt.Sprintf("A%d", n-1)))
			}
			from = n
			set(fmt.Sprintf("A%d", n), r.unit)
		}
		for col, v := range map[string]any{"B": r.name, "C": r.owner, "D": r.tier, "E": r.status, "F": time.Date(2026, 10, 1+i, 0, 0, 0, 0, time.UTC)} {
			set(fmt.Sprintf("%s%d", col, n), v)
		}
		for j := range extra {
			at, err := excelize.CoordinatesToCellName(7+j, n)
			require.NoError(t, err)
			set(at, "Leverantör AB")
		}
		if r.struck {
			require.NoError(t, f.SetCellStyle(s, fmt.Sprintf("B%d", n), fmt.Sprintf("F%d", n), struck))
		}
	}
	last := 5 + len(rows)
	require.NoError(t, f.MergeCell(s, fmt.Sprintf("A%d", from), fmt.Sprintf("A%d", last-1)))
	set(fmt.Sprintf("A%d", last), "Summa")
	set(fmt.Sprintf("B%d", last), len(rows))
	set(fmt.Sprintf("A%d", last+2), "* Överstrukna system är avvecklade")
	require.NoError(t, f.SaveAs(path))
	require.NoError(t, f.Close())
}

// tickets writes a month of tickets: 40, of which 30 are incidents older than
// a day, 21 of them solved within 24 hours.
func tickets(t *testing.T, path string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("Ärendenr;Typ;Skapad;Löst;Stängd;Förvaltning;Prioritet\r\n")
	at := time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)
	stamp := func(t time.Time) string { return t.Format("2006-01-02 15:04") }
	for i := range 40 {
		kind, hours := "Incident", 5
		if i >= 30 {
			kind = "Beställning"
		} else if i >= 21 {
			hours = 50
		}
		open := at.Add(time.Duration(i) * 11 * time.Hour)
		unit := []string{"Socialförvaltningen", "Tekniska kontoret"}[i%2]
		fmt.Fprintf(&b, "INC%04d;%s;%s;%s;%s;%s;%d\r\n", i+1, kind, stamp(open), stamp(open.Add(time.Duration(hours)*time.Hour)), stamp(open.Add(time.Duration(hours+72)*time.Hour)), unit, i%3+1)
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}
