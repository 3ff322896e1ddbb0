package profile

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema of profile.yaml, for editors. With the
// folder of this package's source it carries the types' comments.
func Schema(sourceDir string) ([]byte, error) {
	r := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true}
	if sourceDir != "" {
		if err := r.AddGoComments("github.com/kommunpuls/kommunpuls/plugins/http/profile", sourceDir); err != nil {
			return nil, err
		}
	}
	s := r.Reflect(&Profile{})
	s.Title = "kommunpuls: profil för källan http"
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}
