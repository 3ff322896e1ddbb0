package snapshot

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Files of the texts that figures are computed with.
const (
	asRunFolder = sqlFolder + "som_kord/"
	allQueries  = sqlFolder + "alla.sql"
	loadFile    = "las_in.sql"
	database    = "granskning.db"
)

// SQL is the text of a figure in two forms.
type SQL struct {
	// Portable runs in plain sqlite3 over the populations, once las_in.sql has
	// made tables of them.
	Portable string
	// AsRun are the statements that the figure was measured with.
	AsRun string
	// Rows is false where the portable form needs rows that are held back.
	Rows bool
}

// queries writes every figure's SQL, and one script that runs them all.
func (c Content) queries(b *bag.Writer) error {
	var all strings.Builder
	fmt.Fprintf(&all, "-- Räknar ut varje siffra ur tabellerna som underlagets %s har gjort.\n-- Sekretessprövas före utlämnande.\n.headers on\n", loadFile)
	for _, f := range c.Findings {
		x, ok := c.SQL[f.KPI]
		if !ok {
			x = SQL{Portable: f.SQL, Rows: true}
		}
		if x.Portable == "" {
			continue
		}
		if err := c.text(b, sqlFolder+f.KPI+".sql", queryHead(f, x)+x.Portable); err != nil {
			return err
		}
		if x.AsRun != "" {
			if err := c.text(b, asRunFolder+f.KPI+".sql", fmt.Sprintf("-- %s: så ställdes frågan till kommunpuls egen databas\n%s", f.KPI, x.AsRun)); err != nil {
				return err
			}
		}
		if x.Rows {
			fmt.Fprintf(&all, ".print %s\n.read %s%s.sql\n", f.KPI, sqlFolder, f.KPI)
		}
	}
	return c.text(b, allQueries, all.String())
}

// queryHead says what a text is to give.
func queryHead(f finding.Finding, x SQL) string {
	head := fmt.Sprintf("-- %s\n", oneLine(f.Title.SV))
	if !x.Rows {
		return head + "-- Går inte att köra mot underlaget: raderna skulle visa siffror som är dolda för att de bygger på få personer.\n"
	}
	for _, v := range []struct {
		name  string
		value *float64
	}{{"numerator", f.Numerator}, {"denominator", f.Denominator}, {"value", f.Value}} {
		if v.value != nil {
			head += fmt.Sprintf("-- redovisad %s: %s\n", v.name, decimal(v.value))
		}
	}
	return head
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// loadText makes tables of the populations. An empty cell is NULL: no text of
// the store is empty.
func loadText(ps []finding.Population) string {
	var b strings.Builder
	fmt.Fprintf(&b, `-- Gör tabeller av populationerna, så att frågorna i redovisningen går att köra.
-- Sekretessprövas före utlämnande.
--
-- Stå i mappen data i det uppackade underlaget och kör
--     sqlite3 %[1]s ".read %[2]s"
-- Stå sedan i mappen data i den uppackade redovisningen och kör
--     sqlite3 SÖKVÄG/%[1]s ".read %[3]s"
-- eller en fråga i taget:
--     sqlite3 -header SÖKVÄG/%[1]s ".read %[4]ssystem_owner_coverage.sql"
.bail on
`, database, loadFile, allQueries, sqlFolder)
	for _, p := range ps {
		names, types := tableColumns(p)
		var declared, blank []string
		for i, n := range names {
			declared = append(declared, strings.TrimSpace(quoted(n)+" "+types[i]))
			blank = append(blank, fmt.Sprintf("%[1]s = NULLIF(%[1]s, '')", quoted(n)))
		}
		t := quoted(p.Relation)
		fmt.Fprintf(&b, "\nDROP TABLE IF EXISTS %s;\nCREATE TABLE %s (%s);\n.import --csv --skip 1 %s%s.csv %s\nUPDATE %s SET %s;\n",
			t, t, strings.Join(declared, ", "), populationFolder, p.Relation, p.Relation, t, strings.Join(blank, ", "))
		index := []string{"id"}
		for _, f := range p.Fields {
			if f.Name == "parent" || f.Name == "key" || f.Name == "day_start" {
				index = append(index, f.Name)
			}
		}
		for _, n := range index {
			fmt.Fprintf(&b, "CREATE INDEX %s ON %s (%s);\n", quoted(p.Relation+"_"+n), t, quoted(n))
		}
	}
	b.WriteString("ANALYZE;\n")
	return b.String()
}

func quoted(name string) string { return `"` + name + `"` }

// tableColumns are the columns of a population's table and their types.
func tableColumns(p finding.Population) (names, types []string) {
	names, types = []string{"id", "org_unit", "place"}, []string{"TEXT", "TEXT", "TEXT"}
	for _, f := range p.Fields {
		t := map[string]string{"text": "TEXT", "integer": "INTEGER", "real": "REAL"}[f.Type]
		names, types = append(names, f.Name), append(types, t)
	}
	for _, k := range p.Keys {
		names, types = append(names, k), append(types, "TEXT")
	}
	for _, c := range p.Columns {
		names, types = append(names, c.Name()), append(types, "")
	}
	return names, types
}
