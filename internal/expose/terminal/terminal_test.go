package terminal

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

func p(v float64) *float64 { return &v }

func sample() ([]finding.Finding, Context) {
	def := func(id, area string) catalogue.Definition {
		return catalogue.Definition{
			ID: id, Area: area, Question: finding.Text{SV: "Hur många?"}, NotCounted: finding.Text{SV: "Räknas inte: appar."}, NextStep: finding.Text{SV: "Utse ägare."},
		}
	}
	fs := []finding.Finding{
		{
			KPI: "owners", Title: finding.Text{SV: "System med ägare"}, Unit: "share", Value: p(0.15), Numerator: p(75), Denominator: p(500), Outcome: finding.NotDue, Pace: "behind",
			Target: &finding.Target{Value: p(1), Due: "2027-12-31"}, AsOf: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
			NotCounted: []finding.Count{{Reason: finding.Text{SV: "Avvecklat."}, Rows: 12}},
			Remarks:    []finding.Text{{SV: "Förteckningen säger inte vilka system som är i bruk, så alla räknas."}},
			Breakdown: []finding.Cell{
				{Dimension: "org_unit", Key: "soc", Label: "Socialförvaltningen", Value: p(0.5), Numerator: p(1), Denominator: p(2), Outcome: finding.Measured},
				{Dimension: "org_unit", Key: "", Value: p(0), Numerator: p(0), Denominator: p(20), Outcome: finding.Measured},
			},
			Evidence: []finding.Row{{ID: "a", Label: "Lön", OrgUnit: "soc", Reason: "Ingen ägare är angiven.", Place: "Systemlista.xlsx, blad System, rad 47"}}, EvidenceTotal: 425,
		},
		{KPI: "small", Title: finding.Text{SV: "Nöjda"}, Unit: "share", Outcome: finding.Measured, Suppressed: true},
		{KPI: "unknown", Title: finding.Text{SV: "Stark inloggning"}, Unit: "share", Outcome: finding.NoData, Reason: &finding.Text{SV: "Uppgiften saknas."}},
		{KPI: "waiting", Title: finding.Text{SV: "Antal e-tjänster"}, Unit: "count", Outcome: finding.NoData, Awaits: "service", Reason: &finding.Text{SV: "Kan mätas när en källa med tjänster läses in."}},
	}
	return fs, Context{Municipality: "Provkommun", Demo: true, Catalogue: catalogue.Catalogue{
		KPIs: []catalogue.Definition{def("owners", "systemforvaltning"), def("small", "mognad"), def("unknown", "identitet"), def("waiting", "etjanster")}, Missing: make([]catalogue.Missing, 3),
	}}
}

func spaces(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestTheTableCountsBeforePercentAndPutsTheUnknownApart(t *testing.T) {
	var b bytes.Buffer
	fs, c := sample()
	if err := Table(&b, fs, c); err != nil {
		t.Fatal(err)
	}
	want := `Provkommun, läget 2026-11-21 13.00   DEMODATA

Systemregister och ägarskap
  System med ägare  75 av 500  15,0 %  ▲ efter planen, mål 100 % senast 31 december 2027  owners

Enkäter, självskattning och mognad
  Nöjda    för få för att visas  ○ mäts, inget mål beslutat  small

Det här vet vi inte
  Stark inloggning  Uppgiften saknas.  unknown

4 mått till kan mätas när fler källor läggs in; listan står sist i rapporten.
`
	if got := spaces(b.String()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestExplainOpensAFigureIntoDefinitionBreakdownAndRows(t *testing.T) {
	var b bytes.Buffer
	fs, c := sample()
	fs[0].Breakdown = append(fs[0].Breakdown, finding.Cell{Dimension: "channel", Value: p(0.15), Numerator: p(75), Denominator: p(500), Outcome: finding.Measured})
	if err := Explain(&b, fs[0], c); err != nil {
		t.Fatal(err)
	}
	got := spaces(b.String())
	for _, want := range []string{"75 av 500 (15 procent)", "Obs! Förteckningen säger inte vilka system som är i bruk, så alla räknas.\n", "Räknas inte: appar.\n  12 Avvecklat.", "Socialförvaltningen   1 av 2", "okänt                0 av 20  0,0 %", "Raderna (1 av 425)", "■ Lön  Socialförvaltningen  Ingen ägare är angiven.  Systemlista.xlsx, blad System, rad 47"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "Per kanal") {
		t.Errorf("a breakdown by a column that nobody has is shown:\n%s", got)
	}
}

func TestCSVHoldsFullPrecisionAndNothingWhereNothingIsKnown(t *testing.T) {
	var b bytes.Buffer
	fs, _ := sample()
	if err := CSV(&b, fs); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 7 || rows[1][6] != "0.15" || rows[2][4] != "soc" || rows[4][6] != "" || rows[4][10] != "true" {
		t.Errorf("got %v", rows)
	}
}

func TestJSONOfNothingIsAnEmptyList(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, nil); err != nil {
		t.Fatal(err)
	}
	var v []any
	if err := json.Unmarshal(b.Bytes(), &v); err != nil || v == nil || len(v) != 0 {
		t.Errorf("%s %v", b.String(), err)
	}
}

func TestProgressIsLoggedNowAndThenWhereThereIsNoTerminal(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	pr := NewProgress(&b, slog.New(slog.NewTextHandler(&b, nil)), func() time.Time { return now })
	tell := pr.Start("katalog")
	tell(1, 0)
	now = now.Add(11 * time.Second)
	tell(500, 1000)
	tell(600, 1000)
	pr.End()
	if got := b.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "done=500") {
		t.Errorf("got %s", got)
	}
}
