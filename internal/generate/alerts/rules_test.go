package alerts

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

var update = flag.Bool("update", false, "rewrite golden files")

const deploy = "../../../deploy"

// drift holds a committed file against what is written now.
func drift(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join(deploy, filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("deploy/%s has drifted; run: go test ./internal/generate/alerts -update", name)
	}
}

func promtool(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command(testneed.Program(t, "promtool"), args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// checkRules holds a file against promtool, to which rules with the same name
// and labels are duplicates.
func checkRules(t *testing.T, dir, file string) {
	t.Helper()
	promtool(t, dir, "check", "rules", "--lint=all", "--lint-fatal", file)
}

func TestPrometheusRulesDrift(t *testing.T) {
	got, err := Prometheus(alert.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	drift(t, "prometheus/kommunpuls.rules.yaml", got)
	checkRules(t, deploy+"/prometheus", "kommunpuls.rules.yaml")
}

func TestRulesOfEverySettingAreAcceptedByPrometheus(t *testing.T) {
	s := alert.Defaults()
	s.Queues = map[string]alert.Queue{`Kö "1" (akut)\`: s.Queue}
	s.Waiting.Groups = map[string]time.Duration{"Skola: lärare & elever": time.Hour, `{{ "Elever" }} i \ {{ range`: time.Hour}
	s.Classes = alert.ClassesOf([]string{"blåljus", "övrigt"})
	s.FiguresWanted = []string{"sso_coverage", "printer_count"}
	s.Every, s.Keep = time.Second, 0
	for i := range s.Classes {
		s.Classes[i].After = 0
	}
	got, err := Prometheus(s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, got, 0o600); err != nil {
		t.Fatal(err)
	}
	checkRules(t, ".", path)
}

// testFile is a file of promtool's.
type testFile struct {
	RuleFiles []string   `yaml:"rule_files"`
	Every     string     `yaml:"evaluation_interval"`
	Tests     []testCase `yaml:"tests"`
}

type testCase struct {
	Name     string        `yaml:"name"`
	Interval string        `yaml:"interval"`
	Series   []inputSeries `yaml:"input_series,omitempty"`
	Alerts   []alertTest   `yaml:"alert_rule_test"`
}

type inputSeries struct {
	Series string `yaml:"series"`
	Values string `yaml:"values"`
}

type alertTest struct {
	At   string     `yaml:"eval_time"`
	Name string     `yaml:"alertname"`
	Want []expected `yaml:"exp_alerts"`
}

type expected struct {
	Labels      map[string]string `yaml:"exp_labels"`
	Annotations map[string]string `yaml:"exp_annotations"`
}

// testsOf writes cases as promtool reads them. The texts are those that Go
// fills in, so that the templates are held against another hand.
func testsOf(t *testing.T, interval string, cases ...ruleCase) []byte {
	t.Helper()
	rules := alert.Rules(alert.Defaults())
	f := testFile{RuleFiles: []string{"kommunpuls.rules.yaml"}, Every: interval}
	for _, c := range cases {
		tc := testCase{Name: c.name, Interval: interval}
		for _, x := range c.series {
			tc.Series = append(tc.Series, inputSeries{x.name, x.values})
		}
		for _, k := range c.checks {
			at := alertTest{At: duration(k.at), Name: k.alert, Want: []expected{}}
			if k.at == 0 {
				at.At = "0s"
			}
			for _, w := range k.want {
				at.Want = append(at.Want, expectation(t, rules, w, k.at))
			}
			tc.Alerts = append(tc.Alerts, at)
		}
		f.Tests = append(f.Tests, tc)
	}
	b, err := yaml.MarshalWithOptions(f, yaml.IndentSequence(true))
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte("# Written by the tests of internal/generate/alerts. Run: promtool test rules <this file>\n"), b...)
}

func expectation(t *testing.T, rules []alert.Rule, w told, at time.Duration) expected {
	t.Helper()
	i := slices.IndexFunc(rules, func(r alert.Rule) bool { return r.ID() == w.rule })
	if i < 0 {
		t.Fatalf("no rule %s", w.rule)
	}
	r := &rules[i]
	e := expected{Labels: map[string]string{"severity": string(r.Severity), "owner": r.Owner}, Annotations: map[string]string{}}
	if r.Incident != "" {
		e.Labels["incident"] = r.Incident
	}
	if r.Variant != "" {
		e.Labels["variant"] = r.Variant
	}
	for k, v := range w.labels {
		if v != "" {
			e.Labels[k] = v
		}
	}
	v := alert.Values{Labels: e.Labels, Value: w.value, Now: time.Unix(0, 0).Add(at), Each: w.each, Users: w.users}
	for _, a := range annotations(r) {
		e.Annotations[a.name] = alert.Text{SV: a.text, EN: a.text}.Fill(a.lang, v)
	}
	return e
}

func everyCase() []ruleCase {
	return slices.Concat(networkCases(), ticketCases(), figureCases(), sourceCases(), serviceCases())
}

func TestEveryAlertFiresAndIsSilentInItsRuleTestDrift(t *testing.T) {
	drift(t, "prometheus/kommunpuls.rules.test.yaml", testsOf(t, "1m", everyCase()...))
	drift(t, "prometheus/kommunpuls.rules.month.test.yaml", testsOf(t, "1h", monthCase()))
	promtool(t, deploy+"/prometheus", "test", "rules", "kommunpuls.rules.test.yaml", "kommunpuls.rules.month.test.yaml")
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, c := range append(everyCase(), monthCase()) {
		for _, k := range c.checks {
			silent[k.alert] = silent[k.alert] || len(k.want) == 0
			for _, w := range k.want {
				fires[w.rule] = true
				silent[k.alert] = silent[k.alert] || len(k.want) < 3
			}
		}
	}
	for _, r := range alert.Rules(alert.Defaults()) {
		same := r.Name == alert.SiteDisruption && (r.Variant == "hog" || r.Variant == "lag") // as normal
		if !fires[r.ID()] && !same {
			t.Errorf("%s never fires in a rule test", r.ID())
		}
		if !silent[r.Name] {
			t.Errorf("%s is never silent in a rule test", r.Name)
		}
	}
}

// The clock of the templates is held against the zone itself, at every hour
// around each change of the clock and on all weekdays.
func TestTheClockOfTheTemplatesIsThatOfSweden(t *testing.T) {
	var names []string
	var f testFile
	tc := testCase{Name: "clock", Interval: "1m"}
	at := alertTest{At: "0s", Name: "Clock"}
	add := func(x time.Time) {
		names = append(names, fmt.Sprint(x.Unix()))
		tc.Series = append(tc.Series, inputSeries{fmt.Sprintf("start{at=%q}", fmt.Sprint(x.Unix())), fmt.Sprint(x.Unix())})
		text := alert.Text{SV: "{value:clock}"}.Fill("sv", alert.Values{Value: float64(x.Unix()), Now: time.Unix(0, 0)})
		at.Want = append(at.Want, expected{Labels: map[string]string{"at": fmt.Sprint(x.Unix())}, Annotations: map[string]string{"clock": text}})
	}
	for year := 2024; year < 2034; year++ {
		for _, month := range []time.Month{time.March, time.October} {
			last := time.Date(year, month, 31, 0, 0, 0, 0, time.UTC)
			last = last.AddDate(0, 0, -int(last.Weekday()))
			for h := -2; h < 5; h++ {
				add(last.Add(time.Duration(h) * time.Hour))
				add(last.Add(time.Duration(h)*time.Hour - time.Second))
			}
		}
		for d := range 52 {
			add(time.Date(year, 1, 1+7*d+d%7, d%24, 38, 0, 0, time.UTC))
		}
	}
	r := alert.Rule{}
	text, err := prometheusText("{value:clock}", "sv", &r)
	if err != nil {
		t.Fatal(err)
	}
	tc.Alerts = []alertTest{at}
	f = testFile{RuleFiles: []string{"rules.yaml"}, Every: "1m", Tests: []testCase{tc}}
	dir := t.TempDir()
	write := func(name string, v any) {
		b, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rules.yaml", ruleFile{Groups: []ruleGroup{{Name: "g", Interval: "1m", Rules: []promRule{{Alert: "Clock", Expr: "start > 0", Annotations: yaml.MapSlice{{Key: "clock", Value: text}}}}}}})
	write("test.yaml", f)
	promtool(t, dir, "test", "rules", "test.yaml")
	if len(names) < 600 {
		t.Errorf("only %d instants", len(names))
	}
}
