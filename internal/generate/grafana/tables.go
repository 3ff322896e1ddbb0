package grafana

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// A question without an answer would take a column away, and in some versions
// the whole table. So each answers for every row: with no number, or in words.

// orNaN gives the rows of base that expr has nothing for no number.
func orNaN(expr, base string) string { return expr + " or NaN * " + base }

// orWord gives the rows of base that expr has nothing for a word.
func orWord(expr, base, label, word string) string {
	return fmt.Sprintf(`%s or on (kpi) label_replace(%s, %q, %q, "", "")`, expr, base, label, word)
}

// whole selects the figures of the whole municipality.
const whole = `org_unit="",dimension=""`

// figureTable is a line for each figure: now, target, outcome, change and when
// the target is met, with links to its page and its rows.
func (b *board) figureTable(key string, ids []string) *panel {
	title := b.titleLabel()
	var ranked []string
	for i, id := range ids {
		ranked = append(ranked, fmt.Sprintf("%d * max by (kpi, %s) (kommunpuls_kpi_info{kpi=%q})", i+1, title, b.kpi(id).ID))
	}
	sel := fmt.Sprintf("kpi=~%q,%s", strings.Join(ids, "|"), whole)
	kpis := fmt.Sprintf("kpi=~%q", strings.Join(ids, "|"))
	each := fmt.Sprintf("max by (kpi) (kommunpuls_kpi_info{%s})", kpis)
	p := b.table(key).worded().
		rows(strings.Join(ranked, " or ")).
		rows(b.said(figures{ids, whole, "kpi", "said"})).
		rows(orWord(b.saidTarget(figures{ids, whole, "kpi", "aim"}), each, "aim", b.w("no_target"))).
		rows(orNaN(fmt.Sprintf("1000 * max by (kpi) (kommunpuls_kpi_target_due_timestamp_seconds{%s})", sel), each)).
		rows(fmt.Sprintf("max by (kpi, status) (kommunpuls_kpi_status{%s})", sel)).
		rows(orWord(fmt.Sprintf("max by (kpi, trend) (kommunpuls_kpi_trend{%s})", kpis), each, "trend", "–")).
		rows(pace(sel, each))
	return p.cols(
		col{field: "kpi", hidden: true},
		col{field: "Value #A", name: "#", hidden: true},
		col{field: title, name: b.w("figure"), props: props(leading(b.w("about"), b.page("/matt/${__data.fields.kpi}"), true), prop("custom.minWidth", 200))},
		b.saidCol(186),
		col{field: "aim", name: b.w("target"), width: 102},
		col{field: "Value #D", name: b.w("due"), width: 99, unit: unitDay, props: props(blank("–"))},
		col{field: "status", name: b.w("outcome"), width: 210, props: props(saying(b.outcomes()), coloured())},
		col{field: "trend", name: b.w("change"), width: 160, props: props(saying(b.trends()), coloured())},
		col{field: "Value #G", name: b.w("eta"), width: 142, unit: unitDay, props: b.paced()},
	).by("#", false)
}

// saidCol is the column of figures in words: each leads to the rows behind it.
func (b *board) saidCol(width float64) col {
	return col{field: "said", name: b.w("now"), width: width, props: props(leading(b.w("rows"), b.page("/matt/${__data.fields.kpi}/underlag"), true))}
}

// pace asks when each target is met at today's pace: nought where it is not met
// and nobody can say, no number where there is nothing to wait for.
func pace(sel, each string) string {
	return orNaN(fmt.Sprintf(`1000 * max by (kpi) (kommunpuls_kpi_target_eta_timestamp_seconds{%[1]s}) or 0 * max by (kpi) (kommunpuls_kpi_status{%[1]s,status=~"partly|not_met|not_due"})`, sel), each)
}

// paced says the answers of pace that are no day in words.
func (b *board) paced() []dashboard.DynamicConfigValue {
	return props(saying(mean(meaning{"0", b.w("eta_unknown"), calm}), nothing("–")))
}

// stepTable ranks what to do next for the whole ("") or an org unit.
func (b *board) stepTable(key, unit string) *panel {
	title, step := b.titleLabel(), b.lang2("step", "step_en")
	ranked := fmt.Sprintf("and on (kpi) kommunpuls_next_step_score{org_unit=%q}", unit)
	return b.table(key).worded().
		rows(fmt.Sprintf("max by (kpi) (kommunpuls_next_step_score{org_unit=%q})", unit)).
		rows(fmt.Sprintf("max by (kpi) (kommunpuls_next_step_rows{org_unit=%q})", unit)).
		rows(fmt.Sprintf("max by (kpi, %s) (kommunpuls_kpi_next_step_info %s)", step, ranked)).
		rows(fmt.Sprintf("max by (kpi, %s) (kommunpuls_kpi_info %s)", title, ranked)).
		cols(
			col{field: "kpi", hidden: true},
			col{field: step, name: b.w("next_step"), props: props(prop("custom.minWidth", 300))},
			col{field: title, name: b.w("concerns"), width: 423, props: props(leading(b.w("rows"), b.page("/matt/${__data.fields.kpi}/underlag"), true))},
			col{field: "Value #B", name: b.w("moved"), width: 75, unit: unitCount, props: props(right())},
			col{field: "Value #A", name: b.w("weight"), width: 75, unit: unitCount, props: props(right())},
		).by(b.w("weight"), true)
}

// aimed keeps the figures of the whole that have a target.
const aimed = ` and on (kpi) {__name__=~"kommunpuls_kpi_(target|level)",org_unit="",dimension=""}`

// goalTable is a line for each figure that has a target.
func (b *board) goalTable(key string) *panel {
	title := b.titleLabel()
	each := "(max by (kpi) (kommunpuls_kpi_info)" + aimed + ")"
	of := func(metric string) string { return fmt.Sprintf("max by (kpi) (%s{%s})", metric, whole) }
	return b.table(key).worded().
		rows(fmt.Sprintf("max by (kpi, %s) (kommunpuls_kpi_info%s)", title, aimed)).
		rows("("+b.said(figures{nil, whole, "kpi", "said"})+")"+aimed).
		rows(orWord(b.saidTarget(figures{nil, whole, "kpi", "aim"}), each, "aim", b.w("not_a_number"))).
		rows(orNaN("1000 * "+of("kommunpuls_kpi_target_due_timestamp_seconds"), each)).
		rows(orNaN(of("kommunpuls_kpi_level"), each)).
		rows(status+aimed).
		rows(pace(whole, each)).
		cols(
			col{field: "kpi", hidden: true},
			col{field: title, name: b.w("figure"), props: props(leading(b.w("about"), b.page("/matt/${__data.fields.kpi}"), true))},
			b.saidCol(186),
			col{field: "aim", name: b.w("target"), width: 112},
			col{field: "Value #D", name: b.w("due"), width: 100, unit: unitDay, props: props(blank("–"))},
			col{field: "Value #E", name: b.w("level"), width: 100, unit: suffix(b.w("of_four")), props: props(blank("–"))},
			col{field: "status", name: b.w("outcome"), width: 218, props: props(saying(b.outcomes()), coloured())},
			col{field: "Value #G", name: b.w("eta"), width: 150, unit: unitDay, props: b.paced()},
		).by(b.w("figure"), false)
}

// waiverTable is a line for each decision that accepts a shortfall.
func (b *board) waiverTable(key string) *panel {
	title := b.titleLabel()
	scoped := func(sel string) string {
		x := replace("kommunpuls_waiver_expiry_timestamp_seconds{"+sel+"}", "scope", b.w("scope_kpi"), "kpi")
		x = replace(x, "scope", b.w("scope_unit")+" $1", "org_unit:(.*)")
		return replace(x, "scope", b.w("scope_record")+" $1", "record:(.*)")
	}
	const by = "kpi, scope, decision"
	titled := fmt.Sprintf(`label_replace(%[1]s, %[2]q, %[3]q, "", "") or %[4]s * on (kpi) group_left (%[2]s) max by (kpi, %[2]s) (kommunpuls_kpi_info)`,
		scoped(`kpi=""`), title, b.w("every_figure"), scoped(`kpi!=""`))
	named := func(x string) string { return fmt.Sprintf("max by (%s, %s) (%s)", by, title, x) }
	return b.table(key).worded().
		rows("1000 * "+named(titled)).
		rows("("+named(titled)+" - time()) / 86400").
		cols(
			col{field: "kpi", hidden: true},
			col{field: title, name: b.w("figure"), props: props(leading(b.w("about"), b.page("/matt/${__data.fields.kpi}"), true))},
			col{field: "scope", name: b.w("scope"), width: 220},
			col{field: "decision", name: b.w("decision"), width: 200},
			col{field: "Value #A", name: b.w("until"), width: 120, unit: unitDay},
			col{field: "Value #B", name: b.w("days_left"), width: 120, unit: unitCount, props: props(prop("decimals", 0), coloured(),
				prop("color", map[string]any{"mode": "thresholds"}),
				prop("thresholds", map[string]any{"mode": "absolute", "steps": []any{map[string]any{"color": bad, "value": nil}, map[string]any{"color": calm, "value": 60}}}))},
		).by(b.w("until"), false)
}
