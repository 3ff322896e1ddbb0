package grafana

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
)

// servicedesk is for those who lead the service desk: the queue, the waiting
// and what comes in.
func servicedesk(o Options) *board {
	b := start(o, "servicedesk")
	b.row("now")
	b.put(4, 4, b.kpiStat("service_desk_queue_length"))
	b.put(4, 4, b.besideStat("service_desk_queue_length", "older_than_30_days").from(1, bad))
	b.put(4, 4, b.besideStat("service_desk_queue_length", "waiting_for_user").headed("waiting_for_user"))
	b.put(4, 4, b.stat("oldest").worded().in(b.days()).now("(time() - min(kommunpuls_ticket_oldest_open_timestamp_seconds)) / 86400", ""))
	b.put(4, 4, b.besideSaid("ticket_resolution_24h", "last_30_days").headed("day_now"))
	b.put(4, 4, b.kpiSaid("ticket_quality").headed("reopened"))
	b.queue()
	b.flow()
	b.waiting()
	b.withinADay()
	b.row("causes")
	b.put(14, 11, b.systemTable())
	b.put(10, 11, b.keyBars("ticket_quality", "category", b.scaleOf("share"), 12).headed("reopened by category"))
	b.row("units")
	b.put(24, 11, b.ticketUnits())
	return b.answered()
}

// queue is who waits now, by age, priority and queue.
func (b *board) queue() {
	b.row("queue")
	age := b.sideways("age").worded().unit(unitCount)
	for _, key := range ages(b.kpi("service_desk_queue_length")) {
		age.now(fmt.Sprintf(`max(kommunpuls_kpi_value{kpi="service_desk_queue_length",org_unit="",dimension="age",key=%q})`, key), b.w("age "+key))
	}
	b.put(5, 8, age)
	b.put(5, 8, b.priorities(b.sideways("priority").worded().unit(unitCount), "sum by (priority) (kommunpuls_tickets_open)", "priority"))
	b.put(14, 8, b.table("queues").worded().
		rows("sum by (queue) (kommunpuls_tickets_open)").
		rows("1000 * min by (queue) (kommunpuls_ticket_oldest_open_timestamp_seconds)").
		rows(`sum by (queue) (kommunpuls_tickets_opened{window="1d"})`).
		rows(`sum by (queue) (kommunpuls_tickets_resolved{window="1d"})`).
		rows(`sum by (queue) (kommunpuls_tickets_opened{window="7d"})`).
		rows(`sum by (queue) (kommunpuls_tickets_resolved{window="7d"})`).
		cols(
			col{field: "queue", name: b.w("queue")},
			col{field: "Value #A", name: b.w("open"), width: 72, unit: unitCount}, col{field: "Value #B", name: b.w("oldest_in"), unit: unitTime, width: 142},
			col{field: "Value #C", name: b.w("in_1d"), width: 82, unit: unitCount}, col{field: "Value #D", name: b.w("out_1d"), width: 82, unit: unitCount},
			col{field: "Value #E", name: b.w("in_7d"), width: 82, unit: unitCount}, col{field: "Value #F", name: b.w("out_7d"), width: 82, unit: unitCount},
		).by(b.w("open"), true).whole("queue", "–"))
	b.put(24, 8, b.queueByAge())
}

// priorities draws a bar for each priority, in their own order: by the label
// that names them.
func (b *board) priorities(p *panel, expr, label string) *panel {
	p.rows(replace(expr, label, b.w("priority")+" $1", "(.*)"))
	p.Options.(*bargauge.Options).ReduceOptions.Values = some(true)
	return p.cols(col{field: label}, col{field: "Value"}).by(label, false)
}

// queueByAge is the queue over time, its age as layers.
func (b *board) queueByAge() *panel {
	p := b.chart("by age").worded().unit(unitCount).every(chartStep).stacked()
	var names []string
	for _, key := range ages(b.kpi("service_desk_queue_length")) {
		names = append(names, b.w("age "+key))
		p.over("max("+seen(fmt.Sprintf(`kommunpuls_kpi_value{kpi="service_desk_queue_length",org_unit="",dimension="age",key=%q}`, key))+")", b.w("age "+key))
	}
	layers := []string{"super-light-blue", "light-blue", "blue", "dark-blue"} // the older the darker
	for i, n := range names {
		c := layers[min(i, len(layers)-1)]
		if i == len(names)-1 {
			c = "dark-orange"
		}
		p.as(n, painted(c))
	}
	return p
}

// The queue is forecast from four weeks, a week ahead.
const (
	forecastFrom  = "28d"
	forecastAhead = 7 * 24 * 3600
)

// forecast is what the queue comes to in a week, if it goes on as in the past
// four; offset says when that was forecast.
func forecast(offset string) string {
	past := "max(last_over_time(kommunpuls_kpi_value" + total("service_desk_queue_length") + "[6h]))"
	return fmt.Sprintf("clamp_min(predict_linear((%s)[%s:6h]%s, %d), 0)", past, forecastFrom, offset, forecastAhead)
}

// flow is what comes in against what is done, and where that leads.
func (b *board) flow() {
	b.row("flow")
	b.put(4, 5, b.stat("in week").worded().unit(unitCount).now(`sum(kommunpuls_tickets_opened{window="7d"})`, ""))
	b.put(4, 5, b.stat("out week").worded().unit(unitCount).now(`sum(kommunpuls_tickets_resolved{window="7d"})`, ""))
	b.put(4, 5, b.stat("growth").worded().unit(unitCount).from(1, bad).
		now(`sum(kommunpuls_tickets_opened{window="7d"}) - sum(kommunpuls_tickets_resolved{window="7d"})`, ""))
	b.put(4, 5, b.stat("forecast").worded().unit(unitCount).decimals(0).now(forecast(""), ""))
	b.put(8, 5, b.prose("forecast rule"))
	flow := b.chart("flow").worded().unit(unitCount).lately("30d").every(chartStep).
		over("sum("+seen(`kommunpuls_tickets_opened{window="1d"}`)+")", b.w("in")).
		over("sum("+seen(`kommunpuls_tickets_resolved{window="1d"}`)+")", b.w("out"))
	b.put(12, 8, flow.painting(b.w("in"), b.w("out")))
	held := b.chart("held").worded().unit(unitCount).lately("90d").every("6h").
		over("max("+seen("kommunpuls_kpi_value"+total("service_desk_queue_length"))+")", b.w("became")).
		over(forecast(" offset 7d"), b.w("forecast"))
	b.put(12, 8, held.as(b.w("forecast"), dashed()...))
}

// waiting is how long people wait, by both clocks.
func (b *board) waiting() {
	b.row("waiting")
	ids := together("service_desk_wait_time", "ticket_lead_time", "order_lead_time", "pc_delivery_lead_time")
	hours := func(sel string) string {
		return fmt.Sprintf(`max by (kpi) (kommunpuls_kpi_value{kpi=~%q,org_unit="",%s}) / 3600`, ids, sel)
	}
	unit := suffix(b.w("hours"))
	title := b.titleLabel()
	b.put(24, 7, b.table("times").worded().
		rows(b.titled(hours(`dimension=""`))).
		rows(b.titled(hours(`dimension="also",key="p90"`))).
		rows(b.titled(hours(`dimension="also",key="working_hours"`))).
		rows(b.titled(hours(`dimension="also",key="working_hours_p90"`))).
		cols(
			col{field: title, name: b.w("time"), props: props(leading(b.w("about"), b.page("/matt/${__data.fields.kpi}"), true))},
			col{field: "kpi", hidden: true},
			col{field: "Value #A", name: b.w("half"), unit: unit, width: 115}, col{field: "Value #B", name: b.w("nine"), unit: unit, width: 130},
			col{field: "Value #C", name: b.w("half_working"), unit: unit, width: 150}, col{field: "Value #D", name: b.w("nine_working"), unit: unit, width: 160},
		).decimals(1).whole("kpi", "-"))
	b.put(8, 8, b.keyBars("service_desk_wait_time", "user_group", b.minutes(), 10).decimals(0).headed("wait by group"))
	wait := b.chart("wait").of("service_desk_wait_time").in(b.minutes()).every(chartStep).
		over("max("+seen("kommunpuls_kpi_value"+total("service_desk_wait_time"))+") / 60", b.w("half")).
		over("max("+seen("kommunpuls_kpi_value"+beside("service_desk_wait_time", "p90"))+") / 60", b.w("nine")).
		over("max("+seen("kommunpuls_kpi_value"+beside("service_desk_wait_time", "working_hours_p90"))+") / 60", b.w("nine_working"))
	b.put(8, 8, wait.painting(b.w("half"), b.w("nine"), b.w("nine_working")))
	lead := b.chart("lead").of("ticket_lead_time").in(b.days()).every(chartStep).
		over("max("+seen("kommunpuls_kpi_value"+total("ticket_lead_time"))+") / 86400", b.w("half")).
		over("max("+seen("kommunpuls_kpi_value"+beside("ticket_lead_time", "p90"))+") / 86400", b.w("nine")).
		over("max("+seen("kommunpuls_kpi_value"+beside("ticket_lead_time", "working_hours"))+") / 86400", b.w("half_working"))
	b.put(8, 8, lead.painting(b.w("half"), b.w("nine"), b.w("half_working")))
}

// withinADay is the share solved within a day, against the municipality's target.
func (b *board) withinADay() {
	b.row("day")
	b.put(10, 8, b.kpiChart("ticket_resolution_24h"))
	byPriority := b.sideways("day by priority").of("ticket_resolution_24h").in(b.scaleOf("share")).headed("day by priority")
	b.put(6, 8, b.priorities(byPriority, keyed("kommunpuls_kpi_value"+byKey("ticket_resolution_24h", "priority")), "name"))
	b.put(8, 8, b.keyBars("ticket_resolution_24h", "category", b.scaleOf("share"), 12).headed("day by category"))
}

// systemTable is the systems with most tickets.
func (b *board) systemTable() *panel {
	of := func(family string) string {
		return keyed(fmt.Sprintf(`kommunpuls_kpi_%s{kpi="tickets_per_system",org_unit="",dimension="system",key!~"|_rest"}`, family))
	}
	return b.table("systems").worded().
		rows("topk(20, "+of("numerator")+")").rows(of("denominator")).rows(of("value")).
		cols(
			col{field: "name", name: b.w("system")}, col{field: "Value #A", name: b.w("tickets"), width: 110, unit: unitCount},
			col{field: "Value #B", name: b.w("users"), width: 110, unit: unitCount}, col{field: "Value #C", name: b.w("per_hundred_users"), width: 170, props: props(prop("decimals", 1))},
		).by(b.w("tickets"), true).whole("name", "–").link(b.w("rows"), b.page("/matt/tickets_per_system/underlag"))
}

// ticketUnits is a line for each förvaltning.
func (b *board) ticketUnits() *panel {
	now := func(kpi string, s scale) string { return units(s.of("kommunpuls_kpi_value" + byUnit(kpi))) }
	share := props(prop("decimals", 0))
	return b.table("units").worded().
		rows(now("service_desk_queue_length", b.scaleOf("count"))).
		rows(now("ticket_resolution_24h", b.scaleOf("share"))).
		rows(now("service_desk_wait_time", b.minutes())).
		rows(now("ticket_lead_time", b.days())).
		rows(now("order_lead_time", b.days())).
		rows(now("ticket_quality", b.scaleOf("share"))).
		rows(now("tickets_per_system", b.scaleOf("per_hundred"))).
		cols(
			col{field: "name", name: b.w("unit"), width: 235, props: props(leading(b.w("work_list"), b.page("/forvaltning/${__data.fields.org_unit}"), true))},
			col{field: "org_unit", hidden: true},
			col{field: "Value #A", name: b.w("open"), width: 90, unit: unitCount}, col{field: "Value #B", name: b.w("day_share"), unit: unitShare, props: share},
			col{field: "Value #C", name: b.w("wait"), unit: suffix(b.w("minutes")), props: share},
			col{field: "Value #D", name: b.w("lead"), unit: suffix(b.w("days")), props: props(prop("decimals", 1))},
			col{field: "Value #E", name: b.w("order_lead"), unit: suffix(b.w("days")), props: props(prop("decimals", 1))},
			col{field: "Value #F", name: b.w("reopened"), unit: unitShare, props: share},
			col{field: "Value #G", name: b.w("per_hundred_users"), props: props(prop("decimals", 1))},
		).by(b.w("open"), true).whole("name", "–").atLeast(110)
}
