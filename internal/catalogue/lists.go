package catalogue

import (
	"regexp"
	"strings"
)

// The closed lists that a definition picks from. What a word means stands in
// docs/kpi-howto.md.

func priorities() []string    { return []string{"core", "extra"} }
func directions() []string    { return []string{"up", "down", "none"} }
func clocks() []string        { return []string{"calendar", "working"} }
func smallCells() []string    { return []string{"none", "person"} }
func secrecyLevels() []string { return []string{"ingen", "prövas", "sannolik"} }
func hourKinds() []string     { return []string{"all", "working"} }

// Units lists the units of figures, here and in findings.
func Units() []string {
	return []string{"share", "count", "seconds", "sek", "ratio", "months", "score", "index", "per_hundred"}
}

// eyAreas are the four areas of EY's IT audits.
func eyAreas() []string { return []string{"strategi", "styrning", "operativ_it", "overvakning"} }

// kpmgComponents are the components of KPMG's IT operating model, with
// information and suppliers on their own because municipalities ask for both.
func kpmgComponents() []string {
	return []string{"styrmodell", "organisation", "kompetens", "processer", "information", "teknik", "leverantorer", "uppfoljning"} //nolint:misspell // Swedish
}

// nis2Tag matches the directive's article 20 (governance), 21.2 a–j (measures)
// and 23 (reporting), and chapter and section of Cybersäkerhetslagen (2025:1506).
var nis2Tag = regexp.MustCompile(`^(art20(\.[12])?|art21\.2\.[a-j]|art23(\.[1-9]|\.1[01])?|csl\.[1-9]\.[1-9][0-9]?)$`)

// itilPractices are the 34 practices of ITIL 4.
func itilPractices() []string {
	return strings.Fields(`architecture_management continual_improvement information_security_management
		knowledge_management measurement_and_reporting organizational_change_management portfolio_management
		project_management relationship_management risk_management service_financial_management strategy_management
		supplier_management workforce_and_talent_management
		availability_management business_analysis capacity_and_performance_management change_enablement
		incident_management it_asset_management monitoring_and_event_management problem_management release_management
		service_catalogue_management service_configuration_management service_continuity_management service_design
		service_desk service_level_management service_request_management service_validation_and_testing
		deployment_management infrastructure_and_platform_management software_development_and_management`)
}

func areaIDs() []string {
	var out []string
	for _, a := range areas {
		out = append(out, a.ID)
	}
	return out
}
