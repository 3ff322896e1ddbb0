package alerts

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// The files as Grafana 9.4 reads them: every field that it knows, and no other.
type (
	provisioned struct {
		APIVersion    int               `yaml:"apiVersion"`
		Groups        []provisionGroup  `yaml:"groups"`
		ContactPoints []provisionPoint  `yaml:"contactPoints"`
		Policies      []provisionPolicy `yaml:"policies"`
		MuteTimes     []struct {
			OrgID     int    `yaml:"orgId"`
			Name      string `yaml:"name"`
			Intervals []struct {
				Days []string `yaml:"days_of_month"`
			} `yaml:"time_intervals"`
		} `yaml:"muteTimes"`
	}
	provisionGroup struct {
		OrgID    int             `yaml:"orgId"`
		Name     string          `yaml:"name"`
		Folder   string          `yaml:"folder"`
		Interval string          `yaml:"interval"`
		Rules    []provisionRule `yaml:"rules"`
	}
	provisionRule struct {
		UID          string            `yaml:"uid"`
		Title        string            `yaml:"title"`
		Condition    string            `yaml:"condition"`
		For          string            `yaml:"for"`
		NoDataState  string            `yaml:"noDataState"`
		ExecErrState string            `yaml:"execErrState"`
		Labels       map[string]string `yaml:"labels"`
		Annotations  map[string]string `yaml:"annotations"`
		Data         []provisionQuery  `yaml:"data"`
	}
	provisionQuery struct {
		RefID         string         `yaml:"refId"`
		QueryType     string         `yaml:"queryType"`
		Range         map[string]int `yaml:"relativeTimeRange"`
		DatasourceUID string         `yaml:"datasourceUid"`
		Model         struct {
			RefID         string            `yaml:"refId"`
			Expr          string            `yaml:"expr"`
			Instant       bool              `yaml:"instant"`
			Range         bool              `yaml:"range"`
			IntervalMs    int               `yaml:"intervalMs"`
			MaxDataPoints int               `yaml:"maxDataPoints"`
			Datasource    map[string]string `yaml:"datasource"`
			Type          string            `yaml:"type"`
			Expression    string            `yaml:"expression"`
		} `yaml:"model"`
	}
	provisionPoint struct {
		OrgID     int    `yaml:"orgId"`
		Name      string `yaml:"name"`
		Receivers []struct {
			UID      string            `yaml:"uid"`
			Type     string            `yaml:"type"`
			Quiet    bool              `yaml:"disableResolveMessage"`
			Settings map[string]string `yaml:"settings"`
		} `yaml:"receivers"`
	}
	provisionPolicy struct {
		OrgID    int               `yaml:"orgId"`
		Receiver string            `yaml:"receiver"`
		GroupBy  []string          `yaml:"group_by"`
		Matchers [][]string        `yaml:"object_matchers"`
		Wait     string            `yaml:"group_wait"`
		Interval string            `yaml:"group_interval"`
		Repeat   string            `yaml:"repeat_interval"`
		Continue bool              `yaml:"continue"`
		Mute     []string          `yaml:"mute_time_intervals"`
		Routes   []provisionPolicy `yaml:"routes"`
	}
)

func strictly(t *testing.T, b []byte) provisioned {
	t.Helper()
	var p provisioned
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if p.APIVersion != 1 {
		t.Errorf("apiVersion %d", p.APIVersion)
	}
	return p
}

func TestGrafanaAlertingDrift(t *testing.T) {
	got, err := Grafana(alert.Defaults(), Example(), DataSourceUID)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{RulesFile: got.Rules, ContactPointsFile: got.ContactPoints, PoliciesFile: got.Policies} {
		drift(t, "grafana/provisioning/alerting/"+name, b)
	}
}

func TestGrafanaReadsTheRulesAsPrometheusHasThem(t *testing.T) {
	got, err := Grafana(alert.Defaults(), Example(), DataSourceUID)
	if err != nil {
		t.Fatal(err)
	}
	rules := alert.Rules(alert.Defaults())
	known := regexp.MustCompile(`^(toTime|query)$`)
	words := regexp.MustCompile(`[a-zA-Z]+`)
	seen, titles := map[string]bool{}, []string{}
	for _, g := range strictly(t, got.Rules).Groups {
		if g.Folder != Folder || !strings.HasSuffix(g.Interval, "0s") && !strings.HasSuffix(g.Interval, "m") {
			t.Errorf("group %+v: Grafana asks at whole tens of seconds", g.Name)
		}
		for _, r := range g.Rules {
			titles = append(titles, r.Title)
			if seen[r.UID] || len(r.UID) > 40 {
				t.Errorf("%s: uid %s", r.Title, r.UID)
			}
			seen[r.UID] = true
			unasked := "OK" // a Prometheus that is being restarted pages nobody
			if r.Title == alert.DaemonDown {
				unasked = "Alerting"
			}
			if r.Condition != "C" || r.Data[len(r.Data)-1].RefID != "C" || r.NoDataState != "OK" || r.ExecErrState != unasked || r.For == "" {
				t.Errorf("%s: %+v", r.Title, r)
			}
			i := slices.IndexFunc(rules, func(x alert.Rule) bool { return x.ID() == r.Title })
			if i < 0 {
				t.Errorf("%s is no rule", r.Title)
				continue
			}
			if !strings.Contains(r.Data[0].Model.Expr, rules[i].Expr) || !r.Data[0].Model.Instant || r.Data[0].DatasourceUID != DataSourceUID {
				t.Errorf("%s asks another question: %s", r.Title, r.Data[0].Model.Expr)
			}
			if last := r.Data[0].Model.Expr; !strings.HasSuffix(last, " or on () vector(NaN)") {
				t.Errorf("%s may have no answer, which Grafana 9.4 takes for a fault: %s", r.Title, last)
			}
			for name, text := range r.Annotations {
				if strings.Contains(text, ": .") || strings.Contains(text, "{each}") {
					t.Errorf("%s: %s says %q", r.Title, name, text)
				}
				for _, w := range words.FindAllString(strings.Join(regexp.MustCompile(`\{\{.*?\}\}`).FindAllString(text, -1), " "), -1) {
					if known.MatchString(w) {
						t.Errorf("%s: %s uses %s, which Grafana 9.4 does not have", r.Title, name, w)
					}
				}
				for _, ref := range regexp.MustCompile(`\$values\.([A-Z])`).FindAllStringSubmatch(text, -1) {
					if !slices.ContainsFunc(r.Data, func(q provisionQuery) bool { return q.RefID == ref[1] }) {
						t.Errorf("%s: %s asks for %s, which is no question of it", r.Title, name, ref[1])
					}
				}
			}
		}
	}
	if len(titles) != len(rules) {
		t.Errorf("%d rules, want %d", len(titles), len(rules))
	}
}

func TestGrafanaRoutesOnlyToContactPointsThatItHas(t *testing.T) {
	got, err := Grafana(alert.Defaults(), Example(), DataSourceUID)
	if err != nil {
		t.Fatal(err)
	}
	points := map[string]bool{}
	for _, p := range strictly(t, got.ContactPoints).ContactPoints {
		points[p.Name] = true
		for _, r := range p.Receivers {
			if r.UID == "" || r.Settings["addresses"] == "" || strings.Contains(r.Settings["message"], "$") {
				t.Errorf("%+v", r) // Grafana takes $ for a variable of its environment
			}
		}
	}
	p := strictly(t, got.Policies)
	root := p.Policies[0]
	for _, r := range append([]provisionPolicy{root}, root.Routes...) {
		if !points[r.Receiver] {
			t.Errorf("a route leads to %s, which is no contact point", r.Receiver)
		}
	}
	letter := root.Routes[0]
	if letter.Matchers[0][2] != "mail" || letter.Continue || letter.Mute[0] != p.MuteTimes[0].Name || p.MuteTimes[0].Intervals[0].Days[0] != "2:31" {
		t.Errorf("the monthly letter: %+v", letter)
	}
}

// What Grafana adds to be in local time is held against the zone itself.
func TestTheOffsetThatGrafanaAsksForIsThatOfSweden(t *testing.T) {
	type sample struct {
		Labels string `yaml:"labels"`
		Value  int    `yaml:"value"`
	}
	type exprTest struct {
		Expr string   `yaml:"expr"`
		At   string   `yaml:"eval_time"`
		Want []sample `yaml:"exp_samples"`
	}
	var tests []exprTest
	add := func(at time.Time) {
		_, want := at.In(calendar.Location()).Zone()
		tests = append(tests, exprTest{Expr: "vector(" + offset + ")", At: fmt.Sprintf("%ds", at.Unix()), Want: []sample{{"{}", want}}})
	}
	for year := 2026; year < 2032; year++ {
		for _, month := range []time.Month{time.March, time.October} {
			last := time.Date(year, month, 31, 0, 0, 0, 0, time.UTC)
			last = last.AddDate(0, 0, -int(last.Weekday()))
			for h := -1; h < 4; h++ {
				add(last.Add(time.Duration(h)*time.Hour - time.Second))
				add(last.Add(time.Duration(h) * time.Hour))
			}
		}
		for m := range 12 {
			add(time.Date(year, time.Month(m+1), 1+m, m*2, 0, 0, 0, time.UTC))
		}
	}
	b, err := yaml.Marshal(map[string]any{"evaluation_interval": "52w", "tests": []any{map[string]any{"interval": "52w", "promql_expr_test": tests}}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "test.yaml"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, dir, "test", "rules", "test.yaml")
}
