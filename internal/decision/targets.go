package decision

import (
	"strings"
	"time"
)

func (in *interpreter) targets(entries []entry) {
	for _, e := range entries {
		before := len(in.faults)
		in.require("targets", e)
		k, _ := in.kpi(e, "kpi")
		t := Target{KPI: k.ID, OrgUnit: in.unit(e, "org_unit")}
		t.Kind = in.choice("targets", "kind", e, "value")
		t.State = in.choice("targets", "state", e, "active")
		t.Decision = e.text("decision")
		if due := in.day(e, "due", false); !due.IsZero() {
			t.Due = due.Format(time.DateOnly)
		}
		t.BaseDate = in.day(e, "base_date", true)
		t.ValidFrom, t.ValidTo = in.day(e, "valid_from", false), in.day(e, "valid_to", true)
		in.ordered(e, "valid_from", t.ValidFrom, t.ValidTo)
		in.level(e, k.Unit, &t)
		t.Base = in.quantity(e, "base", baseUnit(t.Kind, k.Unit))
		if len(in.faults) > before {
			continue
		}
		in.set.Targets = append(in.set.Targets, t)
		in.targetAt = append(in.targetAt, e.at)
	}
}

// baseUnit is the unit of where the way to a target began: that of the target.
func baseUnit(kind, unit string) string {
	if kind == "count" {
		return "count"
	}
	return unit
}

// level reads what the target's kind needs and refuses what it does not have.
func (in *interpreter) level(e entry, unit string, t *Target) {
	needs := map[string][]string{"value": {"value"}, "count": {"value"}, "band": {"low", "high"}, "list": {"list"}, "yes_no": {"value"}}[t.Kind]
	for _, key := range []string{"value", "low", "high", "list"} {
		needed, written := contains(needs, key), e.text(key) != ""
		switch {
		case needed && !written:
			in.faultf(e.at, "ett mål av slaget %s behöver %s", in.word(e.at, t.Kind), in.header(e.at, key))
		case written && !needed:
			in.faultf(e.where(key), "hör inte till ett mål av slaget %s", in.word(e.at, t.Kind))
		}
	}
	switch t.Kind {
	case "list":
		t.List = e.cells["list"].list
	case "yes_no":
		t.Value = in.yesNo(e, "value")
	case "count":
		if t.Value = in.quantity(e, "value", "count"); t.Value != nil && (*t.Value < 0 || !whole(*t.Value)) {
			in.faultf(e.where("value"), "vill ha ett helt antal, fick %s", e.text("value"))
		}
	case "band":
		t.Low, t.High = in.quantity(e, "low", unit), in.quantity(e, "high", unit)
		if t.Low != nil && t.High != nil && *t.Low >= *t.High {
			in.faultf(e.where("low"), "det lägsta måste vara mindre än det högsta")
		}
	default:
		t.Value = in.quantity(e, "value", unit)
	}
}

func (in *interpreter) word(at place, kind string) string {
	for _, c := range targetKinds() {
		if c.key == kind && at.sheet != "" {
			return c.word
		}
	}
	return kind
}

func (in *interpreter) header(at place, key string) string {
	return in.called(at, sections()[0].column(key))
}

func (in *interpreter) quantity(e entry, key, unit string) *float64 {
	c, ok := e.cells[key]
	if !ok || c.text == "" {
		return nil
	}
	v, err := parseQuantity(c, unit)
	if err != nil {
		in.faultf(c.at, "%s", err)
		return nil
	}
	return &v
}

func (in *interpreter) yesNo(e entry, key string) *float64 {
	c := e.cells[key]
	var v float64
	switch strings.ToLower(c.text) {
	case "":
		return nil
	case "ja", "yes", "true", "sant", "1":
		v = 1
	case "nej", "no", "false", "falskt", "0":
	default:
		in.faultf(c.at, "vill ha ja eller nej, fick ”%s”", c.text)
		return nil
	}
	return &v
}

func (in *interpreter) ordered(e entry, key string, from, to time.Time) {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		in.faultf(e.where(key), "den första dagen ligger efter den sista")
	}
}

// checkTargets refuses two targets in force for the same figure, and a target
// for a measure that is switched off.
func (in *interpreter) checkTargets() {
	for i, a := range in.set.Targets {
		if off, ok := in.offAt[a.KPI]; ok {
			in.faultf(in.targetAt[i], "%s har ett mål men är avstängt, se %s", a.KPI, off.from(in.targetAt[i]))
		}
		for j, b := range in.set.Targets[:i] {
			if a.KPI == b.KPI && a.OrgUnit == b.OrgUnit && a.State == "active" && b.State == "active" &&
				overlap(a.ValidFrom, a.ValidTo, b.ValidFrom, b.ValidTo) {
				in.faultf(in.targetAt[i], "två mål gäller samtidigt för %s; det andra är %s. Låt det ena sluta gälla eller sätt det till ersatt", a.KPI, in.targetAt[j].from(in.targetAt[i]))
			}
		}
	}
}

func overlap(aFrom, aTo, bFrom, bTo time.Time) bool {
	return (aTo.IsZero() || bFrom.IsZero() || !aTo.Before(bFrom)) && (bTo.IsZero() || aFrom.IsZero() || !bTo.Before(aFrom))
}
