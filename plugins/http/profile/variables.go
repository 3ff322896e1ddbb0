package profile

// The variables of each kind of expression, in the order in which the engine
// gives their values. Lookups by name follow after.

// SettingsVariables are those of expressions on the settings.
func SettingsVariables() []string { return []string{"$settings", "$now"} }

// RequestVariables are those of templates, and of each.in.
func RequestVariables(lookups []string) []string {
	return append([]string{"$settings", "$now", "$since", "$full", "$page", "$offset", "$limit", "$cursor", "$each", "$id", "$ids", "$token"}, lookups...)
}

// AnswerVariables are those of expressions on answers.
func AnswerVariables() []string {
	return []string{"$settings", "$now", "$status", "$headers", "$limit", "$offset", "$page", "$each"}
}

// ItemVariables are those of expressions on items.
func ItemVariables(lookups []string) []string {
	return append([]string{"$settings", "$now", "$each"}, lookups...)
}

// lookupsBefore lists the variables of the first n lookups.
func (p *Profile) lookupsBefore(n int) []string {
	out := make([]string, 0, n)
	for _, l := range p.Lookups[:n] {
		out = append(out, "$"+l.Name)
	}
	return out
}

// LookupVariables lists the variables of all lookups, in order.
func (p *Profile) LookupVariables() []string { return p.lookupsBefore(len(p.Lookups)) }
