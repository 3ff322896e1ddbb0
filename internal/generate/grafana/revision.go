package grafana

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// eyAreas and nis2Tags are the rows of the tables, in their order. They stand
// there even where nothing is measured: a gap is for an auditor to see.
func eyAreas() []string { return []string{"strategi", "styrning", "operativ_it", "overvakning"} }

func nis2Tags() []string {
	out := []string{"art20.1", "art20.2"}
	for c := 'a'; c <= 'j'; c++ {
		out = append(out, "art21.2."+string(c))
	}
	return append(out, "art23")
}

// revision is for the auditor: what there is to see of each area, and how far
// it can be trusted.
func revision(o Options) *board {
	b := start(o, "revision")
	b.put(24, 4, b.prose("evidence"))
	b.row("frameworks")
	b.put(24, 7, b.frameworkTable("ey", eyAreas()))
	b.put(24, 16, b.frameworkTable("nis2", nis2Tags()))
	b.row("waivers")
	b.put(24, 5, b.waiverTable("waivers"))
	b.row("sources")
	b.put(5, 5, b.kpiSaid("registry_completeness").headed("filled"))
	b.put(5, 5, b.kpiSaid("data_freshness"))
	b.put(5, 5, b.kpiStat("registry_population_gap").headed("missing"))
	b.put(9, 5, b.sideways("unmapped").worded().unit(unitCount).now("sort_desc(sum by (scheme) (kommunpuls_unmapped_names))", "{{scheme}}").
		names(b, "scheme ", "org_unit", "supplier", "site", "system"))
	b.put(24, 14, b.readings("sources"))
	b.row("snapshots")
	b.put(6, 4, b.stat("snapshots").worded().unit(unitCount).now("max(kommunpuls_snapshots)", ""))
	b.put(6, 4, b.stat("snapshot_of").worded().unit(unitTime).now("1000 * max(kommunpuls_snapshot_last_timestamp_seconds)", ""))
	b.put(6, 4, b.stat("snapshot_made").worded().unit(unitTime).now("1000 * max(kommunpuls_snapshot_last_created_timestamp_seconds)", ""))
	b.put(6, 4, b.stat("snapshot_failures").worded().unit(unitCount).decimals(0).
		now(orZero("sum(increase(kommunpuls_snapshot_failures_total[$__range]))"), "").from(1, bad))
	b.put(24, 2, b.prose("fingerprints"))
	b.fold("figures")
	b.put(24, 22, b.evidenceTable("figures"))
	return b.answered()
}

// names says the series of a panel by words: prefix and the name are the key.
func (p *panel) names(b *board, prefix string, series ...string) *panel {
	for _, s := range series {
		p.as(s, prop("displayName", wording.Capital(b.w(prefix+s))))
	}
	return p
}

// frameworkTable counts the outcomes of the figures that belong to each area of
// a framework.
func (b *board) frameworkTable(scheme string, tags []string) *panel {
	expr := fmt.Sprintf("count by (tag, status) (max by (kpi, tag) (kommunpuls_kpi_tag_info{scheme=%q}) * on (kpi) group_left (status) %s)", scheme, oneNothing(status))
	var names []meaning
	const zeros = "vector(0) and on () kommunpuls_kpi_info" // nothing from kommunpuls is no zero
	for _, t := range tags {
		expr += fmt.Sprintf(` or label_replace(label_replace(%s, "tag", %q, "", ""), "status", "no_data", "", "")`, zeros, t)
		names = append(names, meaning{t, b.w(scheme + " " + t), ""})
	}
	if scheme == "nis2" {
		expr = replace(expr, "tag", b.w("csl"), `csl[.]([0-9]+)[.]([0-9]+)`)
	}
	p := b.table(scheme).worded().counted(expr, "tag", b.w(scheme+" area"), names...).by(b.w(scheme+" area"), false)
	return p.as(b.w(scheme+" area"), prop("custom.width", 420))
}

// evidenceTable is a line for each figure: what it belongs to, what it says and
// how much of its population was seen.
func (b *board) evidenceTable(key string) *panel {
	title := b.titleLabel()
	const each = "max by (kpi) (kommunpuls_kpi_info)"
	return b.table(key).worded().
		rows(fmt.Sprintf("max by (kpi, %s) (kommunpuls_kpi_info)", title)).
		rows(b.said(figures{nil, whole, "kpi", "said"})).
		rows(status).
		rows(orNaN(fmt.Sprintf("max by (kpi) (kommunpuls_kpi_coverage{%s})", whole), each)).
		rows(orNaN(fmt.Sprintf("max by (kpi) (kommunpuls_kpi_waived_rows{%s})", whole), each)).
		rows(orNaN(fmt.Sprintf("1000 * max by (kpi) (kommunpuls_kpi_data_timestamp_seconds{%s})", whole), each)).
		cols(
			col{field: "kpi", hidden: true},
			col{field: title, name: b.w("figure"), props: props(leading(b.w("about"), b.page("/matt/${__data.fields.kpi}"), true), prop("custom.filterable", true))},
			b.saidCol(210),
			col{field: "status", name: b.w("outcome"), width: 230, props: props(saying(b.outcomes()), coloured(), prop("custom.filterable", true))},
			col{field: "Value #D", name: b.w("seen"), width: 150, unit: unitShare, props: props(prop("decimals", 0), blank("–"))},
			col{field: "Value #E", name: b.w("accepted"), width: 130, unit: unitCount, props: props(blank("–"))},
			col{field: "Value #F", name: b.w("read"), width: 160, unit: unitTime, props: props(blank("–"))},
		).by(b.w("figure"), false)
}

// readings is a line for each source: how fresh it is and what became of its rows.
func (b *board) readings(key string) *panel {
	const each = "max by (source) (kommunpuls_source_up)"
	p := b.table(key).worded().
		rows(orNaN("1000 * max by (source) (kommunpuls_source_last_success_timestamp_seconds)", each)).
		rows(orNaN("1000 * max by (source) (kommunpuls_source_content_timestamp_seconds)", each)).
		rows("max by (source) (kommunpuls_source_up)").
		rows("max by (source) (kommunpuls_source_held)")
	for _, r := range []string{"seen", "refused", "repeated", "vanished"} {
		p.rows(orNaN(fmt.Sprintf("max by (source) (kommunpuls_source_rows{result=%q})", r), each))
	}
	return p.cols(
		col{field: "source", name: b.w("source")},
		col{field: "Value #C", name: b.w("reading"), width: 150, props: props(prop("custom.align", "left"), saying(mean(meaning{"1", "● " + b.w("went_well"), good}, meaning{"0", "■ " + b.w("failed"), bad})), coloured())},
		col{field: "Value #A", name: b.w("read"), width: 160, unit: unitTime, props: props(blank(b.w("never")))},
		col{field: "Value #B", name: b.w("changed"), width: 160, unit: unitTime, props: props(blank(b.w("not_told")))},
		col{field: "Value #E", name: b.w("rows_seen"), width: 100, unit: unitCount},
		col{field: "Value #F", name: b.w("rows_refused"), width: 110, unit: unitCount, props: props(coloured(), prop("color", map[string]any{"mode": "thresholds"}),
			prop("thresholds", map[string]any{"mode": "absolute", "steps": []any{map[string]any{"color": calm, "value": nil}, map[string]any{"color": bad, "value": 1}}}))},
		col{field: "Value #G", name: b.w("rows_repeated"), width: 110, unit: unitCount},
		col{field: "Value #H", name: b.w("rows_vanished"), width: 110, unit: unitCount},
		col{field: "Value #D", name: b.w("waits"), width: 180, props: props(prop("custom.align", "left"), saying(mean(meaning{"0", b.w("no"), calm}, meaning{"1", "▲ " + b.w("held"), bad})), coloured())},
	).by(b.w("source"), false)
}
