package diff

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// engine gives the figures that a case says, by method version.
type engine struct {
	byMethod map[int]finding.Finding
	err      error
	not      string
	asked    int
}

func (e *engine) Name() string                           { return "ur provet" }
func (e *engine) Holds(_, _ catalogue.Definition) string { return e.not }
func (e *engine) Evaluate(_ context.Context, _ *snapshot.Snapshot, c catalogue.Catalogue, ids []string) ([]finding.Finding, error) {
	e.asked++
	if e.err != nil {
		return nil, e.err
	}
	var out []finding.Finding
	for _, d := range c.KPIs {
		if f, ok := e.byMethod[d.Method]; ok && d.ID == ids[0] {
			f.KPI, f.MethodVersion = d.ID, d.Method
			out = append(out, f)
		}
	}
	return out, nil
}

// twoMethods are snapshots between which the measure came to be counted otherwise.
func twoMethods() (a, b snapshot.Content) {
	a, b = content(then, share("sso", 40, 100)), content(now, share("sso", 60, 100))
	b.Findings[0].MethodVersion = 2
	b.Catalogue.KPIs[0].Method, b.Catalogue.KPIs[0].Pass = 2, "sso_mode IN ('sso', 'password_sync')"
	return a, b
}

func TestAnOldFigureIsComputedAnewWithTheNewMethod(t *testing.T) {
	a, b := twoMethods()
	e := &engine{byMethod: map[int]finding.Finding{1: share("sso", 40, 100), 2: share("sso", 55, 100)}}
	d := compare(t, a, b, e)
	require.Len(t, d.Definitions, 1)
	require.Equal(t, Method, d.Definitions[0].What)
	require.False(t, d.Definitions[0].Silent)
	require.Len(t, d.Restated, 1)
	r := d.Restated[0]
	require.Empty(t, r.Why)
	require.InDelta(t, 0.40, *r.OldByOld.Value, 1e-9)
	require.InDelta(t, 0.55, *r.OldByNew.Value, 1e-9)
	require.InDelta(t, 0.60, *r.NewByNew.Value, 1e-9)
	f := one(t, d, "sso")
	require.Equal(t, NotComparable, f.Change)
	require.Equal(t, "räknas på ett nytt sätt (metod 1 blev 2)", f.Why)
	require.Equal(t, Better, f.Restated)
	require.Equal(t, Better, f.Units[0].Restated)
	var text bytes.Buffer
	require.NoError(t, d.Text(&text, Options{}))
	require.Contains(t, strings.ReplaceAll(plain(text.String()), "   ", "  "), "40 av 100 (40,0 %)  55 av 100 (55,0 %)  60 av 100 (60,0 %)  ur provet")
	require.Contains(t, text.String(), "NYTT SÄTT ATT RÄKNA, metod 1 blev 2. Ändrat: kravet på en rad och metodversionen.")
}

// The rows behind a measure that is counted otherwise are not held against each
// other: which of them changed, and which are only counted otherwise, nobody knows.
func TestRowsOfAMeasureThatIsCountedOtherwiseAreNotCompared(t *testing.T) {
	a, b := twoMethods()
	column := []finding.Recompute{{KPI: "sso", How: "share"}}
	a.Rows = rows{"system", column, []row{{"s1", "Ett", "soc", []string{"0"}}}}
	b.Rows = rows{"system", column, []row{{"s1", "Ett", "soc", []string{"1"}}}}
	m := compare(t, a, b).Populations[0].Measures[0]
	require.Empty(t, m.Gained)
	require.Contains(t, m.Why, "raderna jämförs inte")
}

func TestWhatCannotBeRestatedSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name   string
		engine *engine
		change func(a, b *snapshot.Content)
		want   string
	}{
		{"the old method gives another figure today", &engine{byMethod: map[int]finding.Finding{1: share("sso", 39, 100), 2: share("sso", 55, 100)}}, nil, "den gamla metoden ger i dag en annan siffra än den som står i A"},
		{"the old method gives none", &engine{byMethod: map[int]finding.Finding{1: {Outcome: finding.NoData, Reason: &finding.Text{SV: "Ingen källa visar inloggning."}}, 2: share("sso", 55, 100)}}, nil, "med den gamla metoden går det inte att räkna: Ingen källa visar inloggning"},
		{"the new method gives none", &engine{byMethod: map[int]finding.Finding{1: share("sso", 40, 100), 2: {Outcome: finding.NoData, Reason: &finding.Text{SV: "Ingen källa visar klass."}}}}, nil, "ur provet: Ingen källa visar klass"},
		{"too few to show", &engine{byMethod: map[int]finding.Finding{1: share("sso", 40, 100), 2: {Outcome: finding.Measured, Suppressed: true}}}, nil, "för få för att visas"},
		{"the rows cannot be read", &engine{err: errors.New("underlaget är krypterat")}, nil, "ur provet: underlaget är krypterat"},
		{"the engine has not what it takes", &engine{not: "arbetstiden är inte känd", byMethod: map[int]finding.Finding{1: share("sso", 40, 100), 2: share("sso", 55, 100)}}, nil, "arbetstiden är inte känd"},
		{"no figure in A", &engine{}, func(a, _ *snapshot.Content) {
			a.Findings[0] = finding.Finding{KPI: "sso", Unit: "share", Outcome: finding.NoData}
			a.Findings = append(a.Findings, share("y", 1, 20)) // a snapshot of nothing is not made
		}, "siffran saknades i A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := twoMethods()
			if c.change != nil {
				c.change(&a, &b)
			}
			d := compare(t, a, b, c.engine)
			require.Len(t, d.Restated, 1)
			require.Nil(t, d.Restated[0].OldByNew)
			require.Contains(t, d.Restated[0].Why, c.want)
			require.Empty(t, one(t, d, "sso").Restated)
		})
	}
	a, b := twoMethods()
	require.Contains(t, compare(t, a, b).Restated[0].Why, "inget register är angivet")
}

func TestEnginesAreTriedInOrderUntilOneHasIt(t *testing.T) {
	a, b := twoMethods()
	first, last := &engine{err: errors.New("registret går inte att nå")}, &engine{byMethod: map[int]finding.Finding{1: share("sso", 40, 100), 2: share("sso", 55, 100)}}
	never := &engine{}
	d := compare(t, a, b, first, last, never)
	require.NotNil(t, d.Restated[0].OldByNew)
	require.Empty(t, d.Restated[0].Why)
	require.Zero(t, never.asked)
}

func TestDefinitionsThatCameWentAndChanged(t *testing.T) {
	base := func() (a, b snapshot.Content) {
		return content(then, share("sso", 40, 100), share("old", 1, 20)), content(now, share("sso", 40, 100), share("fresh", 1, 20))
	}
	for _, c := range []struct {
		name   string
		change func(a, b *snapshot.Content)
		want   string
		silent bool
		fields []string
	}{
		{"in other words", func(_, b *snapshot.Content) { b.Catalogue.KPIs[0].Title.SV = "Andel med gemensam inloggning" }, Reworded, false, []string{"title"}},
		{"another direction", func(_, b *snapshot.Content) { b.Catalogue.KPIs[0].Direction = "down" }, Reworded, false, []string{"direction"}},
		{"counted otherwise in silence", func(_, b *snapshot.Content) { b.Catalogue.KPIs[0].Pass = "sso_mode IS NOT NULL" }, Method, true, []string{"pass"}},
		{"a shared view", func(a, b *snapshot.Content) {
			for i, c := range []*snapshot.Content{a, b} {
				c.Catalogue.KPIs[0].Pass = "system.id IN (SELECT g.id FROM good g)"
				c.Catalogue.Views = []catalogue.View{{Name: "good", Doc: "Good systems.", Columns: []string{"id"}, SQL: "SELECT s.id AS id FROM system AS s WHERE s.sso_mode = '" + []string{"sso", "none"}[i] + "'"}}
			}
		}, Method, true, []string{"view good"}},
		{"a higher version and nothing else", func(_, b *snapshot.Content) { b.Catalogue.KPIs[0].Method = 2 }, Method, false, []string{"method"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := base()
			c.change(&a, &b)
			d := compare(t, a, b)
			what := map[string]Definition{}
			for _, x := range d.Definitions {
				what[x.KPI] = x
			}
			require.Equal(t, Added, what["fresh"].What)
			require.Equal(t, Removed, what["old"].What)
			require.Equal(t, c.want, what["sso"].What)
			require.Equal(t, c.silent, what["sso"].Silent)
			var fields []string
			for _, f := range what["sso"].Fields {
				fields = append(fields, f.Name)
			}
			require.Equal(t, c.fields, fields)
		})
	}
	a, b := base()
	a.Findings, b.Findings = a.Findings[:1], b.Findings[:1]
	a.Catalogue.KPIs, b.Catalogue.KPIs = a.Catalogue.KPIs[:1], b.Catalogue.KPIs[:1]
	require.Empty(t, compare(t, a, b).Definitions)
}

// The same rows in other words are the same rows.
func TestAPopulationInOtherWordsIsCompared(t *testing.T) {
	a, b := content(then, share("sso", 40, 100)), content(now, share("sso", 60, 100))
	b.Findings[0].Population.SV, b.Catalogue.KPIs[0].PopulationText.SV = "system som används", "system som används"
	require.Equal(t, Better, one(t, compare(t, a, b), "sso").Change)
}

// A figure that follows from another is counted otherwise when that one is.
func TestAFigureThatFollowsFromOneThatIsCountedOtherwiseIsMarked(t *testing.T) {
	a, b := twoMethods()
	for _, c := range []*snapshot.Content{&a, &b} {
		c.Findings = append(c.Findings, share("twice", 80, 100))
		d := definitionOf("twice")
		d.Shape, d.Record, d.Pass, d.Breakdowns, d.Evidence, d.Formula = catalogue.Arithmetic, "", "", nil, catalogue.Evidence{}, "2 * sso"
		c.Catalogue.KPIs = append(c.Catalogue.KPIs, d)
	}
	b.Findings[1].Value = number(0.9)
	f := one(t, compare(t, a, b), "twice")
	require.Equal(t, NotComparable, f.Change)
	require.Equal(t, "räknas ur Mått sso, som räknas på ett nytt sätt", f.Why)
}
