package grafana

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// here selects the figures of the förvaltning that the reader chose.
const here = `org_unit="$forvaltning",dimension=""`

// forvaltning is one förvaltning beside the whole municipality.
func forvaltning(o Options) *board {
	b := start(o, "forvaltning")
	b.chooseUnit()
	b.row("now")
	for _, id := range []string{"system_portfolio_size", "owner_reconciliation", "classification_coverage", "service_desk_queue_length", "ticket_resolution_24h", "nki_it"} {
		b.put(4, 4, b.hereStat(id))
	}
	b.row("steps")
	b.put(24, 9, b.stepTable("steps", "$forvaltning"))
	for _, part := range []struct {
		key   string
		areas []string
		h     uint32
	}{
		{"systems", []string{"systemforvaltning", "identitet", "sakerhet"}, 12},
		{"tickets", []string{"servicedesk", "drift"}, 10},
		{"experience", []string{"mognad", "personal", "styrning"}, 10},
		{"services", []string{"etjanster", "ekonomi"}, 10},
	} {
		b.row(part.key)
		b.put(24, part.h, b.hereTable(part.key, part.areas))
	}
	b.row("charts")
	for _, id := range []string{"owner_reconciliation", "classification_coverage", "ticket_resolution_24h", "nki_it", "mfa_coverage", "network_disruption_time"} {
		b.put(8, 7, b.hereChart(id))
	}
	return b.answered()
}

// chooseUnit lets the reader choose among the förvaltningar that have figures.
// The municipality itself is a unit too, with hardly a row of its own.
func (b *board) chooseUnit() {
	const each = `kommunpuls_kpi_status{org_unit!="",dimension=""}`
	v := b.query("forvaltning", fmt.Sprintf(
		"query_result(count by (name, org_unit) (%[1]s * on (org_unit) group_left (name) max by (org_unit, name) (kommunpuls_org_unit_info)) > scalar(max(count by (org_unit) (%[1]s))) / 10)", each),
		`/name="(?<text>[^"]+)".*org_unit="(?<value>[^"]+)"/`)
	v.Label = some(b.w("unit"))
	b.variable(v)
	b.dash.Links = append(b.dash.Links, dashboard.DashboardLink{
		Title: b.w("work_list"), Type: dashboard.DashboardLinkTypeLink, Icon: "doc", Url: some(b.page("/forvaltning/${forvaltning}")), TargetBlank: true, Tags: []string{},
	})
}

// hereStat is a figure of the chosen förvaltning in words.
func (b *board) hereStat(id string) *panel {
	return b.saidStat("here "+id, id, here).headed("short " + id)
}

// hereTable is a line for each figure of some areas: here, and in the whole.
func (b *board) hereTable(key string, areas []string) *panel {
	title, ids := b.titleLabel(), b.divided(areas)
	names := strings.Join(ids, "|")
	has := fmt.Sprintf(` and on (kpi) kommunpuls_kpi_status{kpi=~%q,%s}`, names, here)
	each := fmt.Sprintf("max by (kpi) (kommunpuls_kpi_info{kpi=~%q})", names)
	local, all := 240.0, 266.0
	if slices.Contains(areas, "ekonomi") {
		local, all = 260, 284 // sums of money
	}
	return b.table(key).worded().
		rows(fmt.Sprintf("max by (kpi, %s) (kommunpuls_kpi_info{kpi=~%q})%s", title, names, has)).
		rows(b.said(figures{ids, here, "kpi", "said"})).
		rows("("+b.said(figures{ids, whole, "kpi", "all"})+")"+has).
		rows("("+orWord(b.saidTarget(figures{ids, whole, "kpi", "aim"}), each, "aim", b.w("no_target"))+")"+has).
		rows(fmt.Sprintf("max by (kpi, status) (kommunpuls_kpi_status{kpi=~%q,%s})", names, here)).
		cols(
			col{field: "kpi", hidden: true},
			col{field: title, name: b.w("figure"), props: props(leading(b.w("about"), b.page("/matt/${__data.fields.kpi}", "forvaltning=${forvaltning}"), true), prop("custom.minWidth", 200))},
			col{field: "said", name: b.w("here"), width: local},
			col{field: "all", name: b.w("whole"), width: all, props: props(blank("–"))},
			col{field: "aim", name: b.w("target"), width: 106},
			col{field: "status", name: b.w("outcome"), width: 214, props: props(saying(b.outcomes()), coloured())},
		).by(b.w("figure"), false)
}

// divided lists the figures of some areas that can be divided by förvaltning.
func (b *board) divided(areas []string) []string {
	var out []string
	for id, d := range b.kpis {
		byUnit := slices.ContainsFunc(d.Breakdowns, func(x catalogue.Breakdown) bool { return x.Dimension == "org_unit" })
		if byUnit && slices.Contains(areas, d.Area) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// hereChart is a figure of the förvaltning over time, with the whole as a
// broken grey line to compare with.
func (b *board) hereChart(id string) *panel {
	s := b.scaleOf(b.kpi(id).Unit)
	p := b.chart("chart here " + id).of(id).in(s).every(chartStep)
	b.overTime(p, fmt.Sprintf("{kpi=%q,%s}", id, here), s, false)
	if s.unit == unitShare {
		p.over(s.of("max("+seen("kommunpuls_kpi_value"+total(id))+")")+" or "+firstStep, b.w("whole"))
		p.as(b.w("whole"), dashed()...)
	}
	return p
}
