package catalogue_test

import (
	"slices"
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

func TestTheWordsOfADefinitionLeadThroughViewsAndFormulas(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	var views []string
	for _, v := range c.ViewsOf("owner_reconciliation") {
		views = append(views, v.Name)
	}
	if !slices.Contains(views, "owner_match") || !slices.Contains(views, "account_ref") {
		t.Errorf("views: %v", views)
	}
	words := c.Words("owner_reconciliation")
	for _, w := range []string{"system", "system_role", "account_key"} {
		if !slices.Contains(words, w) {
			t.Errorf("%s is not among the words", w)
		}
	}
	if words := c.Words("sso_coverage"); slices.Contains(words, "ticket") || !slices.Contains(words, "sso_mode") {
		t.Errorf("sso_coverage: %v", words)
	}
	if len(c.Words("finns_inte")) > 0 {
		t.Error("what does not exist has words")
	}
}
