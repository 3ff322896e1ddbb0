package table_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

func TestConformance(t *testing.T) {
	settings := `{"file":%q,"record":"system","columns":{"name":"Systemnamn","org_unit":"Förvaltning","role:owner":"Systemägare","role:manager_business":"Systemansvarig"}}`
	for name, broken := range map[string]string{
		"a header that is missing": `{"file":"titlar-summa/Systemlista.xlsx","record":"system","columns":{"name":"Systemets namn"}}`,
		"a file that is missing":   fmt.Sprintf(settings, "finns-inte.xlsx"),
	} {
		t.Run(name, func(t *testing.T) {
			sdktest.Run(t, sdktest.Case{
				New:        func() sdk.Source { return table.Source{} },
				BaseDir:    "testdata",
				Settings:   json.RawMessage(fmt.Sprintf(settings, "agare/Systemlista.xlsx")),
				Broken:     json.RawMessage(broken),
				MinRecords: 10,
				Clear:      []string{"Anna Andersson", "Andersson", "Svensson", "B. Berg", "Bo Berg", "Cecilia Ceder", "anna.andersson@example.org", "anna01"},
				Opening:    func(path string) json.RawMessage { return json.RawMessage(fmt.Sprintf(settings, path)) },
				Now:        now,
			})
		})
	}
}
