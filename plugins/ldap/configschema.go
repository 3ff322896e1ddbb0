package ldap

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
)

// reflectSchema makes the settings' JSON Schema from the Go types.
func reflectSchema() json.RawMessage {
	r := &jsonschema.Reflector{DoNotReference: true, RequiredFromJSONSchemaTags: true}
	b, err := json.Marshal(r.Reflect(&Settings{}))
	if err != nil {
		panic("ldap: settings have no schema: " + err.Error()) // a programming error
	}
	return b
}

// JSONSchema writes the word "none" or an object.
func (Protected) JSONSchema() *jsonschema.Schema {
	type plain Protected
	object := (&jsonschema.Reflector{DoNotReference: true, Anonymous: true}).Reflect(&plain{})
	object.Version = ""
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Const: "none"}, object}}
}

// JSONSchema writes a time span.
func (Duration) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9.]+(ns|us|ms|s|m|h|d)([0-9.]+(ns|us|ms|s|m|h))*$`, Examples: []any{"7d", "36h"}}
}
