package decision

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema of the YAML form, for editors. It is made
// from the same list as the reader and the workbook.
func Schema() ([]byte, error) {
	root := &jsonschema.Schema{
		Version: jsonschema.Version, Title: "kommunpuls: kommunens beslut", Type: "object",
		Description: "Mål, godtagna brister, organisation och regler. Samma innehåll som kommunpuls-beslut.xlsx.",
		Properties:  jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema,
	}
	root.Properties.Set(tiersRule, &jsonschema.Schema{
		Type: "array", Items: &jsonschema.Schema{Type: "string"}, Description: "Viktighetsklassernas namn, viktigast först.",
	})
	for _, s := range sections() {
		if s.key == "rules" {
			root.Properties.Set(s.key, &jsonschema.Schema{
				Type: "object", Description: s.sheet, AdditionalProperties: &jsonschema.Schema{Type: "string"},
			})
			continue
		}
		item := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
		for _, c := range s.columns {
			item.Properties.Set(c.key, c.schema())
			if c.required {
				item.Required = append(item.Required, c.key)
			}
		}
		root.Properties.Set(s.key, &jsonschema.Schema{Type: "array", Description: s.sheet, Items: item})
	}
	b, err := json.MarshalIndent(root, "", "  ")
	return append(b, '\n'), err
}

func (c column) schema() *jsonschema.Schema {
	out := &jsonschema.Schema{Title: c.header, Description: c.help}
	switch c.cell {
	case dateCell:
		out.Type, out.Format = "string", "date"
	case listCell:
		out.OneOf = []*jsonschema.Schema{{Type: "string"}, {Type: "array", Items: &jsonschema.Schema{Type: "string"}}}
	case quantityCell:
		out.OneOf = []*jsonschema.Schema{{Type: "number"}, {Type: "string"}, {Type: "boolean"}}
	case choiceCell:
		out.Type = "string"
		for _, ch := range c.choices {
			out.Enum = append(out.Enum, ch.key)
			if ch.word != ch.key {
				out.Enum = append(out.Enum, ch.word)
			}
		}
	default:
		out.OneOf = []*jsonschema.Schema{{Type: "string"}, {Type: "number"}}
	}
	return out
}
