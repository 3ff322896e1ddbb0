package report

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

func TestEveryBreakdownOfTheCatalogueHasASwedishName(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.KPIs {
		for _, b := range k.Breakdowns {
			if _, ok := dimensions()[b.Dimension]; !ok && b.Dimension != "org_unit" {
				t.Errorf("%s: the breakdown %s has no Swedish name", k.ID, b.Dimension)
			}
		}
	}
}
