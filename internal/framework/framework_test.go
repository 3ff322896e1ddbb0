package framework_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/framework"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func shipped(t *testing.T) framework.Set {
	t.Helper()
	set, err := framework.Parse(configs.Frameworks())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestTheShippedFrameworksAreThoseThatAreWanted(t *testing.T) {
	set := shipped(t)
	for id, series := range map[string]string{
		"nki": framework.Current, "system_survey": framework.Current, "kpmg_it_governance": framework.Current, "ey_it_effectiveness": framework.Current,
		"cybersakerhetskollen": framework.Current, "dimios": framework.Current, "klassa": framework.Current,
		"eblomladan": framework.Historical, "lika": framework.Historical, "egov_survey": framework.Historical,
	} {
		f, ok := set.Get(id)
		if !ok {
			t.Errorf("%s is missing", id)
		} else if f.Series != series {
			t.Errorf("%s is %s, want %s", id, f.Series, series)
		}
	}
}

func TestAFrameworkFeedsFiguresThatExist(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	kpis := map[string]bool{}
	for _, d := range c.KPIs {
		kpis[d.ID] = true
	}
	for _, f := range shipped(t) {
		if len(f.KPIs) == 0 {
			t.Errorf("%s feeds no figure", f.ID)
		}
		for _, id := range f.KPIs {
			if !kpis[id] {
				t.Errorf("%s: there is no KPI %s", f.ID, id)
			}
		}
	}
}

func TestEveryFaultOfAFileIsReportedWhereItStands(t *testing.T) {
	files, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad files", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := os.Open(path) //nolint:gosec // one of the test's own files
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}()
			_, err = framework.ParseFile(filepath.Base(path), f)
			if !errors.Is(err, framework.ErrInvalid) {
				t.Fatalf("want ErrInvalid, got %v", err)
			}
			golden := strings.TrimSuffix(path, ".yaml") + ".want"
			got := strings.ReplaceAll(err.Error(), ": "+framework.ErrInvalid.Error(), "") + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden) //nolint:gosec // one of the test's own files
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestTwoAnswersToOneQuestionHaveOneKey(t *testing.T) {
	answer := func(pairs ...string) *record.Record {
		r := record.New(record.Assessment, "")
		for i := 0; i < len(pairs); i += 2 {
			if err := r.SetText(pairs[i], pairs[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		return &r
	}
	a := framework.Key(answer("framework", "nki", "area", "bemötande", "framework_version", "1"))
	if b := framework.Key(answer("framework", "nki", "area", "bemötande", "framework_version", "1", "assessor", "annan")); a != b {
		t.Errorf("who judged is no part of the question: %q, %q", a, b)
	}
	for _, other := range [][]string{{"framework", "nki", "indicator", "bemötande", "framework_version", "1"}, {"framework", "nki", "area", "bemötande", "framework_version", "2"}} {
		if b := framework.Key(answer(other...)); a == b {
			t.Errorf("%v has the same key", other)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add("id: a\nname: {sv: A, en: B}\n")
	f.Add("id: [\n")
	f.Add("columns: {score: [A]}\nscale: {kind: score, min: 1, max: 0}")
	f.Fuzz(func(t *testing.T, text string) {
		one, err := framework.ParseFile("x.yaml", strings.NewReader(text))
		if err == nil && one.ID == "" {
			t.Error("a framework without an id is valid")
		}
	})
}
