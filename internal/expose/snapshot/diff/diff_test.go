package diff

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// The municipality of these tests has systems of two förvaltningar. What a case
// changes between the snapshots is what the comparison is to tell of, and no more.
var (
	then = time.Date(2025, 12, 31, 22, 59, 59, 0, time.UTC)
	now  = time.Date(2026, 6, 30, 21, 59, 59, 0, time.UTC)
)

// row is a row of a population, with a cell for each figure in order.
type row struct {
	id, name, unit string
	cells          []string
}

type rows struct {
	relation string
	columns  []finding.Recompute
	rows     []row
}

func (r rows) Populations() ([]finding.Population, error) {
	return []finding.Population{{Relation: r.relation, Columns: r.columns}}, nil
}

func (r rows) Rows(_ context.Context, _ string, each func(*finding.PopulationRow) error) error {
	for _, x := range r.rows {
		if err := each(&finding.PopulationRow{ID: x.id, OrgUnit: x.unit, Place: "lista, rad " + x.id, Cells: x.cells}); err != nil {
			return err
		}
	}
	return nil
}

func (r rows) Evidence(_ context.Context, _ string, each func(finding.Row) error) error {
	for _, x := range r.rows {
		if err := each(finding.Row{Entity: r.relation, ID: x.id, Label: x.name, OrgUnit: x.unit}); err != nil {
			return err
		}
	}
	return nil
}

func number(v float64) *float64 { return &v }

// share is a figure with a part for one förvaltning.
func share(id string, num, den float64) finding.Finding {
	return finding.Finding{
		KPI: id, Title: finding.Text{SV: "Mått " + id, EN: id}, Unit: "share", Value: number(num / den), Numerator: number(num), Denominator: number(den),
		Outcome: finding.Measured, MethodVersion: 1, Population: finding.Text{SV: "system i bruk", EN: "systems in use"},
		Breakdown: []finding.Cell{{Dimension: "org_unit", Key: "soc", Label: "Socialförvaltningen", Value: number(num / den), Numerator: number(num), Denominator: number(den), Outcome: finding.Measured}},
	}
}

func definitionOf(id string) catalogue.Definition {
	text := func(s string) finding.Text { return finding.Text{SV: s + ".", EN: s + "."} }
	return catalogue.Definition{
		ID: id, Title: finding.Text{SV: "Mått " + id, EN: "Measure " + id}, Question: finding.Text{SV: "Hur många " + id + "?", EN: "How many " + id + "?"},
		NotCounted: text("Räknas inte: det som inte är system"), NextStep: text("Gör något"), Area: "identitet", Priority: "core",
		Tags:   catalogue.Tags{EY: []string{"styrning"}, KPMG: []string{"processer"}, NIS2: []string{}, ITIL: []string{"service_desk"}},
		Record: "system", Shape: catalogue.Share, PopulationText: finding.Text{SV: "system i bruk", EN: "systems in use"}, Pass: "sso_mode = 'sso'",
		Breakdowns: []catalogue.Breakdown{{Dimension: "org_unit"}}, Unit: "share", Direction: "up", SmallCells: "none",
		Evidence: catalogue.Evidence{Columns: []string{"tier"}, Reason: "'Nej.'"}, Secrecy: catalogue.Secrecy{Level: "ingen"}, Method: 1, Source: "Prov",
	}
}

func content(at time.Time, fs ...finding.Finding) snapshot.Content {
	c := snapshot.Content{
		Municipality: "Östra Å", Version: "prov", At: store.Point{AsOf: at, KnownAt: at}, Created: at.Add(time.Hour), Config: []byte("{}\n"), Findings: fs,
		Rows: rows{relation: "system", columns: []finding.Recompute{{KPI: "sso", How: "share"}}},
	}
	for _, f := range fs {
		c.Catalogue.KPIs = append(c.Catalogue.KPIs, definitionOf(f.KPI))
	}
	return c
}

func kept(t *testing.T, c snapshot.Content) *snapshot.Snapshot {
	t.Helper()
	w, err := snapshot.Write(t.Context(), t.TempDir(), c, nil)
	require.NoError(t, err)
	s, err := snapshot.Open(t.Context(), w.Report.Path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func compare(t *testing.T, a, b snapshot.Content, engines ...Engine) *Diff {
	t.Helper()
	d, err := Compare(t.Context(), kept(t, a), kept(t, b), engines...)
	require.NoError(t, err)
	return d
}

func one(t *testing.T, d *Diff, kpi string) Figure {
	t.Helper()
	for _, f := range d.Figures {
		if f.KPI == kpi {
			return f
		}
	}
	t.Fatalf("no figure %s", kpi)
	return Figure{}
}

func TestASnapshotAgainstItselfSaysThatNothingChanged(t *testing.T) {
	c := content(now, share("sso", 40, 100), finding.Finding{KPI: "none", Unit: "share", Outcome: finding.NoData})
	s := kept(t, c)
	d, err := Compare(t.Context(), s, s)
	require.NoError(t, err)
	require.True(t, d.Same)
	var b bytes.Buffer
	require.NoError(t, d.Text(&b, Options{}))
	require.Contains(t, b.String(), "Inget har ändrats.")
	require.NotContains(t, b.String(), "Siffrorna\n")
	require.Empty(t, append(d.Targets, d.Waivers...))
	require.Empty(t, d.Definitions)
}

func TestAFigureIsBetterOrWorseByItsDirectionAndOnlyWhereThatMayBeSaid(t *testing.T) {
	down := share("legacy", 40, 100)
	for _, c := range []struct {
		name     string
		old, now finding.Finding
		change   func(*catalogue.Definition)
		want     Change
		why      string
	}{
		{name: "more of what should be more", old: share("x", 40, 100), now: share("x", 50, 100), want: Better},
		{name: "less of it", old: share("x", 50, 100), now: share("x", 40, 100), want: Worse},
		{name: "more of what should be less", old: share("x", 40, 100), now: share("x", 50, 100), change: func(d *catalogue.Definition) { d.Direction = "down" }, want: Worse},
		{name: "no direction", old: share("x", 40, 100), now: share("x", 50, 100), change: func(d *catalogue.Definition) { d.Direction = "none" }, want: Changed, why: "inte vad som är bättre"},
		{name: "to the last digit", old: down, now: down, want: Same},
		{name: "one percentage point", old: share("x", 40, 100), now: share("x", 41, 100), want: Unchanged},
		{name: "the same share of fewer", old: share("x", 40, 100), now: share("x", 20, 50), want: Unchanged},
		{name: "few rows", old: share("x", 2, 9), now: share("x", 8, 9), want: NotComparable, why: "färre än tio rader"},
		{name: "no figure before", old: finding.Finding{KPI: "x", Unit: "share", Outcome: finding.NoData, Reason: &finding.Text{SV: "Ingen källa."}}, now: share("x", 0, 100), want: Appeared, why: "Ingen källa."},
		{name: "no figure now", old: share("x", 0, 100), now: finding.Finding{KPI: "x", Unit: "share", Outcome: finding.Error}, want: Vanished, why: "gick inte att räkna ut"},
		{name: "in neither", old: finding.Finding{KPI: "x", Outcome: finding.NoData}, now: finding.Finding{KPI: "x", Outcome: finding.Error}, want: Absent},
		{name: "hidden", old: finding.Finding{KPI: "x", Outcome: finding.Measured, Suppressed: true}, now: share("x", 40, 100), want: NotComparable, why: "för få för att visas"},
		{name: "another population", old: otherPopulation(share("x", 40, 100)), now: share("x", 50, 100), want: NotComparable, why: "gäller inte samma rader"},
		{name: "a broken series", old: share("x", 40, 100), now: withBreak(share("x", 50, 100), "2026-03-01"), want: NotComparable, why: "serien bryts 1 mars 2026: Nytt ärendesystem"},
		{name: "a break before both", old: share("x", 40, 100), now: withBreak(share("x", 50, 100), "2025-12-31"), want: Better},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.old.KPI, c.now.KPI = "x", "x"
			a, b := content(then, c.old, share("y", 1, 20)), content(now, c.now, share("y", 1, 20))
			if c.change != nil {
				c.change(&a.Catalogue.KPIs[0])
				c.change(&b.Catalogue.KPIs[0])
			}
			f := one(t, compare(t, a, b), "x")
			require.Equal(t, c.want, f.Change)
			require.Contains(t, plain(f.Why), c.why)
		})
	}
}

func otherPopulation(f finding.Finding) finding.Finding {
	f.Population.SV = "gulds system"
	return f
}

func withBreak(f finding.Finding, on string) finding.Finding {
	f.Breaks = []finding.Break{{On: on, Reason: "Nytt ärendesystem"}}
	return f
}

func TestAForvaltningThatHadNoRowsIsNoZero(t *testing.T) {
	b := share("sso", 50, 100)
	b.Breakdown = append(b.Breakdown, finding.Cell{Dimension: "org_unit", Key: "utb", Label: "Utbildningsförvaltningen", Value: number(0), Numerator: number(0), Denominator: number(20), Outcome: finding.Measured})
	d := compare(t, content(then, share("sso", 40, 100)), content(now, b))
	f := one(t, d, "sso")
	require.Len(t, f.Units, 2)
	require.Equal(t, Better, f.Units[0].Change)
	require.Equal(t, Appeared, f.Units[1].Change)
	require.Equal(t, "inga rader", f.Units[1].Why)
	require.Nil(t, f.Units[1].A.Value)
	require.NotNil(t, f.Units[1].B.Value)
}

func TestSnapshotsInTheOtherOrderAreTurnedAndThoseOfOthersRefused(t *testing.T) {
	a, b := content(then, share("sso", 40, 100)), content(now, share("sso", 50, 100))
	d := compare(t, b, a)
	require.Contains(t, d.Notes[0], "omvänd ordning")
	require.True(t, d.A.AsOf.Equal(then))
	require.Equal(t, Better, one(t, d, "sso").Change)

	other := content(now, share("sso", 50, 100))
	other.Municipality = "Västra Å"
	_, err := Compare(t.Context(), kept(t, a), kept(t, other))
	require.ErrorIs(t, err, ErrOther)
	require.ErrorContains(t, err, "Östra Å")
	demo := content(now, share("sso", 50, 100))
	demo.Demo = true
	_, err = Compare(t.Context(), kept(t, a), kept(t, demo))
	require.ErrorIs(t, err, ErrOther)
}

func decision(section, reference string, fields ...string) store.Decided {
	d := store.Decided{Section: section, Key: fields[1], Decision: reference, Fields: map[string]string{"decision": reference}}
	for i := 0; i < len(fields); i += 2 {
		d.Fields[fields[i]] = fields[i+1]
	}
	return d
}

func TestTargetsAndWaiversThatCameChangedAndWent(t *testing.T) {
	a, b := content(then, share("sso", 40, 100)), content(now, share("sso", 40, 100))
	a.Decided = []store.Decided{
		decision("targets", "KS 1", "kpi", "sso", "value", "0.5", "due", "2026-12-31"),
		decision("targets", "KS 2", "kpi", "dropped", "value", "1"),
		decision("targets", "KS 3", "kpi", "later", "value", "1", "valid_from", "2026-02-01"),
		decision("waivers", "KS 4", "kpi", "sso", "expires", "2026-03-31", "reason", "Byts ut"),
		decision("waivers", "KS 5", "kpi", "other", "expires", "2027-03-31"),
	}
	b.Decided = []store.Decided{
		decision("targets", "KS 9", "kpi", "sso", "value", "0.8", "due", "2027-12-31"),
		decision("targets", "KS 3", "kpi", "later", "value", "1", "valid_from", "2026-02-01"),
		decision("targets", "KS 8", "kpi", "sso", "org_unit", "soc", "kind", "count", "value", "5"),
		decision("waivers", "KS 4", "kpi", "sso", "expires", "2026-03-31", "reason", "Byts ut"),
		decision("waivers", "KS 7", "kpi", "third", "record", "sys-1", "expires", "2027-01-31"),
	}
	d := compare(t, a, b)
	var targets, waivers []string
	for _, x := range d.Targets {
		targets = append(targets, strings.TrimSpace(fmt.Sprint(x.KPI, " ", x.OrgUnit, " ", x.What, " ", x.DecisionA, ">", x.DecisionB)))
	}
	for _, x := range d.Waivers {
		waivers = append(waivers, x.KPI+" "+x.What)
	}
	require.Equal(t, []string{"dropped  dropped KS 2>", "later  new >KS 3", "sso  changed KS 1>KS 9", "sso soc new >KS 8"}, targets)
	require.Equal(t, []string{"other revoked", "sso expired", "third granted"}, waivers)
	var text bytes.Buffer
	require.NoError(t, d.Text(&text, Options{}))
	require.Contains(t, plain(text.String()), "50 % senast 31 december 2026  80 % senast 31 december 2027  KS 1 → KS 9")
	require.Contains(t, plain(text.String()), "5 stycken")
}

func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestRowsThatCameToPassAndThatNoLongerDoAreCountedByForvaltningAndNamed(t *testing.T) {
	a, b := content(then, share("sso", 40, 100)), content(now, share("sso", 50, 100))
	column := []finding.Recompute{{KPI: "sso", How: "share"}, {KPI: "gone", How: "share"}}
	a.Rows = rows{"system", column, []row{
		{"s1", "Ett", "soc", []string{"0", ""}}, {"s2", "Två", "soc", []string{"1", ""}}, {"s3", "Tre", "bun", []string{"1", ""}}, {"s4", "Fyra", "bun", []string{"1", "1"}}, {"s5", "Fem", "bun", []string{"0", ""}},
	}}
	b.Rows = rows{"system", column[:1], []row{
		{"s1", "Ett", "soc", []string{"1"}}, {"s2", "Två", "soc-hem", []string{"0"}}, {"s3", "Tre", "bun", []string{"1"}}, {"s4", "Fyra", "bun", []string{""}}, {"s6", "Sex", "", []string{"1"}},
	}}
	b.Decided = []store.Decided{decision("org_units", "", "id", "soc-hem", "name", "Hemtjänsten", "parent", "soc")}
	d := compare(t, a, b)
	require.Len(t, d.Populations, 1)
	p := d.Populations[0]
	require.Equal(t, 5, p.RowsA)
	require.Equal(t, 5, p.RowsB)
	require.Len(t, p.Measures, 1)
	m := p.Measures[0]
	require.Equal(t, []Row{{ID: "s1", Name: "Ett", OrgUnit: "soc", Unit: "Socialförvaltningen", Place: "lista, rad s1", Pass: true}}, m.Gained)
	require.Equal(t, []Row{{ID: "s2", Name: "Två", OrgUnit: "soc-hem", Unit: "Hemtjänsten", Place: "lista, rad s2"}}, m.Lost)
	require.Equal(t, []Row{{ID: "s6", Name: "Sex", Unit: "Okänd", Place: "lista, rad s6", Pass: true, Is: true}}, m.Entered)
	require.Equal(t, []Row{
		{ID: "s5", Name: "Fem", OrgUnit: "bun", Unit: "bun", Place: "lista, rad s5", Gone: true},
		{ID: "s4", Name: "Fyra", OrgUnit: "bun", Unit: "bun", Place: "lista, rad s4", Pass: true},
	}, m.Left)
	require.Equal(t, []Units{{OrgUnit: "bun", Name: "bun", Left: 2}, {Name: "Okänd", Entered: 1}, {OrgUnit: "soc", Name: "Socialförvaltningen", Gained: 1, Lost: 1}}, m.Units)
	var text bytes.Buffer
	require.NoError(t, d.Text(&text, Options{}))
	require.Contains(t, text.String(), "1 uppfyller nu kravet, 1 uppfyller inte längre kravet, 1 nya att räkna på och 2 finns inte kvar att räkna på.")
}

func TestALongListIsCutInTheTextAndWholeInTheData(t *testing.T) {
	a, b := content(then, share("sso", 40, 100)), content(now, share("sso", 50, 100))
	var before, after []row
	for i := range 30 {
		before = append(before, row{fmt.Sprintf("s%02d", i), fmt.Sprintf("System %02d", i), "soc", []string{"0"}})
		after = append(after, row{fmt.Sprintf("s%02d", i), fmt.Sprintf("System %02d", i), "soc", []string{"1"}})
	}
	column := []finding.Recompute{{KPI: "sso", How: "share"}}
	a.Rows, b.Rows = rows{"system", column, before}, rows{"system", column, after}
	d := compare(t, a, b)
	var text, all, data bytes.Buffer
	require.NoError(t, d.Text(&text, Options{}))
	require.NoError(t, d.Text(&all, Options{Verbose: true}))
	require.NoError(t, d.JSON(&data))
	require.Contains(t, text.String(), "och 20 till; alla visas med --verbose och --format json")
	require.NotContains(t, text.String(), "System 29")
	require.Contains(t, all.String(), "System 29")
	var back Diff
	require.NoError(t, json.Unmarshal(data.Bytes(), &back))
	require.Len(t, back.Populations[0].Measures[0].Gained, 30)
}

func TestRowsAboutPersonsAreCountedAndNeverListed(t *testing.T) {
	pseudonym := func(key string, n int) string { return fmt.Sprintf("katalog:%s-%032x", key, n) }
	column := []finding.Recompute{{KPI: "sso", How: "share"}}
	for _, relation := range []string{"account", "role_seat"} {
		a, b := content(then, share("sso", 40, 100)), content(now, share("sso", 50, 100))
		a.Rows = rows{relation, column, []row{{pseudonym("ob111111", 1), "x", "soc", []string{"0"}}}}
		b.Rows = rows{relation, column, []row{{pseudonym("ob222222", 1), "x", "soc", []string{"1"}}, {pseudonym("ob222222", 2), "x", "soc", []string{"1"}}}}
		d := compare(t, a, b)
		require.Equal(t, 1, d.Populations[0].RowsA)
		require.Equal(t, 2, d.Populations[0].RowsB)
		require.Empty(t, d.Populations[0].Measures)
		require.Contains(t, d.Populations[0].Why, "pseudonymer som är olika i varje ögonblicksbild")
		var data bytes.Buffer
		require.NoError(t, d.JSON(&data))
		require.NotContains(t, data.String(), "ob222222")
	}
}

func TestSourcesThatCameWentAndGrewOld(t *testing.T) {
	state := func(name string, content time.Time, refused int64) store.SourceState {
		return store.SourceState{SourceInfo: store.SourceInfo{Name: name}, LastSuccess: content, ContentAt: content, Counts: store.Counts{Refused: refused}}
	}
	a, b := content(then, share("sso", 40, 100)), content(now, share("sso", 40, 100))
	a.Sources = []store.SourceState{state("borta", then, 0), state("farsk", then, 1), state("lista", then.Add(-48*time.Hour), 0), state("slarv", then, 1)}
	b.Sources = []store.SourceState{state("farsk", now, 1), state("lista", then, 0), state("ny", now, 0), state("slarv", now, 12)}
	d := compare(t, a, b)
	var got []string
	for _, s := range d.Sources {
		got = append(got, fmt.Sprint(s.Name, " ", s.What, " ", s.Older, " ", s.RefusedB))
	}
	require.Equal(t, []string{"lista changed true 0", "ny new false 0", "slarv changed false 12", "borta removed false 0"}, got)
	require.False(t, d.Same)
}

func TestWithoutTheEvidenceTheRowsAreNotComparedAndThatIsSaid(t *testing.T) {
	a, b := kept(t, content(then, share("sso", 40, 100))), kept(t, content(now, share("sso", 50, 100)))
	b.NoEvidence = "underlaget b.zip ligger inte bredvid"
	d, err := Compare(t.Context(), a, b)
	require.NoError(t, err)
	require.Empty(t, d.Populations)
	require.Contains(t, strings.Join(d.Notes, " "), "B: underlaget b.zip ligger inte bredvid. Raderna bakom siffrorna jämförs därför inte.")
}
