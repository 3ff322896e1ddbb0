package catalogue_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
)

const howtoPath = "../../docs/kpi-howto.md"

// blocks are the fenced YAML blocks of a page.
func blocks(page string) []string {
	var out []string
	for _, part := range strings.Split(page, "```yaml\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		out = append(out, block)
	}
	return out
}

func TestTheHowToIsTrue(t *testing.T) {
	page, err := os.ReadFile(howtoPath)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for i, b := range blocks(string(page)) {
		files[fmt.Sprintf("block%d.yaml", i+1)] = &fstest.MapFile{Data: []byte(b)}
	}
	c, err := catalogue.ParseWithCases(files)
	if err != nil {
		t.Fatal(err)
	}
	results := kpi.RunCases(t.Context(), c)
	if len(results) != len(c.KPIs) || len(c.KPIs) != 3 {
		t.Errorf("%d KPIs and %d cases, want 3 of each", len(c.KPIs), len(results))
	}
	for _, r := range results {
		for _, f := range r.Faults {
			t.Errorf("%s: %s", r.Case.KPI, f)
		}
	}
}

// The fault that the page shows is the one that is given.
func TestTheHowToShowsARealFault(t *testing.T) {
	page, err := os.ReadFile(howtoPath)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(blocks(string(page))[0], "pass: sla_priced = 1", "pass: sla_price = 1", 1)
	_, err = catalogue.Parse(fstest.MapFS{"own.yaml": {Data: []byte(wrong)}})
	if err == nil || !strings.Contains(string(page), "\n    "+err.Error()+"\n") {
		t.Errorf("the page does not show: %v", err)
	}
}

// section replaces what stands between two marks.
func section(page, name, content string) string {
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, _ := strings.Cut(page, begin)
	_, after, _ := strings.Cut(rest, end)
	return before + begin + content + end + after
}

func TestTablesOfTheHowToAreThoseOfTheCode(t *testing.T) {
	var shapes, functions strings.Builder
	shapes.WriteString("| Shape | Figure | Needs | May have |\n|---|---|---|---|\n")
	for _, r := range catalogue.Shapes() {
		fmt.Fprintf(&shapes, "| `%s` | %s | %s | %s |\n", r.Shape, r.Doc, strings.Join(r.Needs, ", "), strings.Join(r.May, ", "))
	}
	functions.WriteString("| Function | Gives |\n|---|---|\n")
	for _, f := range expr.Functions() {
		doc := f.Doc
		if f.Aggregate {
			doc += " (over rows: in sub-selects and remarks)"
		}
		fmt.Fprintf(&functions, "| `%s` | %s |\n", f.Name, doc)
	}
	page, err := os.ReadFile(howtoPath)
	if err != nil {
		t.Fatal(err)
	}
	want := section(section(string(page), "shapes", shapes.String()), "functions", functions.String())
	if *update {
		if err := os.WriteFile(howtoPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Errorf("%s has drifted from the code; run go test ./internal/catalogue -update", howtoPath)
	}
}
