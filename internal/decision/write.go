package decision

import (
	"io"
	"time"

	"github.com/goccy/go-yaml"
)

// written is one cell to write. Exactly one of the fields is set.
type written struct {
	text   string
	list   []string
	number *float64
	day    time.Time
	share  bool // number is a share: the workbook shows it as percent
}

func (w written) empty() bool {
	return w.text == "" && len(w.list) == 0 && w.number == nil && w.day.IsZero()
}

// row is one row of a section, cells by column key.
type row map[string]written

// rowsOf takes a set apart into the rows of its sections.
func rowsOf(s Set, opt Options) map[string][]row {
	units := map[string]string{}
	for _, k := range opt.KPIs {
		units[k.ID] = k.Unit
	}
	out := map[string][]row{}
	for _, t := range s.Targets {
		out["targets"] = append(out["targets"], targetRow(t, units[t.KPI]))
	}
	for _, w := range s.Waivers {
		out["waivers"] = append(out["waivers"], row{
			"kpi": {text: w.KPI}, "org_unit": {text: w.OrgUnit}, "record": {text: w.Record}, "decision": {text: w.Decision},
			"by": {text: w.By}, "reason": {text: w.Reason}, "instead": {text: w.Instead}, "from": {day: w.From}, "expires": {day: w.Expires},
		})
	}
	for _, id := range s.Identities {
		r := row{
			"id": {text: id.ID}, "name": {text: id.Name}, "kind": {text: id.Kind}, "parent": {text: id.Parent},
			"valid_from": {day: id.ValidFrom}, "valid_to": {day: id.ValidTo}, "succeeded_by": {list: id.Successors},
		}
		if id.Successor != "" {
			r["succeeded_by"] = written{list: []string{id.Successor}}
		}
		var names []string
		for _, a := range id.Aliases {
			if a.Source != "" {
				a.Name += " (källa: " + a.Source + ")"
			}
			names = append(names, a.Name)
		}
		r["aliases"] = written{list: names}
		for _, col := range patternColumns() {
			var texts []string
			for _, p := range id.Patterns {
				if p.Kind == col.kind {
					texts = append(texts, writtenPattern(p))
				}
			}
			r[col.key] = written{list: texts}
		}
		section := map[string]string{"org_unit": "org_units", "site": "sites"}[id.Scheme]
		if section == "" {
			section, r["kind"] = "names", written{text: id.Scheme}
		}
		out[section] = append(out[section], r)
	}
	for _, name := range sortedKeys(s.Rules) {
		out["rules"] = append(out["rules"], row{"rule": {text: name}, "value": {text: s.Rules[name]}})
	}
	for _, o := range s.Off {
		out["off"] = append(out["off"], row{"kpi": {text: o.KPI}, "reason": {text: o.Reason}})
	}
	for _, b := range s.Breaks {
		out["series_breaks"] = append(out["series_breaks"], row{"kpi": {text: b.KPI}, "source": {text: b.Source}, "on": {day: b.On}, "reason": {text: b.Reason}})
	}
	for _, n := range s.None {
		out["none"] = append(out["none"], row{"record": {text: n.Record}, "by": {text: n.By}, "on": {day: n.On}})
	}
	return out
}

func targetRow(t Target, unit string) row {
	amount := func(v *float64, unit string) written {
		switch {
		case v == nil:
			return written{}
		case unit == "seconds" || unit == "sek":
			return written{text: writeQuantity(*v, unit)}
		}
		return written{number: v, share: unit == "share"}
	}
	r := row{
		"kpi": {text: t.KPI}, "org_unit": {text: t.OrgUnit}, "kind": {text: t.Kind}, "list": {list: t.List},
		"low": amount(t.Low, unit), "high": amount(t.High, unit), "base": amount(t.Base, baseUnit(t.Kind, unit)), "base_date": {day: t.BaseDate},
		"decision": {text: t.Decision}, "valid_from": {day: t.ValidFrom}, "valid_to": {day: t.ValidTo}, "state": {text: t.State},
	}
	switch {
	case t.Value == nil:
	case t.Kind == "yes_no" && *t.Value == 1:
		r["value"] = written{text: "ja"}
	case t.Kind == "yes_no":
		r["value"] = written{text: "nej"}
	case t.Kind == "count":
		r["value"] = amount(t.Value, "count")
	default:
		r["value"] = amount(t.Value, unit)
	}
	if d, err := time.Parse(time.DateOnly, t.Due); err == nil {
		r["due"] = written{day: d}
	}
	return r
}

// WriteYAML writes a set as a YAML file that reads back as the same set.
func WriteYAML(w io.Writer, s Set, opt Options) error {
	rows := rowsOf(s, opt)
	var doc yaml.MapSlice
	for _, sec := range sections() {
		if sec.key == "rules" {
			if len(s.Tiers) > 0 {
				doc = append(doc, yaml.MapItem{Key: tiersRule, Value: s.Tiers})
			}
			if len(s.Rules) > 0 {
				doc = append(doc, yaml.MapItem{Key: sec.key, Value: s.Rules})
			}
			continue
		}
		var list []yaml.MapSlice
		for _, r := range rows[sec.key] {
			var item yaml.MapSlice
			for _, c := range sec.columns {
				if v := r[c.key]; !v.empty() {
					item = append(item, yaml.MapItem{Key: c.key, Value: v.plain()})
				}
			}
			list = append(list, item)
		}
		if len(list) > 0 {
			doc = append(doc, yaml.MapItem{Key: sec.key, Value: list})
		}
	}
	if len(doc) == 0 {
		_, err := io.WriteString(w, "{}\n")
		return err
	}
	b, err := yaml.MarshalWithOptions(doc, yaml.IndentSequence(true))
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

func (w written) plain() any {
	switch {
	case w.number != nil:
		return *w.number
	case len(w.list) > 0:
		return w.list
	case !w.day.IsZero():
		return w.day.Format(time.DateOnly)
	}
	return w.text
}
