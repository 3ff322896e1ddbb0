package configs_test

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
)

func TestTheShippedCatalogueIsValid(t *testing.T) {
	c, err := catalogue.ParseWithCases(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.KPIs) < 90 || len(c.KPIs)+len(c.Missing) < 130 || len(c.Views) == 0 {
		t.Errorf("got %d KPIs, %d missing and %d views; the files are not all read", len(c.KPIs), len(c.Missing), len(c.Views))
	}
}

func TestEveryKPIGivesWhatItsCasesSay(t *testing.T) {
	c, err := catalogue.ParseWithCases(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, r := range kpi.RunCases(t.Context(), c) {
		covered[r.Case.KPI] = true
		t.Run(r.Case.KPI+"/"+r.Case.Name, func(t *testing.T) {
			for _, f := range r.Faults {
				t.Error(f)
			}
		})
	}
	for _, d := range c.KPIs {
		if !covered[d.ID] {
			t.Errorf("%s has no case", d.ID)
		}
	}
}
