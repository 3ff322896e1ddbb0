package prometheus_test

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/prometheus"
)

func TestSchemaNamesEverySetting(t *testing.T) {
	var s struct {
		Properties map[string]struct {
			Items struct {
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"items"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(prometheus.Source{}.Describe().ConfigSchema, &s); err != nil {
		t.Fatal(err)
	}
	same := func(what string, typ reflect.Type, schema []string) {
		var tags []string
		for f := range typ.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			tags = append(tags, name)
		}
		slices.Sort(tags)
		slices.Sort(schema)
		if !slices.Equal(tags, schema) {
			t.Errorf("%s: the settings have %v, the schema %v", what, tags, schema)
		}
	}
	var top, query []string
	for name := range s.Properties {
		top = append(top, name)
	}
	for name := range s.Properties["queries"].Items.Properties {
		query = append(query, name)
	}
	same("settings", reflect.TypeFor[prometheus.Settings](), top)
	same("query", reflect.TypeFor[prometheus.Query](), query)
}

func TestEveryFaultInTheSettingsIsToldAtOnce(t *testing.T) {
	good := settings{"url": "https://prom.kommunen.se"}
	for _, c := range []struct {
		name   string
		s      settings
		fields []string
		text   string
	}{
		{"good", good.asking(), nil, ""},
		{"unknown key", good.asking("fraga", "up"), []string{""}, "fraga"},
		{"nothing", settings{}, []string{"url", "queries"}, "https://prometheus"},
		{"a password in the address", good.with("url", "https://a:hemligt@prom").asking(), []string{"url"}, "anges för sig"},
		{"a password in clear over the net", good.with("url", "http://prom", "user", "a", "password", "b").asking(), []string{"url"}, "okrypterat"},
		{"a password in clear within the machine", good.with("url", "http://127.0.0.1:9090", "user", "a", "password", "b").asking(), nil, ""},
		{"two logins", good.with("token", "a", "user", "b").asking(), []string{"token", "password"}, ""},
		{"no query", good.asking("query", " ", "metric", "a|b"), []string{"queries.0.metric", "queries.0.query"}, "PromQL"},
		{"no such kind", good.asking("kind", "larm"), []string{"queries.0.kind"}, "larm"},
		{"no such field", good.asking("labels", settings{"plats": "site"}), []string{"queries.0.labels.plats"}, "inget fält"},
		{"a field of the source's own", good.asking("labels", settings{"value": "site"}, "constants", settings{"kind": "probe"}), []string{"queries.0.labels.value", "queries.0.constants.kind"}, ""},
		{"a bad constant", good.asking("constants", settings{"planned": "kanske"}), []string{"queries.0.constants.planned"}, "kanske"},
		{"steps", good.asking("step", "1s"), []string{"queries.0.step"}, "10s"},
		{"a span without a step", good.asking("span", true), []string{"queries.0.step"}, "step"},
		{"both", good.asking("span", true, "intervals", true, "step", "1m"), []string{"queries.0.intervals"}, "antingen"},
		{"twice the same", good.with("queries", []settings{{"metric": "a", "kind": "probe", "query": "up"}, {"metric": "a", "kind": "probe", "query": "up"}}), []string{"queries.1.metric"}, "eget namn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var fields []string
			text := ""
			for _, p := range (prometheus.Source{}).Validate(context.Background(), c.s.request(t).Settings) {
				fields = append(fields, p.Field)
				text += p.Message + "\n"
			}
			if !slices.Equal(fields, c.fields) {
				t.Errorf("faults in %q, want %q: %s", fields, c.fields, text)
			}
			contains(t, text, c.text)
			if strings.Contains(text, "hemligt") {
				t.Error("a fault shows the password")
			}
		})
	}
}

func TestEverySampleInTheReadmeIsValid(t *testing.T) {
	for _, path := range []string{"README.md", "../../docs/kallor-prometheus.md"} {
		text, err := os.ReadFile(path) //nolint:gosec // one of two
		if err != nil {
			t.Fatal(err)
		}
		samples := strings.Split(string(text), "```yaml\n")[1:]
		if len(samples) == 0 {
			t.Errorf("%s has no sample", path)
		}
		for _, s := range samples {
			s, _, _ = strings.Cut(s, "```")
			js, err := yaml.YAMLToJSON([]byte(s))
			if err != nil {
				t.Fatal(err)
			}
			req := settings{}.request(t)
			req.Settings.JSON = js
			for _, p := range (prometheus.Source{}).Validate(context.Background(), req.Settings) {
				t.Errorf("%s: %s: %s\n%s", path, p.Field, p.Message, s)
			}
		}
	}
}
