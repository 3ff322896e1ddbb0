package alert

import (
	"strconv"
)

const total = `org_unit="", dimension="", key=""`

func figureRules(s Settings) []Rule {
	which := total
	if len(s.FiguresWanted) > 0 {
		which = `kpi=~` + anyOf(s.FiguresWanted) + `, ` + total
	}
	onlyKPI := ""
	if len(s.FiguresWanted) > 0 {
		onlyKPI = `kpi=~` + anyOf(s.FiguresWanted) + `, `
	}
	const cell = `on (job, instance, kpi, org_unit, dimension, key)`
	const titled = ` * on (job, instance, kpi) group_left (title, title_en, unit) kommunpuls_kpi_info`
	mail := Rule{Group: Figures, Severity: Mail, Owner: Chief, For: s.slow()}

	below := mail
	below.Name = FigureBelowTarget
	below.Expr = `(kommunpuls_kpi_value{` + which + `} and ` + cell + ` kommunpuls_kpi_status{` + which + `, status="not_met"})` + titled
	below.Summary = words("{title}: målet nås inte", "{title_en}: the target is not met")
	below.Description = words(
		"{title} är {value:figure}, och det beslutade målet nås inte. Står i månadsbrevet, larmar aldrig jouren.",
		"{title_en} is {value:figure}, and the decided target is not met. Stands in the monthly letter, never alerts those on call.")
	below.Link = s.page("/matt/{kpi}")

	worse := mail
	worse.Name = FigureWorse
	worse.Expr = `((kommunpuls_kpi_level{` + which + `} offset 28d - ` + `kommunpuls_kpi_level{` + which + `}) >= ` + strconv.Itoa(s.LevelStep) +
		` or ignoring (org_unit, dimension, key, period, trend) kommunpuls_kpi_trend{` + onlyKPI + `period="month", trend="worse"})` + titled
	worse.Summary = words("{title} har blivit sämre", "{title_en} has become worse")
	worse.Description = words(
		"{title} har på en månad sjunkit en målnivå eller försämrats mer än vad slumpen gör. Raderna visar vad som har ändrats.",
		"{title_en} has within a month fallen a level or become worse by more than chance. The rows show what has changed.")
	worse.Link = s.page("/matt/{kpi}")

	waiver := mail
	waiver.Name, waiver.For = WaiverExpiring, 0
	waiver.Expr = `kommunpuls_waiver_expiry_timestamp_seconds - time() < ` + seconds(s.WaiverWarning) + ` and kommunpuls_waiver_expiry_timestamp_seconds > time()`
	waiver.Summary = words("En godtagen brist löper snart ut ({decision})", "An accepted shortfall expires soon ({decision})")
	waiver.Description = words(
		"Beslutet {decision} som godtar en brist gäller {value:span} till. Därefter räknas den åter som en brist.",
		"The decision {decision} that accepts a shortfall holds for another {value:span}. After that it counts as a shortfall again.")
	waiver.Link = s.page("/")

	return []Rule{below, worse, waiver}
}
