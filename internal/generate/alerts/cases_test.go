package alerts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// ruleCase is a unit test of rules: series, and what is told at some moments.
type ruleCase struct {
	name   string
	series []series
	checks []check
}

type series struct{ name, values string }

// check is one alert at one moment after the beginning, by its name.
type check struct {
	at    time.Duration
	alert string
	want  []told
}

// told is one expected alert: the rule, and what it was told of.
type told struct {
	rule   string // the rule's id
	labels map[string]string
	value  float64
	each   []string
	users  int
}

// s is a series of the daemon.
func s(family, labels, values string) series {
	if labels != "" {
		labels = ", " + labels
	}
	if family != "up" {
		family = "kommunpuls_" + family
	}
	return series{fmt.Sprintf(`%s{job="kommunpuls", instance="kp"%s}`, family, labels), values}
}

// on are the labels that every alert of the daemon has, and more.
func on(more ...string) map[string]string {
	out := map[string]string{"job": "kommunpuls", "instance": "kp"}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

const minute = time.Minute

// site describes a site: its name and class.
func site(id, name, unit, class string) series {
	return s("site_info", fmt.Sprintf(`site=%q, name=%q, org_unit=%q, criticality=%q`, id, name, unit, class), "1x1500")
}

// down is a disruption at a site over some minutes, and none otherwise.
func down(id, unit string, from, minutes int) []series {
	labels := fmt.Sprintf(`site=%q, org_unit=%q`, id, unit)
	before := strings.Repeat("_ ", from)
	return []series{
		s("disruption_active", labels, fmt.Sprintf("%s1x%d stale", before, minutes-1)),
		s("disruption_start_timestamp_seconds", labels, fmt.Sprintf("%s%dx%d stale", before, from*60, minutes-1)),
	}
}

func networkCases() []ruleCase {
	station := on("site", "rtj", "name", "Brandstationen", "org_unit", "rtj", "criticality", "raddningstjanst")
	school := on("site", "skola", "name", "Centralskolan", "org_unit", "utb", "criticality", "normal")
	one := ruleCase{name: "a site of the most critical class pages after a minute, another notifies after five"}
	one.series = slices.Concat(down("rtj", "rtj", 10, 10), down("skola", "utb", 10, 10), []series{
		site("rtj", "Brandstationen", "rtj", "raddningstjanst"), site("skola", "Centralskolan", "utb", "normal"),
		s("disruption_users", `site="skola", org_unit="utb"`, "60x40"),
	})
	fire, told5 := told{alert.SiteDisruption + " (raddningstjanst)", station, 600, nil, 0}, told{alert.SiteDisruption + " (normal)", school, 600, nil, 60}
	one.checks = []check{
		{10 * minute, alert.SiteDisruption, nil},
		{11 * minute, alert.SiteDisruption, []told{fire}},
		{14 * minute, alert.SiteDisruption, []told{fire}},
		{15 * minute, alert.SiteDisruption, []told{fire, told5}},
		{20 * minute, alert.SiteDisruption, []told{fire, told5}}, // held on to for a minute
		{22 * minute, alert.SiteDisruption, nil},
		{15 * minute, alert.ManySitesDisrupted, nil},
	}

	restart := ruleCase{name: "a restart of Prometheus does not begin the time anew, and a site that nobody described is told of by its own word"}
	restart.series = []series{s("disruption_start_timestamp_seconds", `site="Norra skolan", org_unit=""`, "-600x30")}
	restart.checks = []check{{0, alert.SiteDisruption, []told{{alert.SiteDisruption + " (ovriga)", on("site", "Norra skolan", "name", "Norra skolan"), -600, nil, 0}}}}

	planned := ruleCase{name: "planned work never alerts, and neither does a site that a blind measuring point watches alone"}
	planned.series = slices.Concat(
		[]series{s("disruption_planned", `site="bad", org_unit="kof"`, "1x40"), s("disruption_start_timestamp_seconds", `site="bad", org_unit="kof"`, "0x40")},
		down("rtj", "rtj", 1, 39), down("skola", "utb", 1, 39),
		[]series{
			site("bad", "Simhallen", "kof", "raddningstjanst"), site("rtj", "Brandstationen", "rtj", "raddningstjanst"), site("skola", "Centralskolan", "utb", "normal"),
			s("site_point_info", `site="rtj", point="norr"`, "1x40"), s("site_point_info", `site="skola", point="norr"`, "1x40"), s("site_point_info", `site="skola", point="syd"`, "1x40"),
			s("probe_blind", `point="norr"`, "1x20 0x20"), s("probe_blind", `point="syd"`, "0x40"),
		})
	point := told{alert.MeasuringBlind, on("point", "norr"), 1, nil, 0}
	school2 := told{alert.SiteDisruption + " (normal)", school, 60, nil, 0}
	planned.checks = []check{
		{minute, alert.MeasuringBlind, nil},
		{3 * minute, alert.MeasuringBlind, []told{point}},
		{10 * minute, alert.SiteDisruption, []told{school2}},
		{25 * minute, alert.SiteDisruption, []told{{alert.SiteDisruption + " (raddningstjanst)", station, 60, nil, 0}, school2}},
		{25 * minute, alert.MeasuringBlind, nil},
	}

	many := ruleCase{name: "five sites at once are one alert, four are not"}
	names := []string{"Aspskolan", "Björkskolan", "Cedern", "Dungen", "Eken"}
	for i, n := range names {
		from := 2
		if i == 4 {
			from = 5
		}
		many.series = append(many.series, site(n[:1], n, "utb", "normal"))
		many.series = append(many.series, down(n[:1], "utb", from, 15)...)
	}
	five := told{alert.ManySitesDisrupted, on(), 5, names, 0}
	many.checks = []check{
		{5 * minute, alert.ManySitesDisrupted, nil},
		{6 * minute, alert.ManySitesDisrupted, []told{five}},
		{16 * minute, alert.ManySitesDisrupted, []told{five}},
		{19 * minute, alert.ManySitesDisrupted, nil},
	}
	return []ruleCase{one, restart, planned, many}
}

// flow is what came and left in an hour and in a week.
func flow(queue, opened, resolved, week string) []series {
	q := fmt.Sprintf("queue=%q, ", queue)
	return []series{
		s("tickets_opened", q+`window="1h"`, opened), s("tickets_resolved", q+`window="1h"`, resolved), s("tickets_opened", q+`window="7d"`, week),
	}
}

func ticketCases() []ruleCase {
	queue := on("queue", "1:a linjen")
	alone := ruleCase{name: "a queue grows when more comes than is solved, and more than usual"}
	alone.series = slices.Concat(flow("1:a linjen", "4x10 18x30", "4x40", "180x40"), flow("Beställningar", "40x40", "20x40", "1800x40"))
	alone.checks = []check{
		{10 * minute, alert.QueueGrowing, nil},
		{12 * minute, alert.QueueGrowing, []told{{alert.QueueGrowing, queue, 14, nil, 0}}},
	}

	gf40 := ruleCase{name: "räddningstjänsten loses the network three times in an hour, then the queue goes from 5 to 40: the network is told of first, the queue follows in the same incident"}
	station := on("site", "rtj", "name", "Brandstationen", "org_unit", "rtj", "criticality", "raddningstjanst")
	gf40.series = slices.Concat(
		[]series{
			site("rtj", "Brandstationen", "rtj", "raddningstjanst"),
			{`kommunpuls_disruption_active{job="kommunpuls", instance="kp", site="rtj", org_unit="rtj"}`, "_x9 1x5 stale _x12 1x5 stale _x12 1x5 stale"},
			{`kommunpuls_disruption_start_timestamp_seconds{job="kommunpuls", instance="kp", site="rtj", org_unit="rtj"}`, "_x9 600x5 stale _x12 1800x5 stale _x12 3000x5 stale"},
			s("tickets_open", `queue="1:a linjen", priority="2"`, "5x29 8+4x8 40x110"),
			s("ticket_wait_seconds", `user_group="Personal"`, "240x30 3300x120"),
		},
		flow("1:a linjen", "4x29 8+4x8 40x20 4x100", "4x160", "180x160"))
	first, again := told{alert.SiteDisruption + " (raddningstjanst)", station, 600, nil, 0}, told{alert.SiteDisruption + " (raddningstjanst)", station, 1800, nil, 0}
	grown := told{alert.QueueGrowing + " (storning)", queue, 36, nil, 0}
	gf40.checks = []check{
		{9 * minute, alert.SiteDisruption, nil},
		{12 * minute, alert.SiteDisruption, []told{first}},
		{12 * minute, alert.QueueGrowing, nil},
		{20 * minute, alert.SiteDisruption, nil},
		{32 * minute, alert.SiteDisruption, []told{again}},
		{32 * minute, alert.QueueGrowing, []told{{alert.QueueGrowing + " (storning)", queue, 12, nil, 0}}},
		{45 * minute, alert.QueueGrowing, []told{grown}},
		{45 * minute, alert.WaitingTooLong, nil}, // 55 minutes is within a working day
		{100 * minute, alert.QueueGrowing, nil},
	}

	late := ruleCase{name: "the oldest ticket, the wait of teachers and of others, and the share solved within a day"}
	kpi := func(rest, values string) series {
		return s("kpi_value", `kpi="ticket_resolution_24h", org_unit="", `+rest, values)
	}
	late.series = []series{
		s("ticket_oldest_open_timestamp_seconds", `queue="1:a linjen"`, "-3456000x60"), s("ticket_oldest_open_timestamp_seconds", `queue="Beställningar"`, "-86400x60"),
		s("ticket_wait_seconds", `user_group="Lärare"`, "10800x30 3600x40"), s("ticket_wait_seconds", `user_group="Personal"`, "10800x30 36000x40"),
		s("ticket_wait_seconds", `user_group=""`, "999999x60"),
		kpi(`dimension="", key=""`, "0.71x60"), kpi(`dimension="also", key="last_30_days"`, "0.70x20 0.5x40"),
	}
	late.checks = []check{
		{14 * minute, alert.QueueTooOld, nil},
		{20 * minute, alert.QueueTooOld, []told{{alert.QueueTooOld, queue, 3456000 + 1200, nil, 0}}},
		{14 * minute, alert.WaitingTooLong, nil},
		{20 * minute, alert.WaitingTooLong, []told{{alert.WaitingTooLong + " (Lärare)", on("user_group", "Lärare"), 10800, nil, 0}}},
		{50 * minute, alert.WaitingTooLong, []told{{alert.WaitingTooLong, on("user_group", "Personal"), 36000, nil, 0}}},
		{20 * minute, alert.DayShareFalling, nil},
		{50 * minute, alert.DayShareFalling, []told{{alert.DayShareFalling, on("kpi", "ticket_resolution_24h"), 0.71 - 0.5, nil, 0}}},
	}
	return []ruleCase{alone, gf40, late}
}

func figureCases() []ruleCase {
	cell := func(kpi string) string { return fmt.Sprintf(`kpi=%q, org_unit="", dimension="", key=""`, kpi) }
	info := func(kpi, unit, sv, en string) series {
		return s("kpi_info", fmt.Sprintf(`kpi=%q, unit=%q, direction="up", area="a", title=%q, title_en=%q`, kpi, unit, sv, en), "1x60")
	}
	c := ruleCase{name: "figures below their targets and figures that became worse, decisions that expire"}
	c.series = []series{
		info("system_owner_coverage", "share", "Andel system med utsedd ägare", "Systems with an owner"),
		info("service_desk_wait_time", "seconds", "Väntetid", "Waiting time"), info("printer_count", "count", "Skrivare", "Printers"),
		s("kpi_value", cell("system_owner_coverage"), "0.1528x60"), s("kpi_status", cell("system_owner_coverage")+`, status="not_met"`, "1x60"),
		s("kpi_value", cell("service_desk_wait_time"), "7500x60"), s("kpi_status", cell("service_desk_wait_time")+`, status="not_met"`, "1x60"),
		info("grade", "score", "Betyg", "Grade"), info("cost", "sek", "Kostnad", "Cost"),
		s("kpi_value", cell("grade"), "1.9x60"), s("kpi_status", cell("grade")+`, status="not_met"`, "1x60"),
		s("kpi_value", cell("cost"), "141722x60"), s("kpi_status", cell("cost")+`, status="not_met"`, "1x60"),
		s("kpi_value", cell("printer_count"), "390x60"), s("kpi_status", cell("printer_count")+`, status="met"`, "1x60"),
		s("kpi_value", `kpi="printer_count", org_unit="soc", dimension="", key=""`, "200x60"), s("kpi_status", `kpi="printer_count", org_unit="soc", dimension="", key="", status="not_met"`, "1x60"),
		s("kpi_trend", `kpi="printer_count", period="month", trend="worse"`, "1x60"), s("kpi_trend", `kpi="service_desk_wait_time", period="year", trend="worse"`, "1x60"),
		s("waiver_expiry_timestamp_seconds", `kpi="policy_currency", scope="", decision="KS 2026/145, § 62"`, "3000000x60"),
		s("waiver_expiry_timestamp_seconds", `kpi="", scope="soc", decision="KS 2026/2"`, "9000000x60"), s("waiver_expiry_timestamp_seconds", `kpi="x", scope="", decision="KS 2020/1"`, "60x60"),
	}
	titled := func(kpi, unit, sv, en string) map[string]string {
		return on("kpi", kpi, "org_unit", "", "dimension", "", "key", "", "unit", unit, "title", sv, "title_en", en)
	}
	c.checks = []check{
		{14 * minute, alert.FigureBelowTarget, nil},
		{16 * minute, alert.FigureBelowTarget, []told{
			{alert.FigureBelowTarget, titled("system_owner_coverage", "share", "Andel system med utsedd ägare", "Systems with an owner"), 0.1528, nil, 0},
			{alert.FigureBelowTarget, titled("service_desk_wait_time", "seconds", "Väntetid", "Waiting time"), 7500, nil, 0},
			{alert.FigureBelowTarget, titled("grade", "score", "Betyg", "Grade"), 1.9, nil, 0},
			{alert.FigureBelowTarget, titled("cost", "sek", "Kostnad", "Cost"), 141722, nil, 0},
		}},
		{14 * minute, alert.FigureWorse, nil},
		{16 * minute, alert.FigureWorse, []told{{alert.FigureWorse, on("kpi", "printer_count", "period", "month", "trend", "worse", "unit", "count", "title", "Skrivare", "title_en", "Printers"), 1, nil, 0}}},
		{2 * minute, alert.WaiverExpiring, []told{{alert.WaiverExpiring, on("kpi", "policy_currency", "scope", "", "decision", "KS 2026/145, § 62"), 3000000 - 120, nil, 0}}},
	}
	return []ruleCase{c}
}

func sourceCases() []ruleCase {
	src := func(name string) string { return fmt.Sprintf(`source=%q, type="table"`, name) }
	at := func(name string) map[string]string { return on("source", name, "type", "table") }
	late := ruleCase{name: "a source that is late, or was never read, content that is old, rows refused and collections held"}
	for _, n := range []string{"i tid", "sen", "aldrig"} {
		late.series = append(late.series, s("source_interval_seconds", src(n), "900x120"), s("source_last_start_timestamp_seconds", src(n), "0x120"))
	}
	late.series = append(late.series,
		s("source_last_success_timestamp_seconds", src("i tid"), "0+60x120"), s("source_last_success_timestamp_seconds", src("sen"), "0x120"),
		s("source_content_timestamp_seconds", src("i tid"), "-7776000x120"), s("source_content_max_age_seconds", src("i tid"), "7000000x120"),
		s("source_content_timestamp_seconds", src("sen"), "-1000x120"), s("source_content_max_age_seconds", src("sen"), "7000000x120"),
		s("source_content_timestamp_seconds", src("aldrig"), "-99999999x120"),
		s("source_rows", src("i tid")+`, result="seen"`, "100x120"), s("source_rows", src("i tid")+`, result="refused"`, "4x40 8x80"),
		s("source_rows", src("sen")+`, result="seen"`, "10x120"), s("source_rows", src("sen")+`, result="refused"`, "4x120"),
		s("source_held", src("i tid"), "0x10 1x110"),
	)
	late.checks = []check{
		{14 * minute, alert.SourceLate, nil},
		{40 * minute, alert.SourceLate, []told{{alert.SourceLate, at("aldrig"), 2400, nil, 0}}},
		{50 * minute, alert.SourceLate, []told{{alert.SourceLate, at("aldrig"), 3000, nil, 0}, {alert.SourceLate, at("sen"), 3000, nil, 0}}},
		{14 * minute, alert.ContentOld, nil},
		{16 * minute, alert.ContentOld, []told{{alert.ContentOld, at("i tid"), 7776000 + 960, nil, 0}}},
		{40 * minute, alert.RefusedRows, nil},
		{60 * minute, alert.RefusedRows, []told{{alert.RefusedRows, at("i tid"), 0.08, nil, 0}}},
		{10 * minute, alert.CollectionHeld, nil},
		{12 * minute, alert.CollectionHeld, []told{{alert.CollectionHeld, at("i tid"), 1, nil, 0}}},
	}
	return []ruleCase{late}
}

func serviceCases() []ruleCase {
	gone := ruleCase{name: "nothing is scraped", checks: []check{
		{minute, alert.DaemonDown, nil},
		{3 * minute, alert.DaemonDown, []told{{alert.DaemonDown, map[string]string{"job": "kommunpuls"}, 1, nil, 0}}},
	}}
	c := ruleCase{name: "the daemon stops for a while, its figures grow old, what it sends does not get through"}
	c.series = []series{
		s("up", "", "1x10 0x10 1x100"), s("evaluation_timestamp_seconds", "", "0x200"),
		s("otlp_up", `signal="metrics"`, "0x40 1x80"), s("otlp_up", `signal="traces"`, "1x120"),
		s("notify_up", `channel="mail"`, "1x20 0x100"),
	}
	c.checks = []check{
		{12 * minute, alert.DaemonDown, nil},
		{14 * minute, alert.DaemonDown, []told{{alert.DaemonDown, on(), 0, nil, 0}}},
		{25 * minute, alert.DaemonDown, nil},
		{60 * minute, alert.FiguresOld, nil},
		{90 * minute, alert.FiguresOld, []told{{alert.FiguresOld, on(), 5400, nil, 0}}},
		{14 * minute, alert.ExportFailing, nil},
		{16 * minute, alert.ExportFailing, []told{{alert.ExportFailing, on("signal", "metrics"), 0, nil, 0}}},
		{50 * minute, alert.ExportFailing, nil},
		{30 * minute, alert.NotifierFailing, nil},
		{40 * minute, alert.NotifierFailing, []told{{alert.NotifierFailing, on("channel", "mail"), 0, nil, 0}}},
	}
	return []ruleCase{gone, c}
}

// monthCase needs a month of time, so it is evaluated by the hour.
func monthCase() ruleCase {
	cell := `kpi="sso_coverage", org_unit="", dimension="", key=""`
	return ruleCase{
		name: "a figure that fell a level within four weeks has become worse",
		series: []series{
			s("kpi_info", `kpi="sso_coverage", unit="share", direction="up", area="a", title="System med samlad inloggning", title_en="Systems with single sign-on"`, "1x800"),
			s("kpi_level", cell, "3x400 2x400"),
		},
		checks: []check{
			{300 * time.Hour, alert.FigureWorse, nil},
			{700 * time.Hour, alert.FigureWorse, []told{{alert.FigureWorse, on("kpi", "sso_coverage", "org_unit", "", "dimension", "", "key", "", "unit", "share", "title", "System med samlad inloggning", "title_en", "Systems with single sign-on"), 1, nil, 0}}},
		},
	}
}
