package naming

import "strings"

// Relation is what people call the rows of a relation: the records of a kind, or
// what the daemon itself makes of them, in Swedish and English.
func Relation(name string) (sv, en string) {
	n, ok := map[string][2]string{
		"org_unit":       {"organisationsenheter", "org units"},
		"account":        {"konton", "accounts"},
		"system":         {"system", "systems"},
		"ticket":         {"ärenden", "tickets"},
		"asset":          {"datorer och annan utrustning", "assets"},
		"observation":    {"mätningar och störningar", "measurements and outages"},
		"service":        {"tjänster", "services"},
		"cost":           {"kostnader", "costs"},
		"project":        {"projekt", "projects"},
		"assessment":     {"enkäter och självskattningar", "surveys and self-assessments"},
		"control":        {"planer, avtal och andra styrdokument", "plans, agreements and other governing documents"},
		"source_state":   {"källor", "sources"},
		"waiver":         {"godtagna brister", "accepted shortfalls"},
		"name_seen":      {"namn som inte finns i förteckningen", "names that are not in the registry"},
		"supplier_spend": {"leverantörer", "suppliers"},
		"role_seat":      {"roller", "roles"},
	}[name]
	if !ok {
		plain := strings.ReplaceAll(name, "_", " ")
		return plain, plain
	}
	return n[0], n[1]
}
