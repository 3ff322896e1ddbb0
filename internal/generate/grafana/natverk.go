package grafana

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// natverk is for those who run the network: what is down now, what it has
// cost, and what nobody measured.
func natverk(o Options) *board {
	b := start(o, "natverk")
	b.span("now-7d", "30s")
	b.row("now")
	b.put(4, 4, b.stat("down").worded().unit(unitCount).now(orZero("count(kommunpuls_disruption_active)"), "").from(1, bad))
	b.put(4, 4, b.stat("users").worded().unit(unitCount).
		now(orZero("sum(max by (site, org_unit) (kommunpuls_disruption_users) unless on(site, org_unit) kommunpuls_disruption_planned)"), "").from(1, bad))
	b.put(4, 4, b.stat("planned").worded().unit(unitCount).now(orZero("count(kommunpuls_disruption_planned)"), ""))
	b.put(4, 4, b.stat("blind").worded().now("max(kommunpuls_probe_blind) or 2 * max(kommunpuls_instance_info)", "").
		say(mean(meaning{"0", b.w("sees"), calm}, meaning{"1", b.w("blind"), bad}, meaning{"2", b.w("no_point"), calm})))
	b.put(4, 4, b.stat("unknown").worded().unit(unitCount).now("sum(kommunpuls_probe_targets_unknown)", "").from(1, bad))
	b.put(4, 4, b.stat("unmeasured").worded().in(b.minutes()).now("sum(increase(kommunpuls_probe_unknown_seconds_total[$__range])) / 60", "").from(1, bad))
	b.put(24, 8, b.disruptionTable())
	b.put(12, 8, b.downOverTime())
	b.put(12, 8, b.departmentsOverTime())
	b.lost()
	b.answering()
	b.row("tickets")
	b.put(11, 8, b.rush())
	b.put(6, 8, b.kpiStat("wait_disruption_correlation").unit(suffix(b.w("times"))).decimals(2).headed("times_longer"))
	b.put(7, 8, b.insideOutside())
	b.measuring()
	return b.answered()
}

// downOverTime is a band for each place that was down in the time that is shown:
// when it was, when it was not, and nothing where the daemon was not there to tell.
func (b *board) downOverTime() *panel {
	named := func(x string) string {
		return "max by (name) (" + x + " * on(site) group_left(name) max by (site, name) (kommunpuls_site_info))"
	}
	p := b.states("sites").worded().every("1m").
		over(named("max_over_time(kommunpuls_disruption_active[$__interval])")+" or 0 * "+named(everDown)+" or on () "+b.noPlace(), "{{name}}").
		say(mean(meaning{"1", b.w("is_down"), bad}, meaning{"0", b.w("is_up"), good}), untold(b.w("not_told")))
	p.FieldConfig.Defaults.NoValue = some(b.w("not_told"))
	return p
}

// departmentsOverTime is how many places of each förvaltning were down at once.
func (b *board) departmentsOverTime() *panel {
	named := func(x string) string {
		return "sum by (name) (" + x + " * on(org_unit) group_left(name) max by (org_unit, name) (kommunpuls_org_unit_info))"
	}
	p := b.states("departments").worded().every("1m").
		over(named("kommunpuls_disruption_active")+" or 0 * "+named("max by (org_unit) ("+everDown+")")+" or on () "+b.noPlace(), "{{name}}").
		say(mean(meaning{"0", b.w("is_up"), good}), untold(b.w("not_told"))).colour(bad)
	p.FieldConfig.Defaults.NoValue = some(b.w("not_told"))
	return p
}

// everDown is each place that was down in the time that is shown.
const everDown = "max_over_time(kommunpuls_disruption_active[$__range] @ end())"

// noPlace is a band that says that no place is down, where the daemon was there
// to tell. Where some place was there is no need of it.
func (b *board) noPlace() string {
	return fmt.Sprintf(`label_replace((0 * max(last_over_time(kommunpuls_evaluation_timestamp_seconds[$__interval])) or %s) unless on () %s, "name", %q, "", "")`, firstStep, everDown, b.w("every_place"))
}

// disruptionTable is what is down now: where, how critical, since when and for
// how many.
func (b *board) disruptionTable() *panel {
	site := "max by (site, name, criticality) (kommunpuls_site_info)"
	department := `label_replace(max by (org_unit, name) (kommunpuls_org_unit_info), "department", "$1", "name", "(.*)")`
	p := b.table("disruptions").worded().
		rows("1000 * max by (site, name, criticality) (kommunpuls_disruption_start_timestamp_seconds * on(site) group_left(name, criticality) "+site+")").
		rows("max by (site, department) (kommunpuls_disruption_start_timestamp_seconds * on(org_unit) group_left(department) "+department+")").
		rows("max by (site) (kommunpuls_disruption_users)").
		rows("max by (site) (kommunpuls_disruption_planned) or 0 * max by (site) (kommunpuls_disruption_active)").
		whole("site", "-")
	first := p.Targets[0].(*prometheus.Dataquery)
	first.Expr = fmt.Sprintf(`label_replace(%s, "name", %q, "site", "-")`, first.Expr, b.w("nothing_down"))
	return p.
		cols(
			col{field: "name", name: b.w("site"), props: props(leading(b.w("disruptions"), b.page("/storningar"), true))},
			col{field: "department", name: b.w("department")},
			col{field: "criticality", name: b.w("criticality"), width: 160, props: props(saying(b.classes()))},
			col{field: "Value #A", name: b.w("since"), unit: unitTime, width: 160, props: props(blank("–"))},
			col{field: "Value #C", name: b.w("users"), width: 120, props: props(blank("–"))},
			col{field: "Value #D", name: b.w("kind"), width: 140, props: props(saying(mean(meaning{"0", b.w("fault"), bad}, meaning{"1", b.w("planned"), calm}), nothing("–")), coloured())},
			col{field: "site", hidden: true},
		).by(b.w("since"), false)
}

// classes says how critical a place is as people write it.
func (b *board) classes() dashboard.ValueMapping {
	return b.wordsFor("class ", "raddningstjanst", "hog", "normal", "lag")
}

// lost is the time that users were without the network.
func (b *board) lost() {
	const id = "network_disruption_time"
	b.row("lost")
	b.put(4, 4, b.kpiStat(id).headed("lost_year"))
	for _, key := range []string{"last_30_days", "count", "places", "planned", "unknown"} {
		b.put(4, 4, b.besideStat(id, key).headed("lost "+key))
	}
	b.put(24, 7, b.kpiChart(id).lately("1y"))
	b.put(9, 9, b.keyBars(id, "site", b.scaleOf("seconds"), 12))
	b.put(8, 9, b.unitBars(id, b.scaleOf("seconds")))
	causes := b.keyBars(id, "cause", b.scaleOf("seconds"), 12)
	for _, c := range probeCauses() {
		causes.as(c, prop("displayName", b.w("cause "+c)))
	}
	b.put(7, 9, causes)
}

// probeCauses are why a probe found a place down. Lists of disruptions have
// words of their own.
func probeCauses() []string {
	return []string{"timeout", "refused", "reset", "unreachable", "dns", "tls", "http_status", "redirect_loop", "too_large", "content", "interface", "failed"}
}

// answering is how much of the time the network answered, and how often it flickers.
func (b *board) answering() {
	share := b.scaleOf("share")
	b.row("answering")
	b.put(4, 4, b.kpiStat("network_availability").decimals(3).headed("network"))
	b.put(4, 4, b.besideStat("network_availability", "last_30_days").decimals(3).headed("network_30"))
	b.put(4, 4, b.kpiStat("eservice_availability").decimals(3).headed("services"))
	b.put(4, 4, b.kpiStat("network_flap_rate").decimals(2).headed("flaps"))
	b.put(8, 4, b.prose("nines"))
	worst := b.breakdown("network_availability", "site", share).decimals(3).
		now("sort(bottomk(12, "+keyed("kommunpuls_kpi_value"+byKey("network_availability", "site"))+"))", "{{name}}")
	b.put(8, 9, worst)
	b.put(8, 9, b.keyBars("eservice_availability", "service", share, 12).decimals(3))
	b.put(8, 9, b.keyBars("network_flap_rate", "site", b.scaleOf("ratio"), 12).decimals(2).headed("flaps by site"))
}

// rush is tickets that come in beside disruptions that go on.
func (b *board) rush() *panel {
	p := b.chart("rush").worded().unit(unitCount).lately("7d").every("5m").
		over("sum("+seen(`kommunpuls_tickets_opened{window="1h"}`)+")", b.w("tickets_in")).
		over("count(max_over_time(kommunpuls_disruption_active[$__interval])) or 0 * max("+seen("kommunpuls_instance_info")+")", b.w("disruptions_on"))
	return p.painting(b.w("tickets_in"), b.w("disruptions_on"))
}

// insideOutside is how long nine in ten waited while something was down, and otherwise.
func (b *board) insideOutside() *panel {
	const id = "wait_disruption_correlation"
	p := b.sideways("inside").worded().in(b.minutes()).decimals(0)
	for _, key := range []string{"inside", "outside"} {
		p.now("max(kommunpuls_kpi_value"+beside(id, key)+") / 60", b.w(key))
	}
	return p
}

// measuring is what the measuring points see, and when they saw nothing.
func (b *board) measuring() {
	b.row("measuring")
	points := b.table("points").worded().
		rows("max by (point) (kommunpuls_probe_blind)").
		rows("max by (point) (kommunpuls_probe_targets)").
		rows("max by (point) (kommunpuls_probe_targets_unknown)").
		rows("sum by (point) (increase(kommunpuls_probe_unknown_seconds_total[$__range])) / 60").
		rows("sum by (point) (increase(kommunpuls_probe_slots_missed_total[$__range])) / clamp_min(sum by (point) (increase(kommunpuls_probe_slots_total[$__range])), 1)").
		cols(
			col{field: "point", name: b.w("point")},
			col{field: "Value #A", name: b.w("sight"), width: 100, props: props(saying(mean(meaning{"0", b.w("sees"), calm}, meaning{"1", b.w("blind"), bad}), nothing("–")), coloured())},
			col{field: "Value #B", name: b.w("targets"), width: 70, props: props(blank("–"))}, col{field: "Value #C", name: b.w("targets_unknown"), width: 124, props: props(blank("–"))},
			col{field: "Value #D", name: b.w("minutes_unknown"), width: 160, props: props(prop("decimals", 1), blank("–"))},
			col{field: "Value #E", name: b.w("missed"), unit: unitShare, width: 122, props: props(prop("decimals", 1), blank("–"))},
		)
	b.put(14, 7, points.whole("point", b.w("no_point")).atLeast(96))
	blind := b.chart("blind minutes").worded().in(b.minutes()).bars().every("15m").
		over("sum(increase(kommunpuls_probe_unknown_seconds_total[$__rate_interval])) / 60", b.w("unmeasured")).colour(bad)
	b.put(10, 7, blind)
	slow := b.sideways("slow").worded().unit("s").
		now("sort_desc(topk(12, max by (target) (probe_duration_seconds and on(target, site, org_unit, module) probe_success == 1)))", "{{target}}")
	b.put(8, 10, slow)
	latency := b.chart("latency").worded().unit("s").every("1m")
	for _, q := range []struct{ at, word string }{{"0.5", "half"}, {"0.9", "nine"}} {
		latency.over(fmt.Sprintf("quantile(%s, max_over_time(probe_duration_seconds[$__interval]))", q.at), b.w(q.word))
	}
	b.put(8, 10, latency.painting(b.w("half"), b.w("nine")))
	certificates := b.table("certificates").worded().
		rows(orNone("1000 * min by (target) (probe_ssl_earliest_cert_expiry)", "target", b.w("no_certificate"))).
		rows(orNone("(min by (target) (probe_ssl_earliest_cert_expiry) - time()) / 86400", "target", b.w("no_certificate"))).
		cols(
			col{field: "target", name: b.w("target_name")}, col{field: "Value #A", name: b.w("expires"), unit: unitDay, width: 120, props: props(blank("–"))},
			col{field: "Value #B", name: b.w("days_left"), width: 110, props: props(prop("decimals", 0), blank("–"))},
		).by(b.w("days_left"), false)
	b.put(8, 10, certificates.numbers("–"))
}
