package configs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
)

// anySystem returns a system that stands in the population of every KPI about
// systems in use.
func anySystem(id string, more map[string]any) map[string]any {
	row := map[string]any{
		"id": id, "name": id, "lifecycle": "in_use", "tier": "gold", "maintenance_object": id, "supplier": id,
		"class_c": 4, "class_i": 1, "class_a": 1, "personal_data": 1, "hosting": "saas", "replace_priority": 0, "archive_duty": 1,
		"role":        []any{map[string]any{"role": "owner", "holder": "title"}},
		"integration": []any{map[string]any{"system": "annat", "documented": 1, "master_source": 1}},
	}
	for k, v := range more {
		row[k] = v
	}
	return row
}

// inUse lists the KPIs whose population is the systems in use.
func inUse(c catalogue.Catalogue) []catalogue.Definition {
	return slices.DeleteFunc(slices.Clone(c.KPIs), func(d catalogue.Definition) bool {
		return d.Record != "system" || d.Shape == catalogue.CountOf && d.ID != "system_portfolio_size" && d.ID != "system_tier_distribution" ||
			!strings.Contains(d.Population, "lifecycle") || strings.HasPrefix(d.Population, "lifecycle")
	})
}

func run(t *testing.T, c catalogue.Catalogue, cases ...catalogue.Case) []kpi.CaseResult {
	t.Helper()
	c.Cases = cases
	return kpi.RunCases(t.Context(), c)
}

func load(t *testing.T) catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.ParseWithCases(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func leftOut(f finding.Finding, reason string) int64 {
	for _, n := range f.NotCounted {
		if n.Reason.SV == reason {
			return n.Rows
		}
	}
	return 0
}

func TestSystemsThatAreNotInUseStandOutsideEveryKPIAboutThem(t *testing.T) {
	c := load(t)
	control := []map[string]any{{"kind": "maintenance_plan"}}
	rows := []map[string]any{
		anySystem("a", nil), anySystem("b", map[string]any{"kind": "verksamhetssystem"}),
		anySystem("retiring", map[string]any{"lifecycle": "retiring"}), anySystem("unknown", map[string]any{"lifecycle": nil}),
		anySystem("retired", map[string]any{"lifecycle": "retired"}), anySystem("planned", map[string]any{"lifecycle": "planned"}),
		anySystem("infra", map[string]any{"kind": "infrastruktur"}),
	}
	definitions := inUse(c)
	if len(definitions) < 20 {
		t.Fatalf("only %d KPIs are about systems in use", len(definitions))
	}
	for _, d := range definitions {
		t.Run(d.ID, func(t *testing.T) {
			f := run(t, c, catalogue.Case{
				KPI: d.ID, AsOf: "2026-11-21T12:00:00Z", Rules: map[string]string{"classification_max_age": "12m"},
				Rows: map[string][]map[string]any{"system": rows, "control": control, "account": {{"id": "x"}}},
			})[0].Finding
			of := f.Denominator
			if d.Shape == catalogue.CountOf {
				of = f.Value
			}
			want := 2.0
			if d.Shape == catalogue.FieldMean {
				want *= float64(len(d.Fields))
			}
			if of == nil || *of != want {
				t.Errorf("the population should be the two systems in use, got %v (%v)", of, f.Reason)
			}
			for _, reason := range []string{"Systemet är under avveckling.", "Det framgår inte av förteckningen om systemet är i bruk."} {
				if n := leftOut(f, reason); n != 1 {
					t.Errorf("%q should leave out one system, got %d", reason, n)
				}
			}
		})
	}
}

func TestARegistryThatDoesNotSayWhatIsInUseCountsEverySystemAndSaysSo(t *testing.T) {
	c := load(t)
	for _, d := range inUse(c) {
		if len(d.Remarks) == 0 {
			continue
		}
		t.Run(d.ID, func(t *testing.T) {
			f := run(t, c, catalogue.Case{
				KPI: d.ID, AsOf: "2026-11-21T12:00:00Z", Unmapped: map[string][]string{"system": {"lifecycle"}},
				Rows: map[string][]map[string]any{
					"system":  {anySystem("a", map[string]any{"lifecycle": nil}), anySystem("b", map[string]any{"lifecycle": nil})},
					"control": {{"kind": "maintenance_plan"}}, "account": {{"id": "x"}},
				},
			})[0].Finding
			if f.Value == nil {
				t.Fatalf("no figure: %v", f.Reason)
			}
			if !slices.ContainsFunc(f.Remarks, func(r finding.Text) bool { return strings.HasSuffix(r.SV, "så alla räknas.") }) {
				t.Errorf("nothing says that every system counts: %v", f.Remarks)
			}
		})
	}
}

func TestWithoutAFieldThatItNeedsAKPIHasNoData(t *testing.T) {
	c := load(t)
	for _, d := range c.KPIs {
		for _, need := range d.Needs {
			t.Run(d.ID+"/"+need, func(t *testing.T) {
				rel, field, ok := strings.Cut(need, ".")
				if !ok {
					rel, field = string(d.Record), need
				}
				i := slices.IndexFunc(c.Cases, func(x catalogue.Case) bool { return x.KPI == d.ID && x.Unmapped == nil })
				one := c.Cases[i]
				one.Unmapped = map[string][]string{rel: {field}}
				if f := run(t, c, one)[0].Finding; f.Outcome != finding.NoData {
					t.Errorf("without %s the outcome is %s", need, f.Outcome)
				}
			})
		}
	}
}
