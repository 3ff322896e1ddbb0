package grafana_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/generate/grafana"
)

var update = flag.Bool("update", false, "write the dashboards")

const root = "../../../dashboards"

func drawn(t *testing.T, lang string) []grafana.Dashboard {
	t.Helper()
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	ds, err := grafana.Dashboards(grafana.Options{Catalogue: c, Lang: lang})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func TestTheDashboardsHaveNotDrifted(t *testing.T) {
	ds := drawn(t, "sv")
	if *update {
		old, err := filepath.Glob(filepath.Join(root, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range old {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.MkdirAll(root, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, d := range ds {
			if err := os.WriteFile(filepath.Join(root, d.File), d.JSON, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[string]bool{}
	for _, d := range ds {
		want[d.File] = true
		got, err := os.ReadFile(filepath.Join(root, d.File))
		if err != nil {
			t.Error(err)
		} else if string(got) != string(d.JSON) {
			t.Errorf("dashboards/%s has drifted from the catalogue or the code; run make generate", d.File)
		}
	}
	files, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") && !want[f.Name()] {
			t.Errorf("dashboards/%s is drawn by nothing", f.Name())
		}
	}
}

func TestEachLanguageSpeaksItself(t *testing.T) {
	sv, en := drawn(t, "sv"), drawn(t, "en")
	for i := range sv {
		if sv[i].UID != en[i].UID || sv[i].File != en[i].File {
			t.Errorf("%s and %s: addresses must not follow the language", sv[i].File, en[i].File)
		}
		if sv[i].Title == en[i].Title && sv[i].Title != "kommunpuls" && sv[i].Title != "Revision" {
			t.Errorf("%s: the title is the same in both languages", sv[i].File)
		}
		if strings.Contains(string(en[i].JSON), "Räknas inte") {
			t.Errorf("%s in English speaks Swedish", en[i].File)
		}
	}
	if _, err := grafana.Dashboards(grafana.Options{Lang: "de"}); err == nil || !strings.Contains(err.Error(), "want sv or en") {
		t.Errorf("a language that is not there: %v", err)
	}
}

func TestACatalogueWithoutTheFiguresIsRefused(t *testing.T) {
	_, err := grafana.Dashboards(grafana.Options{Catalogue: catalogue.Catalogue{}})
	if err == nil || !strings.Contains(err.Error(), `the catalogue has no "system_owner_coverage"`) {
		t.Errorf("got %v", err)
	}
}
