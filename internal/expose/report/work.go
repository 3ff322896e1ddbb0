package report

import "cmp"

// work lists the rows that do not pass, as something to go through.
func (b builder) work() []workView {
	var out []workView
	for _, f := range b.r.Findings {
		if len(f.Evidence) == 0 || f.Suppressed {
			continue
		}
		v := workView{measure: b.measure(f)}
		names := map[string]string{}
		for _, c := range f.Breakdown {
			if c.Dimension == "org_unit" {
				names[c.Key] = b.w.Cell(c)
			}
		}
		left := 0
		for _, e := range f.Evidence {
			if !b.defs[f.KPI].ToGoThrough(e) {
				continue
			}
			if left++; left > b.r.MaxRows {
				continue
			}
			unit := names[e.OrgUnit]
			if unit == "" {
				unit = cmp.Or(e.OrgUnitName, e.OrgUnit)
			}
			v.Rows = append(v.Rows, workRow{Label: e.Label, Unit: unit, Reason: e.Reason, Place: e.Place, Waived: e.Waived})
		}
		if left == 0 {
			continue
		}
		total := max(left, b.defs[f.KPI].ToGoThroughTotal(f))
		v.Open = b.defs[f.KPI].ToGoThroughTotal(f) == 0 && int64(len(f.Evidence)) < f.EvidenceTotal
		for _, r := range v.Rows {
			v.Reasons = v.Reasons || r.Reason != "" || r.Waived
		}
		v.Shown, v.Total, v.More = b.w.Count(int64(len(v.Rows))), b.w.Count(int64(total)), total > len(v.Rows)
		out = append(out, v)
	}
	return out
}
