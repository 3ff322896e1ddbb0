package conform

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Twins holds a collection with the new key and the one before against one with
// each of them alone, of the same content, and returns what differs. Anything
// that does would be taken for a change when the key is changed.
func Twins(both, now, before *Recorder) []string {
	var faults []string
	for _, kind := range slices.Sorted(maps.Keys(both.ByKind)) {
		schema, ok := record.Lookup(kind)
		if !ok {
			continue // the recorder has told
		}
		renamed, was := both.IDs[kind], both.IDs[kind]
		if schema.PersonBearing {
			renamed, was = make(map[string]int64), make(map[string]int64)
			for id, n := range both.IDs[kind] {
				is, had, _ := sdk.Twin(id)
				renamed[is] += n
				was[had] += n
			}
		}
		if !maps.Equal(renamed, now.IDs[kind]) {
			faults = append(faults, fmt.Sprintf("%s: with both keys the ids are not those of the new key alone", kind))
		}
		if !maps.Equal(was, before.IDs[kind]) {
			faults = append(faults, fmt.Sprintf("%s: with both keys the ids are not those of the key before", kind))
		}
	}
	for _, alone := range []*Recorder{now, before} {
		if !maps.Equal(both.ByKind, alone.ByKind) || !maps.Equal(both.Filled, alone.Filled) {
			faults = append(faults, "with both keys other records or fields come than with one")
			break
		}
	}
	return faults
}
