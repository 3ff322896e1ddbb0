package app

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// The municipality has rows of its own in breakdowns: its own roles and costs.
func TestTheMunicipalityItselfIsNoFörvaltning(t *testing.T) {
	p := &Parts{Decisions: decision.Set{Identities: []store.Identity{
		{Scheme: "org_unit", ID: "kommun", Kind: "kommun"}, {Scheme: "org_unit", ID: "soc"}, {Scheme: "system", ID: "other", Kind: "kommun"},
	}}}
	fs := []finding.Finding{{Breakdown: []finding.Cell{
		{Dimension: "org_unit", Key: "soc", Label: "Socialförvaltningen"}, {Dimension: "org_unit", Key: "kommun", Label: "Exempelkommun"},
		{Dimension: "org_unit"}, {Dimension: "tier", Key: "gold"},
	}}}
	if got := slices.Sorted(maps.Keys(unitNames(fs, p.wholeUnits()))); !slices.Equal(got, []string{"soc"}) {
		t.Errorf("the förvaltningar are %v", got)
	}
	for unit, want := range map[string]string{"": "de som har siffror är soc", "kommuner": `ingen förvaltning har beteckningen "kommuner"`, "so": "menade du soc?"} {
		if _, err := unitName(unit, fs, p.wholeUnits()); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v, want it to end %q", unit, err, want)
		}
	}
	if name, err := unitName("soc", fs, p.wholeUnits()); name != "Socialförvaltningen" || err != nil {
		t.Errorf("got %q, %v", name, err)
	}
}
