// Package conform checks that a source keeps to the contract. It needs no
// testing package, so that the daemon's "plugin test" and the suite in sdktest
// are the same checks.
package conform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Description returns what is wrong with what a source says of itself.
func Description(d sdk.Description) []string {
	var faults []string
	add := func(format string, args ...any) {
		faults = append(faults, fmt.Sprintf("description: "+format, args...))
	}
	if d.Name == "" || d.Version == "" {
		add("name and version must be there")
	}
	if strings.TrimSpace(d.PrivacyNote) == "" {
		add("the privacy note must say what is read and what is never read")
	}
	if !json.Valid(d.ConfigSchema) {
		add("the schema of the settings is no JSON")
	}
	if len(d.Kinds) == 0 {
		add("it emits no kind of record")
	}
	for i, k := range d.Kinds {
		schema, ok := record.Lookup(k)
		if !ok {
			add("unknown kind %q", k)
			continue
		}
		if slices.Contains(d.Kinds[:i], k) {
			add("kind %s stands twice", k)
		}
		if len(d.Allowed[k]) == 0 {
			add("kind %s has no allowed fields", k)
		}
		for _, name := range d.Allowed[k] {
			if !names(schema, name) {
				add("%s has no field or list %q", k, name)
			}
		}
	}
	for k := range d.Allowed {
		if !slices.Contains(d.Kinds, k) {
			add("fields of %s are allowed, which it does not emit", k)
		}
	}
	return faults
}

// names tells whether a kind has a field or a child list of a name; a list
// may stand with or without its kind before it.
func names(s record.Schema, name string) bool {
	return s.Index(name) >= 0 || s.Child(strings.TrimPrefix(name, string(s.Kind)+".")) >= 0
}

// lists tells whether names has a field or a child list.
func lists(list []string, kind record.Kind, name string) bool {
	return slices.Contains(list, name) || slices.Contains(list, string(kind)+"."+name)
}
