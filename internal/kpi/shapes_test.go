package kpi

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// readShapes reads a file of testdata: definitions without the texts that only
// people need, and cases.
func readShapes(t *testing.T, path string) catalogue.Catalogue {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		KPIs  []catalogue.Definition `yaml:"kpis"`
		Views []catalogue.View       `yaml:"views"`
		Cases []catalogue.Case       `yaml:"cases"`
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return catalogue.Catalogue{KPIs: file.KPIs, Views: file.Views, Cases: file.Cases}
}

func shapeFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/shapes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no shapes: %v", err)
	}
	return files
}

func TestEveryShapeGivesTheFigureCountedByHand(t *testing.T) {
	seen := map[catalogue.Shape]bool{}
	for _, file := range shapeFiles(t) {
		c := readShapes(t, file)
		for _, d := range c.KPIs {
			seen[d.Shape] = true
		}
		for _, r := range RunCases(t.Context(), c) {
			t.Run(r.Case.KPI+"/"+r.Case.Name, func(t *testing.T) {
				for _, f := range r.Faults {
					t.Error(f)
				}
			})
		}
	}
	for _, s := range []catalogue.Shape{catalogue.Share, catalogue.CountOf, catalogue.Quantile, catalogue.GroupShare, catalogue.FieldMean,
		catalogue.Ratio, catalogue.Distinct, catalogue.Progress, catalogue.Related, catalogue.Planned, catalogue.InsideOutside,
		catalogue.Intervals, catalogue.MeanScore, catalogue.PeerGap, catalogue.Arithmetic} {
		if !seen[s] {
			t.Errorf("no case for shape %s", s)
		}
	}
}

// TestTheAuditorsTextGivesTheSameFigureInPlainSQLite writes each case's rows to
// a file and runs the text of explain in the sqlite3 of the machine.
func TestTheAuditorsTextGivesTheSameFigureInPlainSQLite(t *testing.T) {
	sqlite := testneed.Program(t, "sqlite3")
	for _, file := range shapeFiles(t) {
		c := readShapes(t, file)
		for i, one := range c.Cases {
			t.Run(one.KPI+"/"+one.Name, func(t *testing.T) { auditCase(t, sqlite, c, one, filepath.Join(t.TempDir(), strconv.Itoa(i)+".db")) })
		}
	}
}

// TestTheShippedTextsRunInPlainSQLite does the same with the catalogue that ships.
func TestTheShippedTextsRunInPlainSQLite(t *testing.T) {
	sqlite := testneed.Program(t, "sqlite3")
	c, err := catalogue.ParseWithCases(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range c.Cases {
		t.Run(one.KPI+"/"+one.Name, func(t *testing.T) { auditCase(t, sqlite, c, one, filepath.Join(t.TempDir(), strconv.Itoa(i)+".db")) })
	}
}

func auditCase(t *testing.T, sqlite string, c catalogue.Catalogue, one catalogue.Case, path string) {
	t.Helper()
	m, e, at, err := openCase(t.Context(), c, one)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.db.Close(); err != nil {
			t.Error(err)
		}
	}()
	f, err := e.Explain(t.Context(), one.KPI, at, 10)
	if err != nil {
		t.Fatal(err)
	}
	if f.Outcome == finding.NoData || f.Outcome == finding.Error || f.SQL == "" || strings.Count(f.SQL, "\n") == 0 {
		return // arithmetic and what has no figure
	}
	if _, err := m.db.ExecContext(t.Context(), "VACUUM INTO ?", path); err != nil {
		t.Fatal(err)
	}
	out := runSQLite(t, sqlite, path, f.SQL)
	want := f.Value
	if strings.Contains(f.SQL, " AS now\n") { // progress: the count that the way is measured by
		want = f.Also[0].Value
	}
	if f.Suppressed || want == nil {
		return
	}
	got, err := strconv.ParseFloat(out[len(out)-1], 64)
	if err != nil {
		t.Fatalf("sqlite3 gave %q for\n%s", out, f.SQL)
	}
	if diff := got - *want; diff > 1e-9 || diff < -1e-9 {
		t.Errorf("sqlite3 gives %v, the engine %v, by\n%s", got, *want, f.SQL)
	}
}

// runSQLite returns the columns of the one row that a text gives.
func runSQLite(t *testing.T, sqlite, path, text string) []string {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), sqlite, "-batch", "-readonly", path)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("sqlite3: %v: %s\n%s", err, out, text)
	}
	return strings.Split(strings.TrimSpace(string(out)), "|")
}
