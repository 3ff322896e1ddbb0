package grafana

import (
	"bytes"
	"encoding/json"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// schema94 is the version of the dashboard's form that Grafana 9.4 writes.
// Newer ones migrate it.
const schema94 = 37

// classic is the form that Grafana 9.4 reads; its successor is that of Grafana 12.
type classic = dashboard.Dashboard //nolint:staticcheck // deprecated in favour of a form that 9.4 does not read

// write94 writes a dashboard as Grafana 9.4 does. Grafana's types are those of
// a newer form: what 9.4 does not know is taken out here.
func write94(d classic) ([]byte, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	m := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil {
		return nil, err
	}
	m["schemaVersion"] = schema94
	m["annotations"] = map[string]any{"list": []any{}}
	drop(m, "preload", "revision", "fiscalYearStartMonth", "liveNow")
	if t, ok := m["templating"].(map[string]any); ok {
		each(t["list"], func(v map[string]any) { drop(v, "allowCustomValue", "staticOptions", "staticOptionsOrder") })
	}
	each(m["links"], func(l map[string]any) { drop(l, "placement") })
	each(m["panels"], panel94)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// panel94 takes out of a panel what the types of newer forms write without being asked.
func panel94(p map[string]any) {
	each(p["panels"], panel94)
	if p["repeat"] == nil {
		drop(p, "repeatDirection")
	}
	each(p["links"], link94)
	if o, ok := p["options"].(map[string]any); ok {
		drop(o, "wideLayout", "showPercentChange", "percentChangeColorMode")
		switch p["type"] {
		case "bargauge":
			drop(o, "valueMode", "namePlacement", "sizing", "maxVizHeight", "legend")
		case "barchart":
			drop(o, "fullHighlight")
		}
	}
	f, ok := p["fieldConfig"].(map[string]any)
	if !ok {
		return
	}
	if d, ok := f["defaults"].(map[string]any); ok {
		each(d["links"], link94)
	}
}

// link94 leaves of a link what Grafana 9.4 keeps of one on a panel.
func link94(l map[string]any) {
	for k := range l {
		if k != "title" && k != "url" && k != "targetBlank" {
			delete(l, k)
		}
	}
}

func each(list any, do func(map[string]any)) {
	items, _ := list.([]any)
	for _, i := range items {
		if m, ok := i.(map[string]any); ok {
			do(m)
		}
	}
}

func drop(m map[string]any, keys ...string) {
	for _, k := range keys {
		delete(m, k)
	}
}
