package configs_test

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

func TestTheShippedCatalogueIsValid(t *testing.T) {
	c, err := catalogue.ParseWithCases(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.KPIs) < 50 || len(c.Missing) < 50 || len(c.Views) == 0 {
		t.Errorf("got %d KPIs, %d missing and %d views; the files are not all read", len(c.KPIs), len(c.Missing), len(c.Views))
	}
}
