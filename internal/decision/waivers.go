package decision

import (
	"time"
)

func (in *interpreter) waivers(entries []entry) {
	for _, e := range entries {
		before := len(in.faults)
		in.require("waivers", e)
		k, _ := in.kpi(e, "kpi")
		w := Waiver{KPI: k.ID, OrgUnit: in.unit(e, "org_unit"), Record: in.recordID(e.text("record"))}
		if e.text("kpi") == "" && w.OrgUnit == "" && w.Record == "" && len(in.faults) == before {
			in.faultf(e.at, "skriv vad som godtas: mått, förvaltning eller rad")
		}
		w.Decision, w.By, w.Reason, w.Instead = e.text("decision"), e.text("by"), e.text("reason"), e.text("instead")
		in.body(e, "by")
		w.From = in.day(e, "from", false)
		w.Expires = in.day(e, "expires", true)
		if w.Expires.IsZero() && e.text("expires") == "" && !w.From.IsZero() {
			w.Expires = endOfDay(addMonths(w.From, 12))
		}
		in.ordered(e, "expires", w.From, w.Expires)
		if len(in.faults) > before {
			continue
		}
		w.Waiver.Expires = w.Expires.Format(time.DateOnly)
		w.Scope = scope(w)
		in.set.Waivers = append(in.set.Waivers, w)
		in.waiverAt = append(in.waiverAt, e.at)
	}
}

// addMonths keeps 29 February inside February.
func addMonths(d time.Time, n int) time.Time {
	to := d.AddDate(0, n, 0)
	if to.Day() != d.Day() {
		to = to.AddDate(0, 0, -to.Day())
	}
	return to
}

func scope(w Waiver) string {
	switch {
	case w.Record != "":
		return "record:" + w.Record
	case w.OrgUnit != "":
		return "org_unit:" + w.OrgUnit
	default:
		return "kpi"
	}
}

// recordID resolves a declared system's name to its id; anything else is a
// record's id as it stands in the evidence.
func (in *interpreter) recordID(s string) string {
	for _, id := range in.set.Identities {
		if id.Scheme == "system" && (id.ID == s || named(id, s)) {
			return id.ID
		}
	}
	return s
}

// checkWaivers refuses two decisions in force over exactly the same thing.
func (in *interpreter) checkWaivers() {
	for i, a := range in.set.Waivers {
		for j, b := range in.set.Waivers[:i] {
			if a.KPI == b.KPI && a.OrgUnit == b.OrgUnit && a.Record == b.Record && overlap(a.From, a.Expires, b.From, b.Expires) {
				in.faultf(in.waiverAt[i], "två beslut godtar samma brist samtidigt; det andra är %s", in.waiverAt[j].from(in.waiverAt[i]))
			}
		}
	}
}
