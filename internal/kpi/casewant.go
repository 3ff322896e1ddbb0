package kpi

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// compare holds a finding against what a case wants and lists every
// difference. Keys of want:
//
//	value, numerator, denominator, coverage, level   number, or null for none
//	waived_rows, evidence_total                       number
//	tolerance                                         how far a number may be off (default 0.00005)
//	outcome, pace, trend, suppressed                  as the finding has it
//	reason, population                                a part of the Swedish text
//	breakdown    list of cells, each by dimension and key, with what they should hold
//	also         map of key to value, or list of {key, value, …}
//	not_counted  list of {reason, rows}; reason is the Swedish text or a part of it
//	remarks      list of parts of the Swedish texts; [] wants none
//	evidence     ids of the failing rows (of all rows where none can fail), in
//	             any order; or list of {id, pass, reason, …}, a part of the rows
func compare(want map[string]any, f finding.Finding) []string {
	c := comparison{tolerance: 5e-5}
	if t, ok := asNumber(want["tolerance"]); ok {
		c.tolerance = t
	}
	keys := make([]string, 0, len(want))
	for k := range want {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		c.key(k, want[k], f)
	}
	return c.faults
}

type comparison struct {
	tolerance float64
	faults    []string
}

func (c *comparison) fault(format string, a ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, a...))
}

func (c *comparison) key(k string, want any, f finding.Finding) {
	switch k {
	case "tolerance":
	case "value":
		c.number(k, want, f.Value)
	case "numerator":
		c.number(k, want, f.Numerator)
	case "denominator":
		c.number(k, want, f.Denominator)
	case "coverage":
		c.number(k, want, f.Coverage)
	case "level":
		var got *float64
		if f.Level != nil {
			got = f64(float64(*f.Level))
		}
		c.number(k, want, got)
	case "waived_rows":
		c.number(k, want, f64(float64(f.WaivedRows)))
	case "evidence_total":
		c.number(k, want, f64(float64(f.EvidenceTotal)))
	case "outcome":
		c.same(k, want, f.Outcome)
	case "pace":
		c.same(k, want, f.Pace)
	case "suppressed":
		c.same(k, want, f.Suppressed)
	case "trend":
		got := ""
		if f.Previous != nil {
			got = f.Previous.Trend
		}
		c.same(k, want, got)
	case "reason":
		got := ""
		if f.Reason != nil {
			got = f.Reason.SV
		}
		if !strings.Contains(got, fmt.Sprint(want)) {
			c.fault("reason: want a text with %q, got %q", want, got)
		}
	case "population":
		if !strings.Contains(f.Population.SV, fmt.Sprint(want)) {
			c.fault("population: want a text with %q, got %q", want, f.Population.SV)
		}
	case "breakdown":
		for i, x := range asList(want) {
			c.cell(fmt.Sprintf("breakdown[%d]", i), x, f.Breakdown)
		}
	case "also":
		c.also(want, f.Also)
	case "not_counted":
		c.notCounted(want, f.NotCounted)
	case "remarks":
		c.remarks(want, f.Remarks)
	case "evidence":
		c.evidence(want, f)
	default:
		c.fault("%s: a case cannot want this", k)
	}
	if f.Reason != nil && len(c.faults) > 0 && !strings.HasPrefix(c.faults[len(c.faults)-1], "the finding says") && k == "value" {
		c.fault("the finding says: %s", f.Reason.SV)
	}
}

func (c *comparison) same(name string, want, got any) {
	if w, g := fmt.Sprint(want), fmt.Sprint(got); w != g {
		c.fault("%s: want %s, got %s", name, w, g)
	}
}

func (c *comparison) number(name string, want any, got *float64) {
	if want == nil {
		if got != nil {
			c.fault("%s: want none, got %v", name, *got)
		}
		return
	}
	w, ok := asNumber(want)
	if !ok {
		c.fault("%s: %v is not a number", name, want)
		return
	}
	if got == nil {
		c.fault("%s: want %v, got none", name, w)
		return
	}
	if math.Abs(*got-w) > math.Max(c.tolerance, math.Abs(w)*1e-9) {
		c.fault("%s: want %v, got %v", name, w, *got)
	}
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func (c *comparison) cell(name string, want any, cells []finding.Cell) {
	w := asMap(want)
	key := fmt.Sprint(w["key"])
	if w["key"] == nil {
		key = ""
	}
	i := slices.IndexFunc(cells, func(x finding.Cell) bool { return x.Dimension == fmt.Sprint(w["dimension"]) && x.Key == key })
	if i < 0 {
		var have []string
		for _, x := range cells {
			have = append(have, x.Dimension+"="+x.Key)
		}
		c.fault("%s: no cell %v=%s; there are %s", name, w["dimension"], key, strings.Join(have, ", "))
		return
	}
	name = fmt.Sprintf("breakdown %v=%s", w["dimension"], key)
	for k, v := range w {
		switch k {
		case "dimension", "key":
		case "value":
			c.number(name+": value", v, cells[i].Value)
		case "numerator":
			c.number(name+": numerator", v, cells[i].Numerator)
		case "denominator":
			c.number(name+": denominator", v, cells[i].Denominator)
		case "outcome":
			c.same(name+": outcome", v, cells[i].Outcome)
		case "suppressed":
			c.same(name+": suppressed", v, cells[i].Suppressed)
		case "label":
			c.same(name+": label", v, cells[i].Label)
		default:
			c.fault("%s: a cell has no %s", name, k)
		}
	}
}

func (c *comparison) also(want any, also []finding.Also) {
	find := func(key string) *finding.Also {
		if i := slices.IndexFunc(also, func(a finding.Also) bool { return a.Key == key }); i >= 0 {
			return &also[i]
		}
		c.fault("also: no figure %s", key)
		return nil
	}
	if m := asMap(want); m != nil {
		for k, v := range m {
			if a := find(k); a != nil {
				c.number("also "+k, v, a.Value)
			}
		}
		return
	}
	for _, x := range asList(want) {
		w := asMap(x)
		a := find(fmt.Sprint(w["key"]))
		if a == nil {
			continue
		}
		for k, v := range w {
			switch name := "also " + a.Key + ": " + k; k {
			case "key":
			case "value":
				c.number(name, v, a.Value)
			case "numerator":
				c.number(name, v, a.Numerator)
			case "denominator":
				c.number(name, v, a.Denominator)
			case "suppressed":
				c.same(name, v, a.Suppressed)
			default:
				c.fault("%s: there is no such thing", name)
			}
		}
	}
}

func (c *comparison) notCounted(want any, counts []finding.Count) {
	list := asList(want)
	for i, x := range list {
		w := asMap(x)
		reason := fmt.Sprint(w["reason"])
		j := slices.IndexFunc(counts, func(n finding.Count) bool { return strings.Contains(n.Reason.SV, reason) })
		if j < 0 {
			c.fault("not_counted[%d]: nothing is left out because of %q", i, reason)
			continue
		}
		c.number(fmt.Sprintf("not_counted %q", reason), w["rows"], f64(float64(counts[j].Rows)))
	}
	if len(list) == 0 && len(counts) > 0 {
		c.fault("not_counted: want nothing left out, got %v", counts)
	}
}

func (c *comparison) remarks(want any, remarks []finding.Text) {
	list := asList(want)
	for _, x := range list {
		if !slices.ContainsFunc(remarks, func(t finding.Text) bool { return strings.Contains(t.SV, fmt.Sprint(x)) }) {
			c.fault("remarks: no remark with %q", x)
		}
	}
	if len(list) == 0 && len(remarks) > 0 {
		c.fault("remarks: want none, got %v", remarks)
	}
}

func (c *comparison) evidence(want any, f finding.Finding) {
	var ids []string
	anyFails := slices.ContainsFunc(f.Evidence, func(r finding.Row) bool { return !r.Pass })
	for _, r := range f.Evidence {
		if !r.Pass || !anyFails {
			ids = append(ids, r.ID)
		}
	}
	var plain []string
	for i, x := range asList(want) {
		w := asMap(x)
		if w == nil {
			plain = append(plain, fmt.Sprint(x))
			continue
		}
		c.evidenceRow(fmt.Sprintf("evidence[%d]", i), w, f.Evidence)
	}
	if plain == nil && len(asList(want)) > 0 {
		return
	}
	slices.Sort(ids)
	slices.Sort(plain)
	if !slices.Equal(ids, plain) {
		c.fault("evidence: want rows %v, got %v", plain, ids)
	}
}

func (c *comparison) evidenceRow(name string, w map[string]any, rows []finding.Row) {
	i := slices.IndexFunc(rows, func(r finding.Row) bool { return r.ID == fmt.Sprint(w["id"]) })
	if i < 0 {
		c.fault("%s: no row %v", name, w["id"])
		return
	}
	r := rows[i]
	for k, v := range w {
		switch k {
		case "id":
		case "pass":
			c.same(name+": pass", v, r.Pass)
		case "waived":
			c.same(name+": waived", v, r.Waived)
		case "label":
			c.same(name+": label", v, r.Label)
		case "org_unit":
			c.same(name+": org_unit", v, r.OrgUnit)
		case "place":
			c.same(name+": place", v, r.Place)
		case "reason":
			if !strings.Contains(r.Reason, fmt.Sprint(v)) {
				c.fault("%s: reason: want a text with %q, got %q", name, v, r.Reason)
			}
		default:
			c.same(name+": "+k, v, r.Columns[k])
		}
	}
}
