package wording

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

func TestEveryBreakdownOfTheCatalogueHasANameInBothLanguages(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.KPIs {
		for _, b := range k.Breakdowns {
			if n := dimensions()[b.Dimension]; n.SV == "" || n.EN == "" {
				t.Errorf("%s: the breakdown %s has no name", k.ID, b.Dimension)
			}
		}
	}
}
