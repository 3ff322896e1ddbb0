package report

import (
	"cmp"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

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
				names[c.Key] = cellName(c)
			}
		}
		left := 0
		for _, e := range f.Evidence {
			if !b.listed(f, e) {
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
		total := max(left, b.listTotal(f))
		v.Open = b.listTotal(f) == 0 && int64(len(f.Evidence)) < f.EvidenceTotal
		for _, r := range v.Rows {
			v.Reasons = v.Reasons || r.Reason != "" || r.Waived
		}
		v.Shown, v.Total, v.More = count(int64(len(v.Rows))), count(int64(total)), total > len(v.Rows)
		out = append(out, v)
	}
	return out
}

// listed tells whether a row belongs on the work list: the rows that do not
// pass, which for a share where fewer is better (systems past their support)
// are those that it counts. A share that is neither good nor bad has nothing
// to go through.
func (b builder) listed(f finding.Finding, e finding.Row) bool {
	d := b.defs[f.KPI]
	switch {
	case f.Unit == "count":
		return d.Direction == "down" && d.Evidence.Reason != ""
	case f.Unit == "share" && d.Direction == "none":
		return false
	}
	return !e.Pass
}

// listTotal is how many rows are on the whole work list; 0 where the figure
// does not count rows.
func (b builder) listTotal(f finding.Finding) int {
	d := b.defs[f.KPI]
	switch {
	case f.Numerator == nil || f.Denominator == nil || f.Unit != "share" || d.Shape == catalogue.FieldMean:
		return 0
	case d.Direction == "down":
		return int(*f.Numerator)
	}
	return int(*f.Denominator - *f.Numerator)
}
