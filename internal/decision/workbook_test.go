package decision_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func asJSON(t *testing.T, y []byte) any {
	t.Helper()
	b, err := yaml.YAMLToJSON(y)
	require.NoError(t, err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	require.NoError(t, err)
	require.True(t, json.Valid(b))
	return v
}

// resave opens a workbook in LibreOffice and saves it again.
func resave(t *testing.T, in string) string {
	t.Helper()
	soffice := testneed.Program(t, "soffice")
	out := t.TempDir()
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+filepath.ToSlash(t.TempDir()), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out, in)
	b, err := cmd.CombinedOutput()
	require.NoError(t, err, string(b))
	return filepath.Join(out, filepath.Base(in))
}

func TestWorkbookSurvivesLibreOffice(t *testing.T) {
	want := forRead(t)
	path := filepath.Join(t.TempDir(), "kommunpuls-beslut.xlsx")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, decision.WriteWorkbook(f, want, options()))
	require.NoError(t, f.Close())
	saved := resave(t, path)
	got, err := decision.Load([]string{saved}, options())
	require.NoError(t, err)
	require.Equal(t, want, got)

	book, err := excelize.OpenFile(saved)
	require.NoError(t, err)
	defer book.Close()
	dvs, err := book.GetDataValidations("Mål")
	require.NoError(t, err)
	require.Greater(t, len(dvs), 5, "the drop-downs are still there")
	visible, err := book.GetSheetVisible("Listor")
	require.NoError(t, err)
	require.False(t, visible)
}

// book is an edited workbook: sheet → cell → value.
func edited(t *testing.T, cells map[string]map[string]any) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, decision.WriteWorkbook(&b, decision.Set{}, options()))
	f, err := excelize.OpenReader(&b)
	require.NoError(t, err)
	defer f.Close()
	for sheet, m := range cells {
		if i, err := f.GetSheetIndex(sheet); err == nil && i < 0 {
			_, err := f.NewSheet(sheet)
			require.NoError(t, err)
		}
		for at, v := range m {
			require.NoError(t, f.SetCellValue(sheet, at, v))
		}
	}
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	return &out
}

func TestFaultsInWorkbookNameSheetRowAndColumn(t *testing.T) {
	cases := map[string]struct {
		cells map[string]map[string]any
		want  []string
	}{
		"unknown measure with the closest": {
			map[string]map[string]any{"Mål": {"A2": "system_owner_covrage", "D2": 0.9, "I2": "KS 1"}},
			[]string{`b.xlsx: blad Mål, rad 2, kolumn A (Mått): okänt mått ”system_owner_covrage”; närmast är ”system_owner_coverage”`},
		},
		"31 February, ninety without percent and a decision missing": {
			map[string]map[string]any{"Mål": {"A3": "sso_coverage", "D3": 90, "H3": "2027-02-31"}},
			[]string{
				`b.xlsx: blad Mål, rad 3: Beslut saknas`,
				`b.xlsx: blad Mål, rad 3, kolumn H (Senast): ”2027-02-31” är inget datum: den 31 februari 2027 finns inte`,
				`b.xlsx: blad Mål, rad 3, kolumn D (Nivå): vill ha en andel 0–1 eller procent, till exempel 0,9 eller 90 %; fick 90`,
			},
		},
		"a time without unit": {
			map[string]map[string]any{"Mål": {"A2": "Väntetid i registrerade ärenden (service_desk_wait_time)", "D2": 4, "I2": "KS 1"}},
			[]string{`b.xlsx: blad Mål, rad 2, kolumn D (Nivå): tiden saknar enhet; skriv till exempel 30 min, 4 h eller 2 dygn i stället för 4`},
		},
		"a header that was renamed": {
			map[string]map[string]any{"Godtagna brister": {"D1": "Besut", "E2": "KS"}},
			[]string{
				`b.xlsx: blad Godtagna brister, rad 1, kolumn D (Besut): okänd rubrik; närmast är ”Beslut”. Egna uppgifter hör hemma i Anteckning`,
				`b.xlsx: blad Godtagna brister, rad 1: rubriken Beslut saknas`,
				`b.xlsx: blad Godtagna brister, rad 2: Beslut saknas`,
				`b.xlsx: blad Godtagna brister, rad 2: Skäl saknas`,
				`b.xlsx: blad Godtagna brister, rad 2: Beslutsdatum saknas`,
			},
		},
		"org units in a ring": {
			map[string]map[string]any{"Organisation": {"B2": "Vård", "D2": "Äldre", "B3": "Äldre", "D3": "Vård"}},
			[]string{`b.xlsx: blad Organisation, rad 2: organisationen går i ring: Vård hör till Äldre hör till Vård`},
		},
		"a sheet with nearly the right name": {
			map[string]map[string]any{"Mal": {"A1": "x"}},
			[]string{`b.xlsx: blad Mal: bladet läses inte; menas Mål?`},
		},
		"a person where a body should stand": {
			map[string]map[string]any{"Inget att räkna": {"A2": "observation", "B2": "kalle@kommun.se", "C2": "2026-10-31"}},
			[]string{`b.xlsx: blad Inget att räkna, rad 2, kolumn B (Intygat av): skriv nämnd eller roll, aldrig en person eller en e-postadress`},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := decision.ReadWorkbook("b.xlsx", edited(t, c.cells), options())
			require.EqualError(t, err, strings.Join(c.want, "\n"))
		})
	}
}

func TestWorkbookTakesWhatPeopleWrite(t *testing.T) {
	set, err := decision.ReadWorkbook("b.xlsx", edited(t, map[string]map[string]any{
		"Mål": {
			"A2": "Andel system med utsedd systemägare", "D2": "90 %", "H2": 46752, "I2": "KS 1", "O2": "egen anteckning",
			"A3": "it_cost", "D3": "1,2 mnkr", "H3": "20271231", "I3": "KS 2",
			"A4": "service_desk_wait_time", "B4": "soc", "C4": "Nivå", "D4": "2 dygn", "I4": "KS 3",
		},
		"Organisation": {"B2": "Social\u00adförvaltningen", "B3": "Barn & utbildning", "E2": "Soc; SOF\nSN"},
		"Regler":       {"A2": "tiers", "B2": "guld, silver; brons"},
	}), options())
	require.NoError(t, err)
	require.InDelta(t, 0.9, *set.Targets[0].Value, 1e-12)
	require.Equal(t, "2027-12-31", set.Targets[0].Due)
	require.Equal(t, "2027-12-31", set.Targets[1].Due)
	require.InDelta(t, 1.2e6, *set.Targets[1].Value, 1e-6)
	require.InDelta(t, 172800, *set.Targets[2].Value, 0)
	require.Equal(t, []string{"guld", "silver", "brons"}, set.Tiers)
	require.Equal(t, "barn-utbildning", set.Identities[1].ID)
	require.Len(t, set.Identities[0].Aliases, 3)
	require.Equal(t, set.Identities[0].ID, set.Targets[2].OrgUnit)
}

func TestFileThatIsNoWorkbook(t *testing.T) {
	for _, content := range []string{"", "PK\x03\x04 trasig", "hej;på;dig"} {
		_, err := decision.ReadWorkbook("b.xlsx", strings.NewReader(content), options())
		require.ErrorIs(t, err, decision.ErrInvalid)
		require.Contains(t, err.Error(), "b.xlsx: filen är ingen arbetsbok i xlsx-format")
	}
}

func TestWorkbookWithoutKnownSheets(t *testing.T) {
	f := excelize.NewFile()
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	_, err := decision.ReadWorkbook("b.xlsx", &b, options())
	require.ErrorContains(t, err, "inget av bladen Mål, Godtagna brister, Organisation")
}

// FuzzYAML: whatever stands in the file, the reader answers with a set or
// with located faults.
func FuzzYAML(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil {
			f.Add(string(b))
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := decision.ReadYAML("f.yaml", strings.NewReader(s), options())
		if err != nil && !strings.HasPrefix(fmt.Sprint(err), "f.yaml") {
			t.Fatalf("fault without its file: %v", err)
		}
	})
}

func TestAddingToWorkbookKeepsWhatPeopleWrote(t *testing.T) {
	book := edited(t, map[string]map[string]any{
		"Mål":          {"A2": "sso_coverage", "D2": "80 %", "I2": "KS 1", "O2": "min anteckning"},
		"Organisation": {"B2": "Socialförvaltningen", "E2": "Soc", "B4": "Barn och unga", "L4": "egen"},
	})
	var out bytes.Buffer
	require.NoError(t, decision.AddToWorkbook(&out, book, decision.Additions{
		Units:   []store.Identity{{Scheme: "org_unit", ID: "tekniska", Name: "Tekniska kontoret", Kind: "forvaltning", Aliases: []store.Alias{{Name: "TK"}}}},
		Aliases: map[string][]string{"socialforvaltningen": {"SOF"}},
	}))
	saved := out.Bytes()
	set, err := decision.ReadWorkbook("b.xlsx", bytes.NewReader(saved), options())
	require.NoError(t, err)
	require.Len(t, set.Identities, 3)
	require.Equal(t, []store.Alias{{Name: "Soc"}, {Name: "SOF"}}, set.Identities[0].Aliases)
	require.Equal(t, "Tekniska kontoret", set.Identities[2].Name)
	require.Len(t, set.Targets, 1)
	f, err := excelize.OpenReader(bytes.NewReader(saved))
	require.NoError(t, err)
	defer f.Close()
	for at, want := range map[string]string{"Mål!O2": "min anteckning", "Organisation!L4": "egen", "Organisation!B5": "Tekniska kontoret"} {
		sheet, cell, _ := strings.Cut(at, "!")
		got, err := f.GetCellValue(sheet, cell)
		require.NoError(t, err)
		require.Equal(t, want, got, at)
	}
}
