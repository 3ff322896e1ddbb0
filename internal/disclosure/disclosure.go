// Package disclosure decides what of a figure may leave the municipality, to
// anyone as open data or to another municipality in a file: which figures need
// a decision first, and which numbers are too small. It is pure.
package disclosure

import (
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// Security says why a figure leaves only by a decision, "" if it needs none:
// its rows may be secret, or it tells of how well the municipality is protected.
func Security(d *catalogue.Definition) string {
	switch {
	case d.Secrecy.Level != "ingen":
		why := "sekretess kan gälla och ska prövas"
		if d.Secrecy.Provision != "" {
			why += " (" + d.Secrecy.Provision + ")"
		}
		return why
	case d.Area == "sakerhet":
		return "den gäller informationssäkerhet"
	case len(d.Tags.NIS2) > 0:
		return "den gäller säkerheten i nätverk och informationssystem (" + d.Tags.NIS2[0] + ")"
	case slices.Contains(d.Tags.ITIL, "information_security_management"):
		return "den gäller informationssäkerhet"
	}
	return ""
}

// classes are the breakdowns whose keys are classes that the catalogue or an
// organisation chart gives, never the name of a system, a supplier or a person.
func classes() []string {
	return []string{
		"age", "area", "benefit_method", "channel", "class_a", "class_c", "class_i", "class_model", "document_type", "expiry", "field",
		"hosting", "kind", "lifecycle", "org_unit", "payer", "priority", "provisioning", "recharged", "school", "site", "split", "sso_mode", "status",
		"strong_auth", "tier", "user_category",
	}
}

// Names tells a breakdown whose keys may be names: it leaves only by a decision.
func Names(dimension string) bool { return !slices.Contains(classes(), dimension) }
