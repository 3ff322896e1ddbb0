package decision_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

var update = flag.Bool("update", false, "rewrite golden files")

func options() decision.Options {
	return decision.Options{
		KPIs: []decision.KPI{
			{ID: "system_owner_coverage", Title: "Andel system med utsedd systemägare", Unit: "share"},
			{ID: "service_desk_wait_time", Title: "Väntetid i registrerade ärenden", Unit: "seconds"},
			{ID: "sso_coverage", Title: "Andel system med gemensam inloggning", Unit: "share"},
			{ID: "it_cost", Title: "It-kostnad", Unit: "sek"},
		},
		Rules: []string{"classification_max_age"},
	}
}

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	return loc
}

func ptr(f float64) *float64 { return &f }

// full is a set that uses every field.
func full(t *testing.T) decision.Set {
	loc := stockholm(t)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, loc) }
	end := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 23, 59, 59, 0, loc) }
	return decision.Set{
		Tiers: []string{"guld", "silver", "brons"},
		Rules: map[string]string{"classification_max_age": "24m"},
		Identities: []store.Identity{
			{Scheme: "org_unit", ID: "soc", Name: "Socialförvaltningen", Kind: "forvaltning", Aliases: []store.Alias{{Name: "Soc"}, {Name: "Vård, omsorg", Source: "arenden"}},
				Patterns: []store.Pattern{{Kind: "pattern", Text: "Hemtjänst *", Priority: 5, Source: "arenden"}, {Kind: "pattern", Text: `/^IFO \d+$/`}, {Kind: "ou", Text: "OU=Vård,OU=Social"}, {Kind: "cost_centre", Text: "5100-5199"}, {Kind: "cost_centre", Text: "5250"}}},
			{Scheme: "org_unit", ID: "ifo", Name: "Individ och familj", Kind: "avdelning", Parent: "soc", ValidFrom: day(2020, 1, 1), ValidTo: end(2026, 12, 31), Successor: "soc"},
			{Scheme: "org_unit", ID: "bun", Name: "Barn och utbildning", Kind: "forvaltning", ValidTo: end(2025, 12, 31), Successors: []string{"soc", "ifo"}},
			{Scheme: "site", ID: "centralskolan", Name: "Centralskolan", Aliases: []store.Alias{{Name: "C-skolan"}}},
			{Scheme: "system", ID: "heroma", Name: "Heroma", Aliases: []store.Alias{{Name: "Personalsystemet"}}},
			{Scheme: "supplier", ID: "tieto", Name: "Tietoevry"},
		},
		Targets: []decision.Target{
			{KPI: "system_owner_coverage", Target: finding.Target{Kind: "value", Value: ptr(0.9), Due: "2027-12-31", Decision: "KS 2026/145, § 62"}, Base: ptr(0.15), BaseDate: end(2026, 1, 31), ValidFrom: day(2026, 2, 1), State: "active"},
			{KPI: "system_owner_coverage", OrgUnit: "soc", Target: finding.Target{Kind: "band", Low: ptr(0.255), High: ptr(1), Decision: "SN 12"}, State: "active"},
			{KPI: "service_desk_wait_time", Target: finding.Target{Kind: "value", Value: ptr(14400), Decision: "KS 3"}, State: "superseded"},
			{KPI: "sso_coverage", Target: finding.Target{Kind: "list", List: []string{"Heroma", "Treserva"}, Decision: "KS 4"}, State: "active"},
			{KPI: "sso_coverage", OrgUnit: "soc", Target: finding.Target{Kind: "count", Value: ptr(10), Decision: "KS 5"}, State: "active"},
			{KPI: "it_cost", Target: finding.Target{Kind: "value", Value: ptr(1250000), Decision: "KS 6"}, State: "active"},
			{KPI: "it_cost", OrgUnit: "soc", Target: finding.Target{Kind: "yes_no", Value: ptr(1), Decision: "KS 7"}, State: "active"},
		},
		Breaks: []decision.Break{{KPI: "sso_coverage", On: day(2026, 3, 1), Reason: "Nytt sätt att räkna"}, {Source: "arenden", On: day(2026, 5, 1), Reason: "Nytt ärendesystem"}},
		Waivers: []decision.Waiver{{
			KPI: "system_owner_coverage", OrgUnit: "soc", Record: "heroma", From: day(2026, 6, 15), Expires: end(2027, 6, 30),
			Waiver: finding.Waiver{Scope: "record:heroma", Decision: "KS 2026/145, § 62", By: "Kommunstyrelsen", Reason: "Byts ut", Instead: "Manuell rutin", Expires: "2027-06-30"},
		}},
		Off:  []decision.Off{{KPI: "service_desk_wait_time", Reason: "Vi har ingen servicedesk"}},
		None: []decision.DeclaredNone{{Record: "observation", By: "Driftchef", On: end(2026, 10, 31)}},
	}
}

// forRead drops what cannot stand together: a target on a measure that is off.
func forRead(t *testing.T) decision.Set {
	s := full(t)
	s.Off = []decision.Off{{KPI: "it_cost", Reason: "Ekonomin är gemensam med grannen"}}
	s.Targets = s.Targets[:5]
	return s
}

func TestSetSurvivesYAML(t *testing.T) {
	want := forRead(t)
	var b bytes.Buffer
	require.NoError(t, decision.WriteYAML(&b, want, options()))
	got, err := decision.ReadYAML("beslut.yaml", &b, options())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestSetSurvivesWorkbook(t *testing.T) {
	want := forRead(t)
	var b bytes.Buffer
	require.NoError(t, decision.WriteWorkbook(&b, want, options()))
	got, err := decision.ReadWorkbook("beslut.xlsx", &b, options())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestMoneyAndYesNoSurviveBothForms(t *testing.T) {
	want := decision.Set{Rules: map[string]string{}, Identities: full(t).Identities[:1], Targets: full(t).Targets[5:]}
	var y, x bytes.Buffer
	require.NoError(t, decision.WriteYAML(&y, want, options()))
	require.NoError(t, decision.WriteWorkbook(&x, want, options()))
	fromYAML, err := decision.ReadYAML("b.yaml", &y, options())
	require.NoError(t, err)
	fromBook, err := decision.ReadWorkbook("b.xlsx", &x, options())
	require.NoError(t, err)
	require.Equal(t, want, fromYAML)
	require.Equal(t, want, fromBook)
}

func TestEmptySetGivesWorkbookThatReadsAsEmpty(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, decision.WriteWorkbook(&b, decision.Set{}, options()))
	got, err := decision.ReadWorkbook("beslut.xlsx", &b, options())
	require.NoError(t, err)
	require.Equal(t, decision.Set{Rules: map[string]string{}}, got)
}

// TestBadYAML reads each testdata/bad-*.yaml and holds every fault against the
// text file beside it.
func TestBadYAML(t *testing.T) {
	files, err := filepath.Glob("testdata/bad-*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 12)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := decision.Load([]string{file}, options())
			require.ErrorIs(t, err, decision.ErrInvalid)
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", err.Error()+"\n")
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestConflictBetweenFilesNamesBoth(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yaml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("targets:\n  - kpi: sso_coverage\n    value: 0.5\n    decision: KS 1\n"), 0o600))
	}
	_, err := decision.Load([]string{filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml")}, options())
	require.EqualError(t, err, "b.yaml: rad 2, targets[0]: två mål gäller samtidigt för sso_coverage; det andra är a.yaml: rad 2, targets[0]. Låt det ena sluta gälla eller sätt det till ersatt")
}

func TestWaiverWithoutEndHoldsTwelveMonths(t *testing.T) {
	for from, want := range map[string]string{"2026-06-15": "2027-06-15", "2028-02-29": "2029-02-28"} {
		set, err := decision.ReadYAML("b.yaml", strings.NewReader("waivers: [{kpi: sso_coverage, decision: KS 1, by: Kommunstyrelsen, reason: Byts, from: "+from+"}]"), options())
		require.NoError(t, err)
		require.Equal(t, want, set.Waivers[0].Waiver.Expires)
		require.Equal(t, want+" 23:59:59", set.Waivers[0].Expires.Format(time.DateTime))
	}
}

func TestLinesAreCountedInFilesFromWindows(t *testing.T) {
	_, err := decision.ReadYAML("b.yaml", strings.NewReader("# beslut\r\ntargets:\r\n  - kpi: sso_coverage\r\n    value: 2\r\n    decision: KS 1\r\n"), options())
	require.ErrorContains(t, err, "b.yaml: rad 4, targets[0].value")
}

func TestMissingFileAndForeignFormatAreLocated(t *testing.T) {
	_, err := decision.Load([]string{"testdata/finns-inte.yaml", "testdata/beslut.ods"}, options())
	var faults decision.Faults
	require.True(t, errors.As(err, &faults))
	require.Len(t, faults, 2)
	require.Contains(t, faults[0].Error(), "finns-inte.yaml: filen finns inte")
	require.Contains(t, faults[1].Error(), "beslut.ods: beslut läses ur .xlsx eller .yaml")
}

const schemaFile = "../../docs/schema/decisions.schema.json"

func TestSchemaInDocsIsCurrent(t *testing.T) {
	got, err := decision.Schema()
	require.NoError(t, err)
	golden(t, schemaFile, string(got))
}

func TestWrittenYAMLFollowsSchema(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, decision.WriteYAML(&b, full(t), options()))
	require.NoError(t, s.Validate(asJSON(t, b.Bytes())))
	require.Error(t, s.Validate(asJSON(t, []byte("targets: [{kpi: x, vlaue: 1, decision: d}]"))))
}

// Towards a number of printers, or of systems with single sign-on, the way
// begins at a number too, whatever the figure's own unit.
func TestTheWayToACountBeginsAtACount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "beslut.yaml")
	require.NoError(t, os.WriteFile(path, []byte("targets:\n  - {kpi: sso_coverage, kind: count, value: 30, base: 4, base_date: 2026-01-01, decision: KS 1}\n"), 0o600))
	set, err := decision.Load([]string{path}, options())
	require.NoError(t, err)
	require.InDelta(t, 4, *set.Targets[0].Base, 0)
}
