package kpi_test

import (
	"reflect"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestFailingRowsAreCountedByForvaltningAndTierAtOnce(t *testing.T) {
	s := newStore(t)
	if err := s.SetIdentities(t.Context(), []store.Identity{
		{Scheme: "org_unit", ID: "soc", Name: "Soc", Kind: "forvaltning"}, {Scheme: "org_unit", ID: "hemtjanst", Name: "Hemtjänst", Kind: "avdelning", Parent: "soc"},
		{Scheme: "org_unit", ID: "utb", Name: "Utb", Kind: "forvaltning"},
	}, day(0)); err != nil {
		t.Fatal(err)
	}
	var recs []record.Record
	for _, x := range [][4]string{
		{"a", "Soc", "gold", "none"}, {"b", "Hemtjänst", "gold", "none"}, {"c", "Hemtjänst", "copper", "sso"}, {"d", "Soc", "copper", "none"},
		{"e", "Utb", "gold", "sso"}, {"f", "Utb", "silver", "none"}, {"g", "Okända", "silver", "none"}, {"h", "Utb", "silver", "none"},
	} {
		recs = append(recs, rec(t, record.System, x[0], "name", "System "+x[0], "org_unit", x[1], "tier", x[2], "sso_mode", x[3]))
	}
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: []string{"name", "tier", "sso_mode", "org_unit"}, at: day(0)}.apply(t, s, recs...)
	byUnit := []catalogue.Breakdown{{Dimension: "org_unit"}}
	up := ssoKPI()
	up.Breakdowns = byUnit // by tier too, though it is not shown
	down := ssoKPI()
	down.ID, down.Direction, down.Breakdowns = "down", "down", byUnit
	count := ssoKPI()
	count.ID, count.Shape, count.Direction, count.Unit, count.Pass, count.Population, count.Breakdowns = "count", catalogue.CountOf, "down", "count", "", "sso_mode = 'none'", byUnit
	good := count
	good.ID, good.Direction = "good", "up" // the more the better: nothing fails
	person := up
	person.ID, person.SmallCells = "person", "person"
	all := []finding.FailingRows{{OrgUnit: "soc", Tier: "gold", Rows: 2}, {OrgUnit: "utb", Tier: "silver", Rows: 2}, {Tier: "silver", Rows: 1}, {OrgUnit: "soc", Tier: "copper", Rows: 1}}
	e := kpi.New(catalogueOf(up, down, count, good, person), decision.Set{}, s)
	at := store.Point{AsOf: day(1), KnownAt: day(1)}
	for _, f := range evaluate(t, e, at) {
		want := map[string][]finding.FailingRows{
			"sso": all, "count": all, "down": {{OrgUnit: "soc", Tier: "copper", Rows: 1}, {OrgUnit: "utb", Tier: "gold", Rows: 1}},
		}[f.KPI]
		if !reflect.DeepEqual(f.Failing, want) {
			t.Errorf("%s: %+v, want %+v", f.KPI, f.Failing, want)
		}
		for _, c := range f.Breakdown {
			if c.Dimension != "org_unit" {
				t.Errorf("%s shows a breakdown by %s", f.KPI, c.Dimension)
			}
		}
	}
	// What a decision accepts is not to be moved: one row, a förvaltning, the whole.
	for _, c := range []struct {
		name   string
		waiver decision.Waiver
		want   []finding.FailingRows
	}{
		{"a row", decision.Waiver{KPI: "sso", Record: "System a"}, []finding.FailingRows{{OrgUnit: "utb", Tier: "silver", Rows: 2}, {Tier: "silver", Rows: 1}, {OrgUnit: "soc", Tier: "copper", Rows: 1}, {OrgUnit: "soc", Tier: "gold", Rows: 1}}},
		{"a förvaltning", decision.Waiver{KPI: "sso", OrgUnit: "soc"}, []finding.FailingRows{{OrgUnit: "utb", Tier: "silver", Rows: 2}, {Tier: "silver", Rows: 1}}},
		{"the whole", decision.Waiver{KPI: "sso"}, nil},
	} {
		c.waiver.From, c.waiver.Expires = day(0), day(30)
		f := evaluate(t, kpi.New(catalogueOf(up), decision.Set{Waivers: []decision.Waiver{c.waiver}}, s), at)[0]
		if !reflect.DeepEqual(f.Failing, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, f.Failing, c.want)
		}
	}
}

func TestSomeFiguresAreEvaluatedWithWhatTheyAreMadeOf(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, "sso", "none", "none", "none")...)
	other := ssoKPI()
	other.ID = "other"
	double := catalogue.Definition{ID: "double", Shape: catalogue.Arithmetic, Formula: "sso * 2", Unit: "share", Direction: "up", Method: 1}
	e := kpi.New(catalogueOf(ssoKPI(), other, double), decision.Set{}, s)
	fs, err := e.EvaluateSome(t.Context(), store.Point{AsOf: day(1), KnownAt: day(1)}, "double", "nothing")
	if err != nil || len(fs) != 1 || fs[0].KPI != "double" {
		t.Fatalf("%+v, %v", fs, err)
	}
	want(t, fs[0], "0.5000", finding.Measured)
}
