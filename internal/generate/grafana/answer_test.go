package grafana_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/generate/grafana"
)

// asking is a panel as the tests of questions and answers read it.
type asking struct {
	Type, Title string
	Panels      []asking
	Targets     []struct{ Expr string }
	Options     struct {
		ReduceOptions struct {
			Values bool
			Fields string
		}
	}
	FieldConfig struct {
		Defaults struct{ Mappings []struct{ Type string } }
	}
}

func askings(t *testing.T, d grafana.Dashboard) []asking {
	t.Helper()
	var m struct{ Panels []asking }
	if err := json.Unmarshal(d.JSON, &m); err != nil {
		t.Fatal(err)
	}
	var out []asking
	for _, p := range m.Panels {
		if p.Type == "row" {
			out = append(out, p.Panels...)
			continue
		}
		out = append(out, p)
	}
	return out
}

// A Prometheus that has lost the daemon must not say that nothing is down.
func TestSilenceIsNoNought(t *testing.T) {
	nought := regexp.MustCompile(`or (on *\(\) *)?vector\([0-9]`)
	for _, d := range drawn(t, "sv") {
		for _, p := range askings(t, d) {
			for _, q := range p.Targets {
				if nought.MatchString(q.Expr) {
					t.Errorf("%s: %q has an answer where there is no daemon: %s", d.File, p.Title, q.Expr)
				}
			}
		}
	}
}

// Grafana 9.4 marks a panel as broken when a question has no answer.
func TestEveryFigureBarAndLineHasAnAnswerWhereThereIsNone(t *testing.T) {
	for _, d := range drawn(t, "sv") {
		for _, p := range askings(t, d) {
			switch p.Type {
			case "stat", "bargauge", "timeseries", "state-timeline":
				for _, q := range p.Targets {
					if !strings.Contains(q.Expr, "vector(") {
						t.Errorf("%s: %q may get no answer to %s", d.File, p.Title, q.Expr)
					}
				}
			}
		}
	}
}

// To Grafana no text is a number: what is said of no number would stand in
// place of the words.
func TestWordsAreNotTakenForNoNumber(t *testing.T) {
	worded := 0
	for _, d := range drawn(t, "sv") {
		for _, p := range askings(t, d) {
			if p.Options.ReduceOptions.Fields == "" && !p.Options.ReduceOptions.Values {
				continue
			}
			worded++
			for _, m := range p.FieldConfig.Defaults.Mappings {
				if m.Type == "special" {
					t.Errorf("%s: %q hides its words", d.File, p.Title)
				}
			}
		}
	}
	if worded == 0 {
		t.Error("no panel shows words")
	}
}

// A cell that maps its values to words twice shows those of the last list alone.
func TestACellHasOneListOfWords(t *testing.T) {
	for _, d := range drawn(t, "sv") {
		var m any
		if err := json.Unmarshal(d.JSON, &m); err != nil {
			t.Fatal(err)
		}
		overrides(m, func(ids []string) {
			if strings.Count(strings.Join(ids, " ")+" ", "mappings ") > 1 {
				t.Errorf("%s: an override has two lists of words: %v", d.File, ids)
			}
		})
	}
}

// overrides visits the ids of the properties of each override.
func overrides(v any, visit func(ids []string)) {
	switch v := v.(type) {
	case map[string]any:
		if ps, ok := v["properties"].([]any); ok {
			var ids []string
			for _, p := range ps {
				if p, ok := p.(map[string]any); ok {
					id, _ := p["id"].(string)
					ids = append(ids, id)
				}
			}
			visit(ids)
		}
		for _, x := range v {
			overrides(x, visit)
		}
	case []any:
		for _, x := range v {
			overrides(x, visit)
		}
	}
}

// Sums of money among counts of rows would be read as rows.
func TestSharesOfMoneyAreSaidInKronor(t *testing.T) {
	kronor := regexp.MustCompile(`kommunpuls_kpi_info\{kpi=~"[^"]*\bit_cost_visibility\b[^"]*"\}\)\), "d", "\$1\\u00a0kr"`)
	found := 0
	for _, d := range drawn(t, "sv") {
		for _, p := range askings(t, d) {
			for _, q := range p.Targets {
				if kronor.MatchString(q.Expr) {
					found++
				}
			}
		}
	}
	if found == 0 {
		t.Error("no table says what a share of money is of in kronor")
	}
}

// Seven days of the network are nothing to figures that come once a month.
func TestADashboardOpensOnItsOwnTime(t *testing.T) {
	for _, d := range drawn(t, "sv") {
		var m struct{ Links []struct{ KeepTime bool } }
		if err := json.Unmarshal(d.JSON, &m); err != nil {
			t.Fatal(err)
		}
		if len(m.Links) == 0 {
			t.Errorf("%s leads nowhere", d.File)
		}
		for _, l := range m.Links {
			if l.KeepTime {
				t.Errorf("%s takes its time along to the others", d.File)
			}
		}
	}
}
