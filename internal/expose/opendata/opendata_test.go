package opendata_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/opendata"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func p(v float64) *float64 { return &v }

func settings(t *testing.T) opendata.Settings {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return opendata.Settings{
		Municipality: "Å & Ö <kommun>", Code: "9990", Breakdowns: []string{"org_unit"}, Location: loc,
		License: "http://creativecommons.org/publicdomain/zero/1.0/", BaseURL: "https://oppnadata.example.org/it/",
		Publisher: opendata.Publisher{Name: "Å & Ö kommun", URI: "https://www.example.org/", ContactName: "Öppna data", ContactEmail: "oppnadata@example.org", ContactURL: "https://www.example.org/?a=1&b=2"},
	}
}

// month is the last second of a month of 2026, in Stockholm.
func month(m time.Month) time.Time {
	zone := time.FixedZone("", 3600)
	if m < time.October {
		zone = time.FixedZone("", 7200) // summer time
	}
	return time.Date(2026, m+1, 1, 0, 0, 0, 0, zone).Add(-time.Second)
}

func share(id string, at time.Time, num, den float64, cells ...finding.Cell) finding.Finding {
	return finding.Finding{
		KPI: id, Unit: "share", Outcome: finding.Met, Value: p(num / den), Numerator: p(num), Denominator: p(den), AsOf: at, KnownAt: at, MethodVersion: 1,
		Breakdown: cells, Waivers: []finding.Waiver{{Decision: "HEMLIGT-BESLUT"}}, Sources: []finding.Source{{Name: "HEMLIG-KALLA"}},
		Evidence: []finding.Row{{Label: "HEMLIG-RAD", Place: "HEMLIG-FIL"}},
	}
}

func cell(dim, key string, num, den float64) finding.Cell {
	return finding.Cell{Dimension: dim, Key: key, Label: "Del " + key, Value: p(num / den), Numerator: p(num), Denominator: p(den)}
}

func series() []opendata.Series {
	systems := catalogue.Definition{
		ID: "eservice_coverage", Unit: "share", SmallCells: "none", Direction: "up", Method: 1, Title: finding.Text{SV: "Andel tjänster, \"som e-tjänst\"", EN: "Share"},
		Question: finding.Text{SV: "Hur många?"}, NotCounted: finding.Text{SV: "Räknas inte: det andra."}, Breakdowns: []catalogue.Breakdown{{Dimension: "org_unit"}, {Dimension: "supplier"}},
	}
	persons := systems
	persons.ID, persons.SmallCells = "mobile_mail_coverage", "person"
	return []opendata.Series{
		{Definition: persons, Months: []opendata.Month{
			{Finding: share("mobile_mail_coverage", month(9), 60, 100, cell("org_unit", "soc", 50, 80), cell("org_unit", "utb", 10, 17), cell("org_unit", "mil", 0, 3)), Published: true, Method: "1-b"},
			{Finding: share("mobile_mail_coverage", month(10), 98, 100), Published: true, Method: "1-b"},
		}},
		{Definition: systems, Months: []opendata.Month{
			{Finding: share("eservice_coverage", month(10), 50, 75, cell("org_unit", "soc", 1, 3), cell("org_unit", "", 49, 72), cell("supplier", "HEMLIG-LEVERANTOR", 1, 2)), Published: true, Method: "1-a"},
		}},
	}
}

func files(t *testing.T, s opendata.Settings, in []opendata.Series) (map[string][]byte, opendata.Report) {
	t.Helper()
	fs, rep, err := opendata.Make(s, in)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range fs {
		out[f.Name] = f.Content
	}
	return out, rep
}

func TestNothingIsMadeOfAnEmptyList(t *testing.T) {
	if fs, rep, err := opendata.Make(settings(t), nil); err != nil || fs != nil || rep.Rows != 0 {
		t.Errorf("%v %v %v", fs, rep, err)
	}
}

func TestTheFiguresAsOneTidyFile(t *testing.T) {
	got, rep := files(t, settings(t), series())
	text := string(got[opendata.FiguresFile])
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || strings.HasPrefix(text, "\ufeff") {
		t.Error("want CRLF and no byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.Join(r, "|"))
	}
	want := []string{
		"kommunkod|matt|manad|galler_per|uppdelning|nyckel|benamning|varde|taljare|namnare|enhet|undertryckt|status|metod",
		"9990|eservice_coverage|2026-10|2026-10-31T23:59:59+01:00||||0.6666666666666666|50|75|share|false|faststalld|1-a",
		"9990|eservice_coverage|2026-10|2026-10-31T23:59:59+01:00|org_unit|okand|okänt|0.6805555555555556|49|72|share|false|faststalld|1-a",
		"9990|eservice_coverage|2026-10|2026-10-31T23:59:59+01:00|org_unit|soc|Del soc|0.3333333333333333|1|3|share|false|faststalld|1-a",
		"9990|mobile_mail_coverage|2026-09|2026-09-30T23:59:59+02:00||||0.6|60|100|share|false|faststalld|1-b",
		"9990|mobile_mail_coverage|2026-09|2026-09-30T23:59:59+02:00|org_unit|mil|Del mil||||share|true|faststalld|1-b",
		"9990|mobile_mail_coverage|2026-09|2026-09-30T23:59:59+02:00|org_unit|soc|Del soc|0.625|50|80|share|false|faststalld|1-b",
		"9990|mobile_mail_coverage|2026-09|2026-09-30T23:59:59+02:00|org_unit|utb|Del utb||||share|true|faststalld|1-b",
		"9990|mobile_mail_coverage|2026-10|2026-10-31T23:59:59+01:00|||||||share|true|faststalld|1-b",
	}
	slices.Sort(want[1:])
	slices.Sort(lines[1:])
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if rep.Rows != 8 || len(rep.Series) != 2 || rep.Series[0].ID != "eservice_coverage" || strings.Join(rep.Series[0].Left, ",") != "supplier" ||
		rep.Series[1].HiddenTotals != 1 || rep.Series[1].HiddenCells != 2 {
		t.Errorf("report %+v", rep)
	}
}

func TestNoRowsDecisionsSourcesOrNamesLeave(t *testing.T) {
	got, _ := files(t, settings(t), series())
	for name, content := range got {
		if bytes.Contains(content, []byte("HEMLIG")) {
			t.Errorf("%s holds what is not to leave", name)
		}
	}
}

func TestTheSameContentGivesTheSameBytes(t *testing.T) {
	in := series()
	first, _ := files(t, settings(t), in)
	slices.Reverse(in)
	again, _ := files(t, settings(t), in)
	for name := range first {
		if !bytes.Equal(first[name], again[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// Every column is described, in the order in which it stands, and what it holds
// is of the type that is said.
func TestTheDescriptionIsThatOfTheFiles(t *testing.T) {
	got, _ := files(t, settings(t), series())
	var meta struct {
		Context []any `json:"@context"`
		Tables  []struct {
			URL    string `json:"url"`
			Schema struct {
				PrimaryKey []string
				Columns    []struct {
					Name, Text string
					Datatype   any
					Required   bool
				}
			} `json:"tableSchema"`
		} `json:"tables"`
	}
	if err := json.Unmarshal(got[opendata.MetadataFile], &meta); err != nil {
		t.Fatal(err)
	}
	if meta.Context[0] != "http://www.w3.org/ns/csvw" || len(meta.Tables) != 2 {
		t.Fatalf("%+v", meta)
	}
	for _, table := range meta.Tables {
		rows, err := csv.NewReader(bytes.NewReader(got[table.URL])).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range table.Schema.Columns {
			names = append(names, c.Name)
		}
		if !slices.Equal(names, rows[0]) {
			t.Errorf("%s: described %v, has %v", table.URL, names, rows[0])
		}
		keys := map[string]bool{}
		for _, row := range rows[1:] {
			var key []string
			for i, c := range table.Schema.Columns {
				if c.Required && row[i] == "" {
					t.Errorf("%s: %s is empty in %v", table.URL, c.Name, row)
				}
				if fault := typed(c.Datatype, row[i]); fault != nil {
					t.Errorf("%s: %s: %v", table.URL, c.Name, fault)
				}
				if slices.Contains(table.Schema.PrimaryKey, c.Name) {
					key = append(key, row[i])
				}
			}
			if keys[strings.Join(key, "|")] {
				t.Errorf("%s: %v twice", table.URL, key)
			}
			keys[strings.Join(key, "|")] = true
		}
	}
}

func typed(datatype any, s string) error {
	var err error
	switch {
	case s == "":
	case datatype == "double":
		_, err = strconv.ParseFloat(s, 64)
	case datatype == "integer":
		_, err = strconv.Atoi(s)
	case datatype == "boolean" && s != "true" && s != "false":
		err = errors.New("no boolean: " + s)
	case datatype == "dateTime":
		_, err = time.Parse(time.RFC3339, s)
	case datatype != "string" && datatype != "boolean":
		_, err = time.Parse("2006-01", s)
	}
	return err
}

// rdflib is what a harvester would read it with.
func TestTheCatalogueHasWhatDCATAPSEWants(t *testing.T) {
	python := testneed.Program(t, "/usr/bin/python3")
	if err := exec.CommandContext(t.Context(), python, "-c", "import rdflib").Run(); err != nil {
		testneed.Program(t, "python3-rdflib") // says what is missing
	}
	got, _ := files(t, settings(t), series())
	check := func(t *testing.T, content []byte) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "dcat.rdf")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), python, "testdata/dcat.py", path).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if said := check(t, got[opendata.CatalogueFile]); !regexp.MustCompile(`^triples [1-9][0-9]\n$`).MatchString(said) {
		t.Errorf("%s", said)
	}
	for name, change := range map[string][2]string{
		"no publisher type": {`<dcterms:type rdf:resource="http://purl.org/adms/publishertype/LocalAuthority"/>`, ""},
		"no format":         {`<dcterms:format>text/csv</dcterms:format>`, ""},
		"a wrong theme":     {"data-theme/TECH", "annat/TECH"},
		"a wrong day":       {"2026-10-31</dcterms:modified>", "i går</dcterms:modified>"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := strings.ReplaceAll(string(got[opendata.CatalogueFile]), change[0], change[1])
			if said := check(t, []byte(broken)); strings.HasPrefix(said, "triples") {
				t.Error("the check finds nothing wrong with it")
			}
		})
	}
}

func TestTheCatalogueIsXMLWhateverTheNames(t *testing.T) {
	got, _ := files(t, settings(t), series())
	d := xml.NewDecoder(bytes.NewReader(got[opendata.CatalogueFile]))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Contains(got[opendata.CatalogueFile], []byte("It-nyckeltal för Å &amp; Ö &lt;kommun&gt;")) {
		t.Error("the name is not there")
	}
}

func TestFilesAreWholeAtEveryInstant(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ny", "mapp")
	fs, _, err := opendata.Make(settings(t), series())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time over the first
		if err := opendata.Write(dir, fs); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != "dcat.rdf definitioner.csv it-nyckeltal.csv it-nyckeltal.csv-metadata.json" {
		t.Errorf("got %v", names)
	}
	if err := opendata.Write(filepath.Join(dir, "dcat.rdf", "under-en-fil"), fs); err == nil {
		t.Error("a folder that cannot be made is no fault")
	}
}
