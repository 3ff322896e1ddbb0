package grafana

import "fmt"

// identitet is for those who answer for accounts, sign-in and who owns a system.
func identitet(o Options) *board {
	b := start(o, "identitet")
	share := b.scaleOf("share")
	b.row("sso")
	b.put(4, 4, b.kpiSaid("sso_coverage").headed("sso_top"))
	b.put(4, 4, b.besideSaid("sso_coverage", "all_systems").headed("sso_all"))
	b.put(4, 4, b.besideStat("sso_coverage", "systems_with").headed("sso_count"))
	b.put(4, 4, b.besideSaid("sso_coverage", "password_sync").headed("copied"))
	b.put(4, 4, b.kpiSaid("central_provisioning_coverage").headed("central"))
	b.put(4, 4, b.kpiSaid("remote_access_coverage").headed("vpn"))
	b.put(10, 8, b.kpiChart("sso_coverage"))
	b.put(7, 8, b.tiers("sso_coverage").headed("sso by tier"))
	b.put(7, 8, b.splitBars("sso_coverage").headed("sign_in"))

	b.row("mfa")
	b.put(4, 4, b.kpiSaid("mfa_coverage").headed("all"))
	b.put(4, 4, b.besideSaid("mfa_coverage", "admin").headed("admins"))
	b.put(4, 4, b.besideSaid("mfa_coverage", "employee").headed("employees"))
	b.put(4, 4, b.kpiSaid("strong_auth_staff_coverage").headed("cards"))
	b.put(8, 4, b.prose("small"))
	b.put(8, 11, b.strong())
	b.put(6, 11, b.keyBars("mfa_coverage", "category", share, 10).headed("strong by category"))
	b.put(10, 11, b.unitBars("mfa_coverage", share).headed("strong by unit"))

	b.row("accounts")
	b.put(4, 4, b.kpiSaid("stale_account_share").headed("stale"))
	b.put(4, 4, b.besideSaid("stale_account_share", "never_used"))
	b.put(4, 4, b.kpiStat("privileged_account_count").headed("powerful"))
	b.put(4, 4, b.stat("stale privileged").worded().unit(unitCount).from(1, bad).
		now(`max(kommunpuls_kpi_numerator{kpi="privileged_account_count",org_unit="",dimension="split",key="stale"})`, ""))
	b.put(4, 4, b.kpiStat("never_expiring_password_count").headed("everlasting"))
	b.put(4, 4, b.kpiSaid("account_directory_coverage").headed("in_directory"))
	b.put(8, 8, b.keyBars("stale_account_share", "category", share, 10).headed("stale by category"))
	b.put(8, 8, b.splitBars("privileged_account_count"))
	b.put(8, 8, b.keyBars("never_expiring_password_count", "category", b.scaleOf("count"), 10).headed("everlasting by category"))
	b.put(12, 7, b.kpiChart("stale_account_share"))
	b.put(12, 7, b.kpiChart("privileged_account_count"))

	b.owners()
	return b.answered()
}

// tiers is a figure by the municipality's own tiers, under its own names.
func (b *board) tiers(kpi string) *panel {
	return b.breakdown(kpi, "tier", b.scaleOf("share")).
		now("sort_desc("+keyed("kommunpuls_kpi_value"+byKey(kpi, "tier"))+")", "{{name}}")
}

// strong is strong sign-in over time, of all and of those who can do most harm.
func (b *board) strong() *panel {
	return b.kpiChart("mfa_coverage").
		over("max("+seen("kommunpuls_kpi_value"+beside("mfa_coverage", "admin"))+")", b.w("admins")).
		as(b.w("admins"), painted(bad))
}

// owners is whether systems have owners who are still there.
func (b *board) owners() {
	const id = "owner_reconciliation"
	b.row("owners")
	b.put(6, 4, b.kpiSaid(id))
	b.put(6, 4, b.kpiSaid("system_owner_coverage"))
	b.put(6, 4, b.kpiStat("owner_leaving").from(1, bad))
	b.put(6, 4, b.kpiSaid("system_role_completeness"))
	b.put(10, 11, b.splitBars(id).headed("why_not"))
	b.put(7, 11, b.tiers(id))
	b.put(7, 11, b.kpiChart(id))
	now := func(metric, kpi string) string {
		return units(fmt.Sprintf("kommunpuls_kpi_%s%s", metric, byUnit(kpi)))
	}
	whole := props(prop("decimals", 0))
	b.put(24, 12, b.table("units").worded().
		rows(now("denominator", id)).rows(now("numerator", id)).rows(now("value", id)).
		rows(now("value", "owner_leaving")+" or 0 * "+now("value", id)).
		rows(now("value", "sso_coverage")).
		rows(now("value", "mfa_coverage")).rows(now("value", "stale_account_share")).
		cols(
			col{field: "name", name: b.w("unit"), width: 235, props: props(leading(b.w("work_list"), b.page("/forvaltning/${__data.fields.org_unit}"), true))},
			col{field: "org_unit", hidden: true},
			col{field: "Value #A", name: b.w("systems"), width: 90, unit: unitCount}, col{field: "Value #B", name: b.w("still_here"), unit: unitCount},
			col{field: "Value #C", name: b.w("share"), width: 80, unit: unitShare, props: whole}, col{field: "Value #D", name: b.w("leaving")},
			col{field: "Value #E", name: b.w("sso"), width: 180, unit: unitShare, props: whole},
			col{field: "Value #F", name: b.w("strong"), unit: unitShare, props: whole}, col{field: "Value #G", name: b.w("stale"), unit: unitShare, props: whole},
		).by(b.w("systems"), true).whole("name", "–").atLeast(110))
}
