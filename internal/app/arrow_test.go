package app

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/kommunpuls/kommunpuls/"

// stages are the packages of the arrow and what each may import of the
// project. A prefix ending in / allows everything beneath it.
var stages = map[string][]string{
	"plugins/sdk/":                {"plugins/sdk", "plugins/sdk/"},
	"internal/column":             {"internal/calendar", "plugins/sdk", "plugins/sdk/record", "internal/sheet", "internal/sheet/value", "internal/sheet/words"},
	"plugins/table":               {"plugins/sdk", "plugins/sdk/", "internal/column", "internal/sheet", "internal/sheet/", "internal/framework", "configs", "internal/closest", "internal/calendar"},
	"plugins/http/":               {"plugins/sdk", "plugins/sdk/", "plugins/http", "plugins/http/", "internal/column", "internal/sheet/value", "internal/sheet/words", "internal/closest", "internal/yamlfault"},
	"plugins/sql":                 {"plugins/sdk", "plugins/sdk/", "internal/column", "internal/setting", "internal/sheet/value", "internal/closest"},
	"plugins/prometheus":          {"plugins/sdk", "plugins/sdk/", "internal/column", "internal/setting"},
	"plugins/ldap":                {"plugins/sdk", "plugins/sdk/"},
	"plugins/probe":               {"plugins/sdk", "plugins/sdk/", "internal/watchlist"},
	"internal/watchlist":          {"internal/sheet", "internal/closest", "internal/calendar", "internal/store", "plugins/sdk", "plugins/sdk/record"},
	"internal/disruption":         {"internal/watchlist", "plugins/sdk/record"},
	"internal/sheet/":             {"internal/sheet", "internal/sheet/", "plugins/sdk/record", "internal/closest", "internal/naming"},
	"plugins/pingcastle":          {"plugins/sdk", "plugins/sdk/record"},
	"plugins/exchange":            {"plugins/sdk", "plugins/sdk/record", "internal/exchange"},
	"internal/exchange":           {},
	"internal/yamlfault":          {"internal/closest"},
	"internal/peers":              {"internal/catalogue", "internal/finding", "internal/wording"},
	"internal/framework":          {"plugins/sdk/record"},
	"internal/finding":            {},
	"internal/followup":           {"internal/finding"},
	"internal/alert":              {"internal/calendar", "internal/finding"},
	"internal/wording":            {"internal/finding"},
	"internal/catalogue":          {"internal/finding", "internal/catalogue/", "internal/closest", "plugins/sdk/record"},
	"internal/decision":           {"internal/calendar", "internal/finding", "internal/store", "internal/store/pattern", "internal/closest", "internal/yamlfault", "internal/sheet", "internal/sheet/", "plugins/sdk/record"},
	"internal/nextstep":           {"internal/catalogue", "internal/finding", "internal/naming", "internal/wording", "plugins/sdk/record"},
	"internal/store":              {"internal/finding", "plugins/sdk", "plugins/sdk/record"},
	"internal/store/rowtext":      {},
	"internal/store/sqlite":       {"internal/calendar", "internal/finding", "internal/store", "internal/store/", "plugins/sdk", "plugins/sdk/record"},
	"internal/kpi":                {"internal/catalogue", "internal/catalogue/", "internal/decision", "internal/finding", "internal/store", "internal/store/rowtext", "internal/calendar", "internal/naming", "internal/peers", "internal/exchange", "plugins/sdk/record"},
	"internal/source":             {"internal/store", "plugins/sdk", "plugins/sdk/"},
	"internal/generate/alerts":    {"internal/alert"},
	"internal/generate/docs":      {"internal/expose/metrics", "internal/catalogue", "internal/finding", "internal/naming", "plugins/http/profile", "plugins/sdk", "plugins/sdk/record"},
	"internal/generate/grafana":   {"internal/catalogue", "internal/finding", "internal/nextstep", "internal/wording"},
	"internal/expose/metrics":     {"internal/calendar", "internal/finding", "internal/store"},
	"internal/expose/web":         {"internal/nextstep", "internal/followup", "internal/finding", "internal/store", "internal/calendar", "internal/catalogue", "internal/closest", "internal/wording", "internal/expose/web/page"},
	"internal/access":             {"internal/config", "internal/expose/web"},
	"internal/expose/web/page":    {"internal/followup", "internal/finding", "internal/peers", "internal/store", "internal/calendar", "internal/catalogue", "internal/wording", "internal/naming", "internal/expose/chart"},
	"internal/expose/chart":       {"internal/finding", "internal/wording"},
	"internal/expose/report/":     {"internal/peers", "internal/nextstep", "internal/finding", "internal/store", "internal/catalogue", "internal/wording", "internal/calendar", "internal/decision", "internal/naming", "internal/followup", "internal/expose/report/document", "internal/expose/chart"},
	"internal/expose/snapshot/":   {"internal/disk", "internal/finding", "internal/mail", "internal/store", "internal/catalogue", "internal/calendar", "internal/naming", "internal/wording", "internal/expose/report/document", "internal/expose/snapshot", "internal/expose/snapshot/", "plugins/sdk", "plugins/sdk/record"},
	"internal/disclosure":         {"internal/catalogue", "internal/finding"},
	"internal/expose/opendata":    {"internal/catalogue", "internal/disclosure", "internal/disk", "internal/finding"},
	"internal/expose/terminal":    {"internal/finding", "internal/catalogue", "internal/calendar", "internal/peers", "internal/wording"},
	"internal/expose/otlp":        {},
	"internal/expose/strategy":    {"internal/catalogue", "internal/closest", "internal/finding", "internal/followup", "internal/wording"},
	"internal/notify":             {"internal/alert", "internal/calendar", "internal/disk", "internal/mail"},
	"internal/disk":               {},
	"internal/mail":               {},
	"internal/reporting":          {"internal/calendar", "internal/disk", "internal/mail"},
	"internal/privacy":            {"internal/calendar", "internal/config", "internal/disk", "internal/expose/report/document", "internal/naming", "internal/store", "internal/wording", "plugins/sdk", "plugins/sdk/record"},
	"internal/expose/openmetrics": {"internal/finding", "internal/store", "internal/expose/metrics"},

	// Besides what a snapshot may import: not the snapshot.
	"internal/expose/snapshot/seal": {"internal/calendar", "internal/disk", "internal/expose/snapshot/bag", "internal/store", "plugins/sdk"},
}

func TestTheArrowPointsOneWay(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for stage, allowed := range stages {
		dir := filepath.Join(root, filepath.FromSlash(strings.TrimSuffix(stage, "/")))
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				// A folder named …test holds servers and checks for tests, and ships nowhere.
				if d.Name() == "testdata" || path != dir && (strings.HasSuffix(d.Name(), "test") || !strings.HasSuffix(stage, "/")) {
					return fs.SkipDir
				}
				return nil
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			seen[stage] = true
			for _, imp := range imports(t, path) {
				if !permitted(imp, allowed) {
					rel, _ := filepath.Rel(root, path)
					t.Errorf("%s imports %s, against the arrow", rel, imp)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for stage := range stages {
		if !seen[stage] {
			t.Errorf("%s holds no Go files: the list has drifted", stage)
		}
	}
}

// Only the literal list of built-in sources, init, which proposes settings for
// them, and the pages on the profiles of one may know a source.
func TestNothingButTheListKnowsASource(t *testing.T) {
	allowed := map[string]bool{"internal/app/sources.go": true, "cmd/kommunpuls/init.go": true, "cmd/kommunpuls/initdirectory.go": true, "cmd/kommunpuls/inithttp.go": true, "internal/generate/docs/profiles.go": true}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		for _, imp := range imports(t, path) {
			name, isPlugin := strings.CutPrefix(imp, "plugins/")
			if isPlugin && !strings.HasPrefix(name, "sdk") && !strings.HasPrefix(rel, "plugins/") && !allowed[rel] {
				t.Errorf("%s imports %s", rel, imp)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func imports(t *testing.T, path string) []string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if own, ok := strings.CutPrefix(p, module); ok {
			out = append(out, own)
		}
	}
	return out
}

func permitted(imp string, allowed []string) bool {
	for _, a := range allowed {
		if imp == a || strings.HasSuffix(a, "/") && strings.HasPrefix(imp, a) {
			return true
		}
	}
	return false
}
