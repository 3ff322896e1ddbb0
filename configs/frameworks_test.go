package configs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/plugins/pingcastle"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

// gathered is what a source said.
type gathered struct {
	header   sdk.Header
	recs     []record.Record
	warnings []sdk.Warning
}

func (g *gathered) Begin(h sdk.Header) error { g.header = h; return nil }
func (g *gathered) Write(recs []record.Record) error {
	for _, r := range recs {
		c := r
		c.Values = append([]record.Value(nil), r.Values...)
		c.Children = append([][]record.Row(nil), r.Children...)
		g.recs = append(g.recs, c)
	}
	return nil
}
func (g *gathered) Warn(w sdk.Warning) error          { g.warnings = append(g.warnings, w); return nil }
func (g *gathered) Progress(int64, int64) error       { return nil }
func (g *gathered) Purge(record.Kind, []string) error { return nil }

// export writes rows as a workbook or as delimited text, by the file's name.
func export(t *testing.T, path string, rows [][]any) {
	t.Helper()
	if strings.HasSuffix(path, ".csv") {
		var b strings.Builder
		for _, r := range rows {
			for i, c := range r {
				if i > 0 {
					b.WriteByte(';')
				}
				b.WriteString(strings.ReplaceAll(strings.TrimSpace(jsonText(t, c)), `"`, ""))
			}
			b.WriteByte('\n')
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	f := excelize.NewFile()
	for i, r := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", at, &r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	if v == nil {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), ".", ",") // as a Swedish Excel writes it
}

// imported is the exports of one framework and the figures that they give.
type imported struct {
	framework string
	file      string
	settings  string // beside file and framework, as JSON
	rows      [][]any
	kpi       string
	value     float64
	den       float64
	cells     map[string]float64 // dimension=key
	left      int64              // rows left out
}

func imports() []imported {
	return []imported{
		{framework: "nki", file: "nki.xlsx", kpi: "nki_it", value: 78, den: 100, cells: map[string]float64{"org_unit=Socialförvaltningen": 80}, left: 1,
			rows: [][]any{{"Förvaltning", "NKI", "Antal svar", "Mätdatum"}, {"Socialförvaltningen", 80, 90, "2026-10-31"}, {"Tekniska", 60, 10, "2026-10-31"}, {"Kansliet", 20, 4, "2026-10-31"}}},
		{framework: "system_survey", file: "systemenkat.csv", settings: `,"constants":{"assessed_at":"2026-10-31","framework_version":"1"}`, kpi: "system_satisfaction_share", value: 0.5, den: 2,
			rows: [][]any{{"System", "Medelbetyg", "Antal svar", "Kommentar"}, {"Treserva", 4.1, 212, "x"}, {"Heroma", 3.9, 80, ""}, {"Litet", 5, 3, ""}}, left: 1},
		{framework: "kpmg_it_governance", file: "mognad.xlsx", kpi: "governance_maturity", value: 0.5, den: 2, cells: map[string]float64{"org_unit=SOF": 3.5, "org_unit=HSF": 0.5}, left: 1,
			rows: [][]any{{"Förvaltning", "Område", "Bedömning", "Bedömare", "Rapportdatum", "Version"}, {"SOF", "Roller", 4, "KPMG", "2022-08-31", "2022"}, {"SOF", "Nytta", 3, "KPMG", "2022-08-31", "2022"},
				{"HSF", "Roller", 0, "KPMG", "2022-08-31", "2022"}, {"HSF", "Nytta", 1, "KPMG", "2022-08-31", "2022"}, {"HSF", "Möten", nil, "KPMG", "2022-08-31", "2022"}}},
		{framework: "ey_it_effectiveness", file: "ey.csv", settings: `,"constants":{"assessed_at":"2022-11-01"}`, kpi: "it_effectiveness_profile", value: 1.5, den: 2, cells: map[string]float64{"area=Strategi": 2},
			rows: [][]any{{"Område", "Iakttagelse", "Bedömning"}, {"Strategi", "S1", 2}, {"Styrning", "S2", 1}}},
		{framework: "cybersakerhetskollen", file: "kollen.xlsx", kpi: "cyber_check_level", value: 1, den: 1, cells: map[string]float64{"area=Infosäkkollen": 2},
			rows: [][]any{{"Mätning", "Uppnådd nivå", "Inrapporterad", "Omgång"}, {"Infosäkkollen", 2, "2026-09-01", 2026}, {"It-säkkollen", 1, "2026-09-01", 2026}, {"It-säkkollen", 4, "2024-09-01", 2024}}},
		{framework: "dimios", file: "dimios.csv", settings: `,"constants":{"framework_version":"2"}`, kpi: "digital_maturity", value: 46, den: 1, cells: map[string]float64{"area=Digital förmåga": 52.5},
			rows: [][]any{{"Dimension", "Digital mognad", "Antal svar", "Mätår", "Mätdatum"}, {"Digital förmåga", 52.5, 41, 2026, "2026-05-31"}, {"Digitalt arv", 46, 41, 2026, "2026-05-31"}, {"Digitalt arv", 10, 41, 2025, "2025-05-31"}}},
		{framework: "klassa", file: "klassa.xlsx", kpi: "klassa_migration_share", settings: `,"constants":{"lifecycle":"in_use"}`, value: 1, den: 2,
			rows: [][]any{{"System", "K", "R", "T", "S", "Klassningsdatum"}, {"Treserva", 3, 3, 2, 2, "2026-02-01"}, {"Heroma", 2, 2, 2, 1, "2026-03-01"}}},
		{framework: "eblomladan", file: "eblomladan.csv", settings: `,"constants":{"assessed_at":"2017-11-30","framework_version":"2016"}`, kpi: "eblomladan_score", value: 0.5, den: 3,
			rows: [][]any{{"Område", "Indikator", "Svar"}, {"Självservice", "A1", "Uppfyller helt"}, {"Självservice", "A2", "Uppfyller delvis"}, {"Ledning", "B1", "Uppfyller inte"}, {"Ledning", "B2", nil}}, left: 1},
		{framework: "lika", file: "lika.xlsx", kpi: "lika_score", value: 0.5, den: 2, cells: map[string]float64{"area=Ledning": 1}, settings: `,"constants":{"scale_min":"1","scale_max":"4","framework_version":"2017","assessed_at":"2017-11-30"}`,
			rows: [][]any{{"Område", "Indikator", "Skattning", "Steg"}, {"Ledning", "L1", 4, 1}, {"Kompetens", "K1", 1, 3}}},
		{framework: "egov_survey", file: "eprofil.csv", kpi: "egov_profile", value: 3.4, den: 5, cells: map[string]float64{"area=Delområde 5": 3.8},
			rows: [][]any{{"Område", "Poäng", "Datum", "Enkät"}, {"Delområde 1", 3.5, "2009-06-01", 2009}, {"Delområde 2", 3.5, "2009-06-01", 2009}, {"Delområde 3", 3.2, "2009-06-01", 2009}, {"Delområde 4", 3.0, "2009-06-01", 2009}, {"Delområde 5", 3.8, "2009-06-01", 2009}, {"Delområde 1", 1, "2008-06-01", 2008}}},
	}
}

func TestAnExportOfEveryFrameworkBecomesAFigure(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, c := range imports() {
		t.Run(c.framework, func(t *testing.T) {
			dir := t.TempDir()
			export(t, filepath.Join(dir, c.file), c.rows)
			settings := sdk.Settings{JSON: json.RawMessage(`{"file":"` + c.file + `","framework":"` + c.framework + `"` + c.settings + `}`), BaseDir: dir}
			for _, p := range (table.Source{}).Validate(t.Context(), settings) {
				t.Fatalf("%s: %s", p.Field, p.Message)
			}
			var g gathered
			if _, err := (table.Source{}).Collect(t.Context(), sdk.CollectRequest{Settings: settings, Now: now, Full: true}, &g); err != nil {
				t.Fatal(err)
			}
			if len(g.recs) != len(c.rows)-1 {
				t.Fatalf("%d rows became %d records: %v", len(c.rows)-1, len(g.recs), g.warnings)
			}
			f := evaluated(t, now, g, c.kpi)
			if f.Value == nil || *f.Value != c.value || *f.Denominator != c.den {
				t.Fatalf("want %v of %v, got %v of %v (%s, %v)", c.value, c.den, number(f.Value), number(f.Denominator), f.Outcome, f.Reason)
			}
			for key, want := range c.cells {
				dimension, k, _ := strings.Cut(key, "=")
				if got := cell(f, dimension, k); got == nil || *got != want {
					t.Errorf("%s: want %v, got %v", key, want, number(got))
				}
			}
			var left int64
			for _, n := range f.NotCounted {
				left += n.Rows
			}
			if left != c.left {
				t.Errorf("want %d rows left out, got %v", c.left, f.NotCounted)
			}
		})
	}
}

func number(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

func cell(f finding.Finding, dimension, label string) *float64 {
	for _, c := range f.Breakdown {
		if c.Dimension == dimension && (c.Label == label || c.Key == label) {
			return c.Value
		}
	}
	return nil
}

// evaluated puts what a source said into a store, with an identity for each org
// unit and system as written, and gives one KPI's figure.
func evaluated(t *testing.T, now time.Time, g gathered, id string) finding.Finding {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "k.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	var units []store.Identity
	for _, name := range []string{"Socialförvaltningen", "Tekniska", "Kansliet", "SOF", "HSF"} {
		units = append(units, store.Identity{Scheme: "org_unit", ID: name, Name: name})
	}
	if err := s.SetIdentities(t.Context(), units, now); err != nil {
		t.Fatal(err)
	}
	stage, err := s.Stage(t.Context(), store.SourceInfo{Name: "enkät", Plugin: "table"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := stage.Begin(g.header); err != nil {
		t.Fatal(err)
	}
	if err := stage.Write(g.recs); err != nil {
		t.Fatal(err)
	}
	if _, err := stage.Apply(t.Context(), sdk.End{Seen: int64(len(g.recs))}, store.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	c, err := calendar.New(calendar.Hours{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetCalendar(t.Context(), c.Days(now.AddDate(-2, 0, 0), now.AddDate(1, 0, 0))); err != nil {
		t.Fatal(err)
	}
	f, err := kpi.New(load(t), decision.Set{}, s).Explain(t.Context(), id, store.Point{AsOf: now, KnownAt: now}, 20)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// read collects a file by table's settings.
func read(t *testing.T, now time.Time, file string, rows [][]any, settings string) gathered {
	t.Helper()
	dir := t.TempDir()
	export(t, filepath.Join(dir, file), rows)
	s := sdk.Settings{JSON: json.RawMessage(settings), BaseDir: dir, PseudonymKey: []byte("0123456789abcdef0123456789abcdef"), KeyID: "k1"}
	for _, p := range (table.Source{}).Validate(t.Context(), s) {
		t.Fatalf("%s: %s", p.Field, p.Message)
	}
	var g gathered
	if _, err := (table.Source{}).Collect(t.Context(), sdk.CollectRequest{Settings: s, Now: now, Full: true}, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAListOfRolesTellsWhichAreVacantAndHowTheStaffIsUsed(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	g := read(t, now, "roller.xlsx", [][]any{
		{"Enhet", "Slag", "It-strateg", "Vakant sedan", "Beslut", "Drift", "Drift omfattning", "Drift slag", "Utveckling", "Utveckling omfattning", "Utveckling slag"},
		{"It", "it_central", "Vakant", "2013-01-01", "KS 2013/1", "Anna Ask", 1, "ops", "Bo Berg", 0.5, "development"},
		{"Socialförvaltningen", "forvaltning", "Cecilia Ceder", nil, nil, "Dan Dahl", 0.5, "ops", nil, nil, nil},
	}, `{"file":"roller.xlsx","record":"org_unit","columns":{"name":"Enhet","kind":"Slag","role:it_strateg":"It-strateg","role:it_strateg.vacant_since":"Vakant sedan","role:it_strateg.accepted_by":"Beslut",
		"role:drift":"Drift","role:drift.fte":"Drift omfattning","role:drift.function":"Drift slag","role:utveckling":"Utveckling","role:utveckling.fte":"Utveckling omfattning","role:utveckling.function":"Utveckling slag"}}`)
	if f := evaluated(t, now, g, "key_role_vacancy"); f.Value == nil || *f.Value != 2 || f.Also[0].Value == nil || *f.Also[0].Value != 1 {
		t.Errorf("two are vacant and one is accepted, got %v, %+v, %v", number(f.Value), f.Also, f.Reason)
	}
	if f := evaluated(t, now, g, "tech_staff_share"); f.Value == nil || *f.Value != 0.75 {
		t.Errorf("1.5 of 2 work with operations, got %v, %v", number(f.Value), f.Reason)
	}
}

func TestAReportOfPingCastleBecomesAFigure(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var g gathered
	s := sdk.Settings{JSON: json.RawMessage(`{"file":"ad_hc_*.xml"}`), BaseDir: "../plugins/pingcastle/testdata"}
	if _, err := (pingcastle.Source{}).Collect(t.Context(), sdk.CollectRequest{Settings: s, Now: now, Full: true}, &g); err != nil {
		t.Fatal(err)
	}
	f := evaluated(t, now, g, "ad_security_score")
	if f.Value == nil || *f.Value != 60 || !strings.Contains(f.Population.SV, "3.3.0.1") {
		t.Fatalf("want 60 by version 3.3.0.1, got %v, %s, %v", number(f.Value), f.Population.SV, f.Reason)
	}
	for _, a := range f.Also {
		if want := map[string]float64{"stale_objects": 31, "privileged_accounts": 60, "trusts": 0, "anomalies": 35}[a.Key]; a.Value == nil || *a.Value != want {
			t.Errorf("%s: want %v, got %v", a.Key, want, number(a.Value))
		}
	}
	if f.EvidenceTotal != 9 {
		t.Errorf("the rows behind it are the scores and the rules, got %d", f.EvidenceTotal)
	}
}
