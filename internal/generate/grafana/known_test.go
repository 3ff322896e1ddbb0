package grafana_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// known is what Grafana 9.4 knows: testdata/grafana-9.4.yaml.
type known struct {
	lists map[string][]string
	kinds map[string]map[string][]string // options and custom per panel, mappings, transformations
}

func readKnown(t *testing.T) known {
	t.Helper()
	b, err := os.ReadFile("testdata/grafana-9.4.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	k := known{map[string][]string{}, map[string]map[string][]string{}}
	for part, v := range raw {
		switch v := v.(type) {
		case []any:
			k.lists[part] = texts(v)
		case map[string]any:
			k.kinds[part] = map[string][]string{}
			for kind, l := range v {
				k.kinds[part][kind] = texts(l.([]any))
			}
		}
	}
	return k
}

func texts(l []any) []string {
	out := []string{}
	for _, v := range l {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// checker walks a dashboard and gathers what 9.4 does not know.
type checker struct {
	known
	at     []string
	faults []string
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, strings.Join(c.at, ".")+": "+fmt.Sprintf(format, args...))
}

func (c *checker) in(at string, do func()) {
	c.at = append(c.at, at)
	do()
	c.at = c.at[:len(c.at)-1]
}

// fields holds an object's fields against a list.
func (c *checker) fields(v any, list []string) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		c.fault("want an object, got %T", v)
		return nil
	}
	for k := range m {
		if !slices.Contains(list, k) {
			c.fault("Grafana 9.4 knows no %q", k)
		}
	}
	return m
}

func (c *checker) part(v any, name string) map[string]any { return c.fields(v, c.lists[name]) }

func (c *checker) each(v any, do func(any)) {
	l, _ := v.([]any)
	for i, x := range l {
		c.in(fmt.Sprint(i), func() { do(x) })
	}
}

func (c *checker) dashboard(m map[string]any) {
	c.part(m, "dashboard")
	if m["schemaVersion"] != float64(37) {
		c.fault("schemaVersion %v, want 37", m["schemaVersion"])
	}
	c.part(m["time"], "time")
	c.each(m["links"], func(l any) { c.part(l, "dashboardLink") })
	c.part(m["annotations"], "annotations")
	c.each(c.part(m["templating"], "templating")["list"], func(v any) {
		x := c.part(v, "variable")
		if x["type"] == "query" {
			c.part(x["query"], "variableQuery")
			c.part(x["datasource"], "datasource")
		}
	})
	c.each(m["panels"], c.panel)
}

func (c *checker) panel(v any) {
	p, _ := v.(map[string]any)
	kind, _ := p["type"].(string)
	c.in(fmt.Sprintf("%s %v", kind, p["title"]), func() {
		c.part(p["gridPos"], "gridPos")
		if kind == "row" {
			c.part(p, "row")
			c.each(p["panels"], c.panel)
			return
		}
		c.part(p, "panel")
		list, ok := c.kinds["options"][kind]
		if !ok {
			c.fault("a panel of the type %q does not come with Grafana, or is not on the list", kind)
		}
		c.options(c.fields(p["options"], list))
		c.each(p["links"], func(l any) { c.part(l, "panelLink") })
		c.each(p["targets"], func(t any) { c.part(c.part(t, "target")["datasource"], "datasource") })
		c.each(p["transformations"], c.transformation)
		if p["fieldConfig"] != nil {
			c.fieldConfig(p["fieldConfig"], kind)
		}
	})
}

func (c *checker) options(o map[string]any) {
	for key, part := range map[string]string{"reduceOptions": "reduce", "legend": "legend", "tooltip": "tooltip", "footer": "footer"} {
		if o[key] != nil {
			c.in(key, func() { c.part(o[key], part) })
		}
	}
}

func (c *checker) transformation(v any) {
	t := c.part(v, "transformation")
	id, _ := t["id"].(string)
	list, ok := c.kinds["transformations"][id]
	if !ok {
		c.fault("Grafana 9.4 has no transformation %q", id)
	}
	c.fields(t["options"], list)
}

func (c *checker) fieldConfig(v any, kind string) {
	f := c.part(v, "fieldConfig")
	d := c.part(f["defaults"], "field")
	for id, v := range d {
		c.property(id, v, kind)
	}
	if d["custom"] != nil {
		for id, v := range c.fields(d["custom"], c.kinds["custom"][kind]) {
			c.property("custom."+id, v, kind)
		}
	}
	c.each(f["overrides"], func(o any) {
		x := c.part(o, "override")
		if m := c.part(x["matcher"], "matcher"); !slices.Contains(c.lists["matchers"], fmt.Sprint(m["id"])) {
			c.fault("Grafana 9.4 has no matcher %v", m["id"])
		}
		c.each(x["properties"], func(p any) {
			q := c.fields(p, []string{"id", "value"})
			id, _ := q["id"].(string)
			name, custom := strings.CutPrefix(id, "custom.")
			list := c.lists["field"]
			if custom {
				list = c.kinds["custom"][kind]
			}
			if !slices.Contains(list, name) {
				c.fault("Grafana 9.4 knows no property %q", id)
			}
			c.property(id, q["value"], kind)
		})
	})
}

func (c *checker) property(id string, v any, _ string) {
	c.in(id, func() {
		switch id {
		case "color":
			if m := c.part(v, "color"); !slices.Contains(c.lists["colorModes"], fmt.Sprint(m["mode"])) {
				c.fault("not a way to colour that the colour-blind can read: %v", m["mode"])
			}
		case "thresholds":
			c.each(c.part(v, "thresholds")["steps"], func(s any) { c.part(s, "step") })
		case "links":
			c.each(v, func(l any) { c.part(l, "panelLink") })
		case "custom.displayMode":
			if !slices.Contains(c.lists["displayModes"], fmt.Sprint(v)) {
				c.fault("Grafana 9.4 has no display mode %v", v)
			}
		case "mappings":
			c.each(v, c.mapping)
		}
	})
}

func (c *checker) mapping(v any) {
	m := c.fields(v, []string{"type", "options"})
	kind, _ := m["type"].(string)
	list, ok := c.kinds["mappings"][kind]
	if !ok {
		c.fault("no mapping %q is allowed", kind)
	}
	o, _ := m["options"].(map[string]any)
	if kind == "value" {
		for _, r := range o {
			c.fields(r, list)
		}
		return
	}
	c.fields(o["result"], list)
}

func TestGrafana94KnowsEveryField(t *testing.T) {
	for _, lang := range []string{"sv", "en"} {
		for _, d := range drawn(t, lang) {
			var m map[string]any
			if err := json.Unmarshal(d.JSON, &m); err != nil {
				t.Fatal(err)
			}
			c := checker{known: readKnown(t), at: []string{d.File}}
			c.dashboard(m)
			for _, f := range c.faults {
				t.Error(f)
			}
		}
	}
}

// The check itself: what the newer form writes is found.
func TestWhatGrafana94DoesNotKnowIsFound(t *testing.T) {
	for want, text := range map[string]string{
		`knows no "cellOptions"`:            `{"schemaVersion":37,"time":{},"templating":{},"annotations":{},"panels":[{"type":"table","gridPos":{},"options":{},"fieldConfig":{"defaults":{"custom":{"cellOptions":{}}}}}]}`,
		`no property "custom.cellOptions"`:  `{"schemaVersion":37,"time":{},"templating":{},"annotations":{},"panels":[{"type":"table","gridPos":{},"options":{},"fieldConfig":{"defaults":{},"overrides":[{"matcher":{"id":"byName"},"properties":[{"id":"custom.cellOptions"}]}]}}]}`,
		`knows no "wideLayout"`:             `{"schemaVersion":37,"time":{},"templating":{},"annotations":{},"panels":[{"type":"stat","gridPos":{},"options":{"wideLayout":true}}]}`,
		"schemaVersion 42":                  `{"schemaVersion":42,"time":{},"templating":{},"annotations":{}}`,
		`no transformation "joinByLabels2"`: `{"schemaVersion":37,"time":{},"templating":{},"annotations":{},"panels":[{"type":"table","gridPos":{},"options":{},"transformations":[{"id":"joinByLabels2","options":{}}]}]}`,
		`type "flowcharting"`:               `{"schemaVersion":37,"time":{},"templating":{},"annotations":{},"panels":[{"type":"flowcharting","gridPos":{},"options":{}}]}`,
	} {
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		c := checker{known: readKnown(t)}
		c.dashboard(m)
		if !strings.Contains(strings.Join(c.faults, "\n"), want) {
			t.Errorf("want %s, got %v", want, c.faults)
		}
	}
}
