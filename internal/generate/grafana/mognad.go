package grafana

import "fmt"

// assessments lists the figures that somebody assessed by a named method.
func assessments() []string {
	return []string{
		"governance_maturity", "it_effectiveness_profile", "digital_maturity", "maturity_gap_to_peers", "cyber_check_level",
		"nki_it", "system_satisfaction_share", "eblomladan_score", "lika_score", "egov_profile",
	}
}

// mognad is maturity and targets: counts of outcomes, never a mean of levels.
func mognad(o Options) *board {
	b := start(o, "mognad")
	b.row("outcomes")
	b.put(24, 12, b.unitMatrix("matrix"))
	b.put(17, 13, b.table("areas").worded().counted(b.areaCounts(), "area", b.w("area")).by(b.w("area"), false).as(b.w("area"), prop("custom.width", 140)))
	b.put(7, 13, b.prose("reading"))
	b.row("goals")
	b.put(24, 9, b.goalTable("goals"))
	b.row("assessed")
	b.put(24, 12, b.figureTable("assessed", assessments()))
	b.put(12, 9, b.levels("governance_maturity"))
	b.put(12, 9, b.levels("nki_it"))
	b.row("waivers")
	b.put(4, 7, b.kpiStat("accepted_risk_count"))
	b.put(20, 7, b.waiverTable("waivers"))
	return b.answered()
}

// levels is an assessment by förvaltning, each beside the others and never averaged.
func (b *board) levels(kpi string) *panel {
	p := b.sideways("levels "+kpi).of(kpi).headed("levels "+kpi).unit(unitCount).decimals(1).now(fmt.Sprintf(
		`sort_desc(max by (name) (kommunpuls_kpi_value{kpi=%q,org_unit!="",dimension=""} * on (org_unit) group_left (name) max by (org_unit, name) (kommunpuls_org_unit_info)))`, kpi), "{{name}}")
	p.FieldConfig.Defaults.Min = some(0.0)
	if b.kpi(kpi).Unit == "score" {
		return p.most(4)
	}
	return p.most(100)
}
