package grafana

import (
	"fmt"
	"strings"
)

// firstScreen lists the figures that an IT-chef sees first, in the order in
// which they are read.
func firstScreen() []string {
	return []string{
		"network_disruption_time", "service_desk_queue_length", "ticket_resolution_24h", "service_desk_wait_time",
		"owner_reconciliation", "system_owner_coverage", "classification_coverage", "classification_currency",
		"sso_coverage", "mfa_coverage", "restore_test_currency", "continuity_plan_coverage",
		"audit_recommendation_closure", "accepted_risk_count",
	}
}

// laget is the IT-chef's first screen.
func laget(o Options) *board {
	b := start(o, "laget")
	b.row("sure")
	b.sure()
	b.row("figures")
	b.put(24, 13, b.figureTable("figures", firstScreen()))
	b.row("steps")
	b.put(17, 10, b.stepTable("steps", ""))
	b.put(7, 10, b.prose("rule"))
	b.row("charts")
	for _, id := range firstScreen() {
		switch id {
		case "service_desk_wait_time":
			b.put(8, 7, b.kpiChartIn(id, b.minutes()))
		default:
			b.put(8, 7, b.kpiChart(id))
		}
	}
	return b
}

// sure is the strip that says how far the figures can be trusted.
func (b *board) sure() {
	b.put(4, 4, b.stat("content").worded().in(b.days()).decimals(0).
		now("(time() - min(kommunpuls_source_content_timestamp_seconds)) / 86400", "").from(90, bad))
	b.put(4, 4, b.kpiStat("registry_population_gap").from(1, bad))
	b.put(4, 4, b.stat("refused").worded().unit(unitCount).now(`sum(kommunpuls_source_rows{result="refused"})`, "").from(1, bad))
	b.put(4, 4, b.stat("late").worded().unit(unitCount).now(lateSources, "").from(1, bad))
	b.put(4, 4, b.stat("unmapped").worded().unit(unitCount).now("sum(kommunpuls_unmapped_names)", "").from(1, bad))
	b.put(4, 4, b.stat("demo").worded().now("max(kommunpuls_demo)", "").
		say(mean(meaning{"0", b.w("real"), calm}, meaning{"1", b.w("demodata"), bad})))
}

// lateSources counts sources that were not read whole within twice their interval.
const lateSources = "sum((time() - kommunpuls_source_last_success_timestamp_seconds > bool 2 * kommunpuls_source_interval_seconds) and kommunpuls_source_interval_seconds > 0)"

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
	p := b.table(key).worded().
		rows(strings.Join(ranked, " or ")).
		rows(b.said(figures{ids, whole, "kpi", "said"})).
		rows(b.saidTarget(figures{ids, whole, "kpi", "aim"})).
		rows(fmt.Sprintf("1000 * max by (kpi) (kommunpuls_kpi_target_due_timestamp_seconds{%s})", sel)).
		rows(fmt.Sprintf("max by (kpi, status) (kommunpuls_kpi_status{%s})", sel)).
		rows(fmt.Sprintf("max by (kpi, trend) (kommunpuls_kpi_trend{%s})", kpis)).
		rows(fmt.Sprintf("1000 * max by (kpi) (kommunpuls_kpi_target_eta_timestamp_seconds{%s})", sel)).
		rows(fmt.Sprintf(`max by (kpi, open) (label_replace(kommunpuls_kpi_info{%s}, "open", %q, "", ""))`, kpis, b.w("show_rows")))
	return p.cols(
		col{field: "kpi", hidden: true},
		col{field: "Value #A", name: "#", hidden: true},
		col{field: title, name: b.w("figure"), props: props(leading(b.w("about"), b.page("/matt/${__data.fields.kpi}"), true))},
		col{field: "said", name: b.w("now"), width: 190},
		col{field: "aim", name: b.w("target"), width: 120, props: props(blank(b.w("no_target")))},
		col{field: "Value #D", name: b.w("due"), width: 110, unit: unitDay, props: props(blank("–"))},
		col{field: "status", name: b.w("outcome"), width: 220, props: props(saying(b.outcomes()), coloured())},
		col{field: "trend", name: b.w("change"), width: 190, props: props(saying(b.trends()), coloured(), blank("–"))},
		col{field: "Value #G", name: b.w("eta"), width: 150, unit: unitDay, props: props(blank(b.w("eta_unknown")))},
		col{field: "open", name: b.w("evidence"), width: 110, props: props(leading(b.w("rows"), b.page("/matt/${__data.fields.kpi}/underlag"), true))},
	).by("#", false)
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
			col{field: step, name: b.w("next_step")},
			col{field: title, name: b.w("concerns"), width: 300, props: props(leading(b.w("rows"), b.page("/matt/${__data.fields.kpi}/underlag"), true))},
			col{field: "Value #B", name: b.w("moved"), width: 90, unit: unitCount, props: props(right())},
			col{field: "Value #A", name: b.w("weight"), width: 90, unit: unitCount, props: props(right())},
		).by(b.w("weight"), true)
}
