package catalogue_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"testing/fstest"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

func TestWhatIsWrittenIsReadAsTheSame(t *testing.T) {
	shipped, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	text, err := catalogue.Write(shipped.KPIs, shipped.Views)
	if err != nil {
		t.Fatal(err)
	}
	again, err := catalogue.Parse(fstest.MapFS{"written.yaml": {Data: text}})
	if err != nil {
		t.Fatal(err)
	}
	if len(again.KPIs) != len(shipped.KPIs) || len(again.Views) != len(shipped.Views) || len(shipped.KPIs) == 0 {
		t.Fatalf("%d KPIs and %d views became %d and %d", len(shipped.KPIs), len(shipped.Views), len(again.KPIs), len(again.Views))
	}
	for i := range shipped.KPIs {
		if a, b := plain(t, shipped.KPIs[i]), plain(t, again.KPIs[i]); a != b {
			t.Errorf("%s became another:\n%s\n%s", shipped.KPIs[i].ID, a, b)
		}
	}
	for i := range shipped.Views {
		a, b := shipped.Views[i], again.Views[i]
		if a.Name != b.Name || a.Doc != b.Doc || a.SQL != b.SQL || len(a.Columns) != len(b.Columns) {
			t.Errorf("view %s became another", a.Name)
		}
	}
	twice, err := catalogue.Write(again.KPIs, again.Views)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, twice) {
		t.Error("the same definitions gave other bytes")
	}
}

// plain is a definition without the place it was read from.
func plain(t *testing.T, d catalogue.Definition) string {
	t.Helper()
	d.File, d.Line = "", 0
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
