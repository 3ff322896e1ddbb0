package config

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema of kommunpuls.yaml, for editors.
func Schema() ([]byte, error) {
	r := jsonschema.Reflector{DoNotReference: true, RequiredFromJSONSchemaTags: true}
	s := r.Reflect(&Config{})
	s.ID = ""
	s.Title = "kommunpuls.yaml"
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}
