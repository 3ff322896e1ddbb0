package alert

import (
	"strconv"
)

// disrupted is the start of each disruption that may be told of, one series a
// site. What is planned never is, and neither is a site all of whose measuring
// points are blind: nobody knows how it is there.
const disrupted = `min by (job, instance, site) (kommunpuls_disruption_start_timestamp_seconds` +
	` unless on (job, instance, site, org_unit) kommunpuls_disruption_planned)` +
	` unless on (job, instance, site) (min by (job, instance, site) (kommunpuls_site_point_info` +
	` * on (job, instance, point) group_left () kommunpuls_probe_blind) == 1)`

// named gives the disruptions the names and classes of their sites.
func named(classes string) string {
	return `(` + disrupted + `) * on (job, instance, site) group_left (name, org_unit, criticality) kommunpuls_site_info` + classes
}

// nameless are the disruptions of sites that nobody has described.
const nameless = `label_replace((` + disrupted + `) unless on (job, instance, site) kommunpuls_site_info, "name", "$1", "site", "(.+)")`

func networkRules(s Settings) []Rule {
	var out []Rule
	names := make([]string, 0, len(s.Classes))
	for _, c := range s.Classes {
		out = append(out, siteRule(s, c, named(`{criticality=`+label(c.Name)+`}`)))
		names = append(names, c.Name)
	}
	rest := s.Other
	rest.Name = "ovriga"
	out = append(out, siteRule(s, rest, named(`{criticality!~`+anyOf(names)+`}`)+` or `+nameless))
	return append(out, manyRule(s), blindRule(s))
}

// lasting keeps those that have lasted so long, by their own start: a restart
// of the daemon or of Prometheus does not begin the time anew.
func lasting(expr string, c Class) string {
	if c.After <= 0 {
		return expr
	}
	return `(` + expr + `) <= time() - ` + seconds(c.After)
}

func siteRule(s Settings, c Class, expr string) Rule {
	return Rule{
		Name: SiteDisruption, Variant: c.Name, Group: Network, Severity: c.Severity, Owner: Operations, Incident: NetworkIncident,
		Expr: lasting(expr, c), Keep: s.Keep,
		Summary: words("Störning i nätet på {name}", "Network disruption at {name}"),
		Description: words(
			"Nätet på {name} har inte fungerat sedan {value:clock}.{users} Planerade arbeten larmar aldrig.",
			"The network at {name} has been down since {value:clock}.{users} Planned work never alerts."),
		Notice: words(
			"Störning i nätet på {name} sedan {value:clock}. Felsökning pågår. Nytt besked {next}.",
			"Network disruption at {name} since {value:clock}. We are looking for the fault. More news at {next}."),
		Users: `max by (job, instance, site) (kommunpuls_disruption_users)`,
		Link:  s.page("/storningar"),
	}
}

func manyRule(s Settings) Rule {
	every := Class{After: s.Many.After}
	all := lasting(named("")+" or "+nameless, every)
	return Rule{
		Name: ManySitesDisrupted, Group: Network, Severity: Page, Owner: Operations, Incident: NetworkIncident,
		Expr: `count by (job, instance) (` + lasting(disrupted, every) + `) >= ` + strconv.Itoa(s.Many.Sites), Keep: s.Keep,
		Summary: words("Störning i nätet på {value} platser samtidigt", "Network disruption at {value} sites at once"),
		Description: words(
			"Nätet ligger nere på {value} platser: {each}. Felet är troligen gemensamt för dem; de larmas inte en och en.",
			"The network is down at {value} sites: {each}. The fault is probably one they share; they are not told of one by one."),
		Notice: words(
			"Störning i nätet på {value} platser: {each}. Felsökning pågår. Nytt besked {next}.",
			"Network disruption at {value} sites: {each}. We are looking for the fault. More news at {next}."),
		Each: all,
		Link: s.page("/storningar"),
	}
}

func blindRule(s Settings) Rule {
	return Rule{
		Name: MeasuringBlind, Group: Network, Severity: Notify, Owner: Operations,
		Expr: `kommunpuls_probe_blind == 1`, For: s.BlindAfter,
		Summary: words("Mätpunkten {point} ser ingenting", "The measuring point {point} sees nothing"),
		Description: words(
			"Mätpunkten {point} når inte ut ur sitt eget nät. Hur platserna som den mäter har det vet vi inte; de larmar inte så länge.",
			"The measuring point {point} cannot reach beyond its own network. We do not know how the sites that it watches are; they do not alert meanwhile."),
		Link: s.page("/storningar"),
	}
}
