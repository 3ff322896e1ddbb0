package grafana

import "github.com/kommunpuls/kommunpuls/internal/nextstep"

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
	b.put(24, 16, b.figureTable("figures", firstScreen()))
	b.row("steps")
	b.put(24, 10, b.stepTable("steps", ""))
	b.put(24, 4, b.prose("rule", nextstep.Rule(nil)))
	b.row("charts")
	for _, id := range firstScreen() {
		switch id {
		case "service_desk_wait_time":
			b.put(8, 7, b.kpiChartIn(id, b.minutes()))
		default:
			b.put(8, 7, b.kpiChart(id))
		}
	}
	return b.answered()
}

// sure is the strip that says how far the figures can be trusted.
func (b *board) sure() {
	b.put(4, 4, b.stat("content").worded().in(b.days()).decimals(0).
		now("(time() - min(kommunpuls_source_content_timestamp_seconds)) / 86400", "").from(90, bad))
	b.put(4, 4, b.kpiStat("registry_population_gap").headed("missing").from(1, bad))
	b.put(4, 4, b.stat("refused").worded().unit(unitCount).now(`sum(kommunpuls_source_rows{result="refused"})`, "").from(1, bad))
	b.put(4, 4, b.stat("late").worded().unit(unitCount).now(lateSources, "").from(1, bad))
	b.put(4, 4, b.stat("unmapped").worded().unit(unitCount).now(orZero("sum(kommunpuls_unmapped_names)"), "").from(1, bad))
	b.put(4, 4, b.stat("demo").worded().now("max(kommunpuls_demo)", "").
		say(mean(meaning{"0", b.w("real"), calm}, meaning{"1", b.w("demodata"), bad})))
}

// lateSources counts sources that were not read whole within twice their interval.
const lateSources = "sum((time() - kommunpuls_source_last_success_timestamp_seconds > bool 2 * kommunpuls_source_interval_seconds) and kommunpuls_source_interval_seconds > 0)"
