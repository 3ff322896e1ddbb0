package finding

import "encoding/json"

// MarshalJSON writes a finding so that readers need not tell an empty list from
// a missing one: breakdown and sources are always lists.
func (f Finding) MarshalJSON() ([]byte, error) {
	type plain Finding
	if f.Breakdown == nil {
		f.Breakdown = []Cell{}
	}
	if f.Sources == nil {
		f.Sources = []Source{}
	}
	return json.Marshal(plain(f))
}
