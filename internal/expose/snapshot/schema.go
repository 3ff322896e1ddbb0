package snapshot

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

// schemaFolder is where a bag has a JSON Schema for each of its JSON files.
const schemaFolder = "schema/"

// The schemas follow from the code: go test ./internal/expose/snapshot -update.
//
//go:embed schema/*.json
var schemas embed.FS

// schemaName is the schema's file for a JSON file, "schema/om.schema.json".
func schemaName(file string) string {
	return schemaFolder + strings.TrimSuffix(path.Base(file), ".json") + ".schema.json"
}

// writeSchemas puts the schemas of some files beside them.
func writeSchemas(b *bag.Writer, files ...string) error {
	for _, f := range files {
		text, err := schemas.ReadFile(schemaName(f))
		if err != nil {
			return err
		}
		w, err := b.File(schemaName(f))
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// mostFaults is how many faults of one file are told of.
const mostFaults = 10

// schemaFaults holds a JSON file against the schema that this program has for
// it, whatever schema lies in the bag. A file without a schema has no fault.
func schemaFaults(name string, text io.Reader) []Fault {
	schema, err := schemas.ReadFile(schemaName(name))
	if err != nil {
		return nil
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return []Fault{{name, fmt.Sprintf("programmets eget schema går inte att läsa: %v", err)}}
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaName(name), doc); err != nil {
		return []Fault{{name, fmt.Sprintf("programmets eget schema går inte att läsa: %v", err)}}
	}
	compiled, err := c.Compile(schemaName(name))
	if err != nil {
		return []Fault{{name, fmt.Sprintf("programmets eget schema går inte att läsa: %v", err)}}
	}
	v, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		return []Fault{{name, fmt.Sprintf("är ingen hel JSON-fil: %v", err)}}
	}
	var invalid *jsonschema.ValidationError
	if errors.As(compiled.Validate(v), &invalid) {
		out := located(name, invalid)
		slices.SortFunc(out, func(a, b Fault) int { return cmp.Compare(a.Why, b.Why) })
		return out[:min(len(out), mostFaults)]
	}
	return nil
}

// located lists the innermost faults with the place of each.
func located(name string, e *jsonschema.ValidationError) []Fault {
	var out []Fault
	if len(e.Causes) == 0 {
		at := "/" + strings.Join(e.InstanceLocation, "/")
		return []Fault{{name, fmt.Sprintf("följer inte schemat vid %s: %s", at, e.ErrorKind.LocalizedString(message.NewPrinter(language.English)))}}
	}
	for _, c := range e.Causes {
		out = append(out, located(name, c)...)
	}
	return out
}

// schemas holds every JSON file of a bag against its schema.
func (v *Verified) schemas(b *bag.Bag) error {
	for _, name := range b.Files() {
		if path.Ext(name) != ".json" || strings.Contains(name, "/") {
			continue
		}
		r, err := b.Read(name)
		if err != nil {
			return err
		}
		v.Faults = append(v.Faults, schemaFaults(name, limited(r, mostJSON))...)
		if err := r.Close(); err != nil {
			v.fault(name, "går inte att läsa: %v", err)
		}
	}
	return nil
}
