package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/diff"
)

// ownMeasure is a measure of a municipality's own, that comes to be counted otherwise.
const ownMeasure = `kpis:
  - id: own_one_login_share
    title: {sv: Andel system utan eget lösenord, en: Share of systems without a password of their own}
    question: {sv: I hur många system slipper användarna ett eget lösenord?, en: In how many systems do users have no password of its own?}
    not_counted: {sv: "Räknas inte: system som inte är i bruk.", en: "Not counted: systems that are not in use."}
    next_step: {sv: Inför gemensam inloggning i systemen på listan., en: Introduce single sign-on in the systems on the list.}
    area: identitet
    priority: extra
    record: system
    shape: share
    population: lifecycle = 'in_use'
    population_text: {sv: system i bruk, en: systems in use}
    pass: PASS
    unit: share
    direction: up
    breakdowns: [{dimension: org_unit}]
    evidence: {columns: [tier], reason: "'Systemet har ett eget lösenord.'"}
    secrecy: {level: ingen}
    method: METHOD
    source: Kommunens riktlinje för inloggning
`

// registered is what the registry's workbook says of a system.
type registered struct{ unit, owner, login string }

// registry reads the demo's workbook by itself, without the program.
func registry(t *testing.T, path string) map[string]registered {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("System")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out := map[string]registered{}
	for _, r := range rows[4:] {
		if len(r) < 14 { // struck through, a total, or nothing
			continue
		}
		owner := r[2]
		if slices.Contains([]string{"Vakant", "ej utsedd", "?"}, owner) {
			owner = ""
		}
		out[r[0]] = registered{r[1], owner, r[13]}
	}
	if len(out) != demo.Systems {
		t.Fatalf("%s: %d systems", path, len(out))
	}
	return out
}

// aRegistryAlone is the demo with nothing but its registry, as it is and as it
// was at the end of a month half a year ago.
func aRegistryAlone(t *testing.T) (dir, config string, older demo.Older) {
	t.Helper()
	dir = t.TempDir()
	now := time.Now()
	if err := demo.Generate(dir, now, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	copies := demo.History(now)
	older = copies[len(copies)-6]
	text, err := os.ReadFile(filepath.Join(dir, demo.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	all["sources"] = slices.DeleteFunc(all["sources"].([]any), func(s any) bool { return s.(map[string]any)["name"] != older.Source })
	all["catalogue"] = []string{"egna"}
	if text, err = yaml.Marshal(all); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "egna"), 0o700); err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(dir, "registret.yaml")
	put(t, config, string(text))
	return dir, config, older
}

func counted(t *testing.T, dir, pass, method string) {
	t.Helper()
	put(t, filepath.Join(dir, "egna", "inloggning.yaml"), strings.NewReplacer("PASS", pass, "METHOD", method).Replace(ownMeasure))
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errOut := kommunpuls(t, args...)
	if code != exitOK {
		t.Fatalf("%v: exit %d\n%s\n%s", args, code, out, errOut)
	}
	return out
}

func compared(t *testing.T, args ...string) diff.Diff {
	t.Helper()
	var d diff.Diff
	if err := json.Unmarshal([]byte(must(t, append(args, "--format", "json")...)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatChangedBetweenTwoSnapshotsAgreesWithTheWorkbooksThemselves(t *testing.T) {
	dir, config, older := aRegistryAlone(t)
	out := filepath.Join(dir, "bilder")
	counted(t, dir, "sso_mode = 'sso'", "1")
	must(t, "-c", config, "collect", older.Source, "--dated", older.On.Format(time.DateOnly), "--file", filepath.Join(dir, older.File))
	must(t, "-c", config, "collect")
	must(t, "-c", config, "snapshot", "create", "--dir", out, "--as-of", older.On.Format(time.DateOnly))
	counted(t, dir, "sso_mode IN ('sso', 'password_sync')", "2")
	must(t, "-c", config, "snapshot", "create", "--dir", out)
	files, err := filepath.Glob(filepath.Join(out, "*_redovisning.zip"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	slices.Sort(files)
	a, b := files[0], files[1]
	was, is := registry(t, filepath.Join(dir, older.File)), registry(t, filepath.Join(dir, "Systemlista.xlsx"))

	offline := compared(t, "snapshot", "diff", a, b)
	t.Run("owners", func(t *testing.T) { ownersAgree(t, offline, was, is) })
	t.Run("restated from the rows beside the snapshot", func(t *testing.T) { restatedAgrees(t, offline, "underlaget", was, is) })
	t.Run("restated from the store", func(t *testing.T) {
		restatedAgrees(t, compared(t, "-c", config, "snapshot", "diff", a, b), "registret", was, is)
	})
	t.Run("every figure follows from the rows", func(t *testing.T) { followsFromRows(t, b) })
	t.Run("nothing changed", func(t *testing.T) {
		if same := must(t, "snapshot", "diff", a, a); !strings.Contains(same, "Inget har ändrats.") {
			t.Error(same)
		}
		if d := compared(t, "snapshot", "diff", b, b); !d.Same {
			t.Error("a snapshot is not the same as itself")
		}
	})
	t.Run("a page", func(t *testing.T) {
		page := filepath.Join(dir, "skillnad.html")
		must(t, "snapshot", "diff", b, a, "--format", "html", "-o", page)
		text, err := os.ReadFile(page)
		if err != nil || !strings.Contains(string(text), "omvänd ordning") || !strings.Contains(string(text), "DEMODATA") || !strings.Contains(string(text), "Sekretessprövas") {
			t.Error(err, string(text[:min(len(text), 500)]))
		}
		if code, _, errOut := kommunpuls(t, "snapshot", "diff", a, b, "-o", page); code != exitUsage || !strings.Contains(errOut, "finns redan") {
			t.Error(code, errOut)
		}
	})
	t.Run("a foreign file", func(t *testing.T) {
		foreign := filepath.Join(dir, "frammande.zip")
		put(t, foreign, "hej")
		if code, _, errOut := kommunpuls(t, "snapshot", "diff", a, foreign); code != exitUsage || !strings.Contains(errOut, "frammande.zip är ingen ögonblicksbild") {
			t.Error(code, errOut)
		}
	})
}

// ownersAgree holds the lists of systems that gained or lost an owner, and the
// figures, against the two workbooks.
func ownersAgree(t *testing.T, d diff.Diff, was, is map[string]registered) {
	var gained, lost []string
	owned := func(of map[string]registered) (n float64) {
		for _, r := range of {
			if r.owner != "" {
				n++
			}
		}
		return n
	}
	byUnit := map[string]int{}
	for name, r := range is {
		switch before := was[name].owner; {
		case before == "" && r.owner != "":
			gained = append(gained, name)
			byUnit[r.unit]++
		case before != "" && r.owner == "":
			lost = append(lost, name)
		}
	}
	if len(gained) == 0 {
		t.Fatal("the demo has no system that gained an owner: the test says nothing")
	}
	i := slices.IndexFunc(d.Figures, func(f diff.Figure) bool { return f.KPI == "system_owner_coverage" })
	if f := d.Figures[i]; *f.A.Numerator != owned(was) || *f.B.Numerator != owned(is) || *f.A.Denominator != demo.Systems {
		t.Errorf("figures: %v and %v, the workbooks say %v and %v", *f.A.Numerator, *f.B.Numerator, owned(was), owned(is))
	}
	for _, p := range d.Populations {
		for _, m := range p.Measures {
			if m.KPI != "system_owner_coverage" {
				continue
			}
			if got := names(m.Gained); !sameNames(got, gained) {
				t.Errorf("gained: %v, the workbooks say %v", got, gained)
			}
			if got := names(m.Lost); !sameNames(got, lost) {
				t.Errorf("lost: %v, the workbooks say %v", got, lost)
			}
			for _, u := range m.Units {
				if u.Gained != byUnit[u.Name] {
					t.Errorf("%s: %d gained, the workbooks say %d", u.Name, u.Gained, byUnit[u.Name])
				}
				delete(byUnit, u.Name)
			}
			if len(byUnit) > 0 {
				t.Errorf("left out: %v", byUnit)
			}
			return
		}
	}
	t.Error("nothing is told of owners")
}

func names(rows []diff.Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Name)
	}
	return out
}

func sameNames(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// restatedAgrees holds the restated figure against the older workbook.
func restatedAgrees(t *testing.T, d diff.Diff, from string, was, is map[string]registered) {
	count := func(of map[string]registered, logins ...string) (n float64) {
		for _, r := range of {
			if slices.Contains(logins, r.login) {
				n++
			}
		}
		return n
	}
	if len(d.Restated) != 1 || len(d.Definitions) != 1 || d.Definitions[0].What != diff.Method {
		t.Fatalf("%+v %+v", d.Restated, d.Definitions)
	}
	r := d.Restated[0]
	if r.OldByNew == nil {
		t.Fatalf("not restated: %s", r.Why)
	}
	if !strings.Contains(r.From, from) {
		t.Errorf("restated %s, want it from %s", r.From, from)
	}
	for _, x := range []struct {
		name      string
		got, want float64
	}{
		{"old by old", *r.OldByOld.Numerator, count(was, "SSO")},
		{"old by new", *r.OldByNew.Numerator, count(was, "SSO", "Lösenordssynk")},
		{"new by new", *r.NewByNew.Numerator, count(is, "SSO", "Lösenordssynk")},
		{"of", *r.OldByNew.Denominator, demo.Systems},
	} {
		if x.got != x.want {
			t.Errorf("%s: %v, the workbooks say %v", x.name, x.got, x.want)
		}
	}
	if *r.OldByOld.Numerator == *r.OldByNew.Numerator {
		t.Error("both methods give the same: the test says nothing")
	}
	i := slices.IndexFunc(d.Figures, func(f diff.Figure) bool { return f.KPI == r.KPI })
	if f := d.Figures[i]; f.Change != diff.NotComparable || f.Restated == "" {
		t.Errorf("%s, restated %s", f.Change, f.Restated)
	}
}

// followsFromRows evaluates every definition of a snapshot over the rows that lie
// beside it, and holds the figures against those of the snapshot.
func followsFromRows(t *testing.T, path string) {
	s, err := snapshot.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := s.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range s.Figures {
		// Accepted shortfalls are decisions and no rows.
		if f.Value != nil && f.KPI != "accepted_risk_count" {
			ids = append(ids, f.KPI)
		}
	}
	fs, err := app.RestateFromRows().Evaluate(t.Context(), s, c, ids)
	if err != nil || len(fs) != len(ids) {
		t.Fatal(err, len(fs), len(ids))
	}
	equal := 0
	for _, f := range fs {
		reported, _ := s.Figure(f.KPI)
		// The rows have what some text reads. A measure that only needs that a
		// source gives the name, and never reads it, says so and gives no figure.
		if f.Value == nil && f.Reason != nil && strings.Contains(f.Reason.SV, "(system.name)") {
			continue
		}
		equal++
		if f.Value == nil || math.Abs(*f.Value-*reported.Value) > 1e-9*max(1, math.Abs(*reported.Value)) {
			t.Errorf("%s: %v of the rows, %v in the snapshot: %+v", f.KPI, f.Value, *reported.Value, f.Reason)
		}
	}
	if equal < 15 {
		t.Errorf("only %d figures follow from the rows", equal)
	}
}
