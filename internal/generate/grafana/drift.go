package grafana

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// drift is for those who run kommunpuls itself: are the sources read, is the
// content fresh, does the daemon have what it needs.
func drift(o Options) *board {
	b := start(o, "drift")
	b.span("now-24h", "1m")
	b.row("now")
	b.put(4, 4, b.stat("failing").worded().unit(unitCount).now(orZero("count(kommunpuls_source_up == 0)"), "").from(1, bad))
	b.put(4, 4, b.stat("late").worded().unit(unitCount).now(lateSources, "").from(1, bad))
	b.put(4, 4, b.stat("held").worded().unit(unitCount).now("sum(kommunpuls_source_held)", "").from(1, bad))
	b.put(4, 4, b.stat("refused").worded().unit(unitCount).now(`sum(kommunpuls_source_rows{result="refused"})`, "").from(1, bad))
	b.put(4, 4, b.stat("unmapped").worded().unit(unitCount).now(orZero("sum(kommunpuls_unmapped_names)"), "").from(1, bad))
	b.put(4, 4, b.stat("evaluated").worded().in(b.minutes()).decimals(0).now("(time() - max(kommunpuls_evaluation_timestamp_seconds)) / 60", "").from(120, bad))
	b.put(24, 14, b.sourceTable())
	b.row("sources")
	b.put(8, 11, b.sideways("content").worded().in(b.days()).
		now("sort_desc(topk(10, (time() - max by (source) (kommunpuls_source_content_timestamp_seconds)) / 86400))", "{{source}}"))
	b.put(8, 11, b.sideways("durations").worded().unit("s").
		now("sort_desc(topk(10, max by (source) (kommunpuls_source_collect_duration_seconds)))", "{{source}}"))
	b.put(8, 11, b.table("names").worded().
		numbers("0").rows(orNone("sum by (scheme, kind) (kommunpuls_unmapped_names)", "scheme", b.w("every_name"))).
		cols(
			col{field: "scheme", name: b.w("scheme"), props: props(saying(b.schemes()))},
			col{field: "kind", name: b.w("found_in"), props: props(saying(b.records()))}, col{field: "Value", name: b.w("names"), width: 90, props: props(blank("0"))},
		).by(b.w("names"), true))
	up := b.states("up").worded().every("1m").over("min by (source) (kommunpuls_source_up) or on () label_replace("+firstStep+` unless on () max_over_time(kommunpuls_source_up[$__range] @ end()), "source", "–", "", "")`, "{{source}}").
		say(mean(meaning{"1", b.w("read"), good}, meaning{"0", b.w("failed"), bad}), untold(b.w("no_reading")))
	up.FieldConfig.Defaults.NoValue = some(b.w("no_reading"))
	b.put(24, 10, up)
	b.row("service")
	b.put(4, 4, b.stat("version").worded().rows(fmt.Sprintf(`max by (version) (kommunpuls_build_info) or on () label_replace(vector(1), "version", %q, "", "")`, b.w("we_do_not_know"))).field("version"))
	b.put(4, 4, b.stat("uptime").worded().in(b.scaleOf("seconds")).now("(time() - max(process_start_time_seconds"+own+")) / 3600", ""))
	b.put(4, 4, b.stat("memory").worded().unit("decbytes").now("max(process_resident_memory_bytes"+own+")", ""))
	b.put(4, 4, b.stat("evaluation").worded().unit("s").now("max(kommunpuls_evaluation_duration_seconds)", ""))
	b.put(4, 4, b.stat("restarts").worded().unit(unitCount).now(orZero("sum(increase(kommunpuls_source_restarts_total[$__range]))"), "").from(1, bad))
	b.put(4, 4, b.stat("series").worded().unit(unitCount).now("sum(scrape_samples_scraped"+own+")", ""))
	b.put(8, 8, b.chart("memory over time").worded().unit("decbytes").every("1m").
		over("max(process_resident_memory_bytes"+own+")", b.w("all_memory")).
		over("max(go_memstats_heap_inuse_bytes"+own+")", b.w("heap")).painting(b.w("all_memory"), b.w("heap")))
	b.put(8, 8, b.chart("evaluation over time").worded().unit("s").every("1m").over("max("+seen("kommunpuls_evaluation_duration_seconds")+")", b.w("evaluation")))
	b.put(8, 8, b.chart("cpu").worded().unit(unitShare).every("1m").over("sum(rate(process_cpu_seconds_total[$__rate_interval])"+own+")", b.w("cpu")))
	b.row("out")
	b.put(14, 7, b.waysOut())
	b.put(10, 7, b.prose("out"))
	return b.answered()
}

// sourceTable is a line for each source.
func (b *board) sourceTable() *panel {
	by := "max by (source, type) (kommunpuls_source_"
	rowsOf := func(result string) string { return by + `rows{result="` + result + `"})` }
	yesNo := saying(mean(meaning{"0", b.w("no"), calm}, meaning{"1", b.w("yes"), bad}))
	number := func(field, name string, width float64) col {
		return col{field: field, name: b.w(name), width: width, unit: unitCount}
	}
	return b.table("sources").worded().
		rows(by+"up)").
		rows("1000 * "+by+"last_success_timestamp_seconds)").
		rows(b.turns(by+"interval_seconds)")).
		rows("((time() - "+by+"last_success_timestamp_seconds)) > bool 2 * "+by+"interval_seconds)) and "+by+"interval_seconds) > 0").
		rows("1000 * "+by+"content_timestamp_seconds)").
		rows(by+"content_max_age_seconds) / 86400").
		rows(by+"collect_duration_seconds)").
		rows(rowsOf("seen")).rows(rowsOf("refused")).rows(rowsOf("vanished")).
		rows(by+"held)").
		rows(by+"restarts_total)").
		cols(
			col{field: "source", name: b.w("source"), props: props(leading(b.w("sources"), b.page("/kallor"), true))},
			col{field: "type", name: b.w("type"), width: 92},
			col{field: "Value #A", name: b.w("state"), width: 98, props: props(saying(mean(meaning{"1", b.w("read"), calm}, meaning{"0", b.w("failed"), bad})), coloured())},
			col{field: "Value #B", name: b.w("last_read"), unit: unitTime, width: 134, props: props(blank(b.w("never")))},
			col{field: "every", name: b.w("interval"), width: 98, props: props(right())},
			col{field: "Value #D", name: b.w("late"), width: 52, props: props(yesNo, coloured())},
			col{field: "Value #E", name: b.w("content_at"), unit: unitDay, width: 116, props: props(blank(b.w("not_told")))},
			col{field: "Value #F", name: b.w("content_max"), unit: suffix(b.w("days")), width: 74, props: props(blank("–"))},
			col{field: "Value #G", name: b.w("took"), unit: "s", width: 72},
			number("Value #H", "rows_seen", 70), number("Value #I", "rows_refused", 78), number("Value #J", "rows_vanished", 80),
			col{field: "Value #K", name: b.w("waits"), width: 70, props: props(yesNo, coloured())},
			col{field: "Value #L", name: b.w("restarted"), width: 96, props: props(blank("–"))},
		).by(b.w("source"), false).whole("source", "–")
}

// turns says seconds as the label every: minutes, or hours from one on.
func (b *board) turns(seconds string) string {
	s := sayer{figures: figures{by: "source, type", into: "every"}, b: b}
	return "max by (source, type, every) (" + s.one(s.word(seconds+" / 3600 >= 1", "$1 "+b.w("hours")), "hours", "hour") +
		" or " + s.word("("+seconds+" < 3600) / 60", "$1 "+b.w("minutes")) + ")"
}

// waysOut is what the daemon sends by itself, and whether it arrives.
func (b *board) waysOut() *panel {
	way := func(metric, label, word string) string {
		return `label_replace(max by (` + label + `) (` + metric + `), "way", "` + b.w(word) + `: $1", "` + label + `", "(.*)")`
	}
	all := func(family string) string {
		return "max by (way) (" + way("kommunpuls_otlp_"+family, "signal", "otlp") + " or " + way("kommunpuls_notify_"+family, "channel", "notice") + ")"
	}
	return b.table("ways").worded().
		rows(all("up")).
		rows("1000 * ("+all("last_success_timestamp_seconds")+")").
		cols(
			col{field: "way", name: b.w("way")},
			col{field: "Value #A", name: b.w("state"), width: 150, props: props(saying(mean(meaning{"1", b.w("arrives"), calm}, meaning{"0", b.w("fails"), bad}), nothing("–")), coloured())},
			col{field: "Value #B", name: b.w("last_sent"), unit: unitTime, width: 170},
		).whole("way", b.w("nothing_sent"))
}

// own selects what Prometheus itself and others also publish: the daemon's own.
const own = " and on(instance, job) kommunpuls_build_info"

// schemes says what sorts of names there are.
func (b *board) schemes() dashboard.ValueMapping {
	return b.wordsFor("scheme ", "org_unit", "site", "supplier", "system")
}

// records says in which records names stand.
func (b *board) records() dashboard.ValueMapping {
	return b.wordsFor("in ", "ticket", "cost", "asset", "asset_software", "account", "system", "system_user_org_unit", "system_integration",
		"org_unit", "observation", "service", "project", "assessment", "control")
}

func (b *board) wordsFor(prefix string, values ...string) dashboard.ValueMapping {
	ms := make([]meaning, 0, len(values))
	for _, v := range values {
		ms = append(ms, meaning{v, b.w(prefix + v), ""})
	}
	return mean(ms...)
}
