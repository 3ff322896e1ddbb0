package table

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/framework"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// withFramework fills in what a framework says of its export: the record, the
// columns by their header words, and what is the same in every row. What the
// settings say themselves goes before.
func withFramework(s Settings, base string) (Settings, []sdk.Problem) {
	if s.Framework == "" {
		return s, nil
	}
	f, err := findFramework(s.Framework, base)
	if err != nil {
		return s, []sdk.Problem{{Field: "framework", Message: err.Error()}}
	}
	var ps problems
	if s.Record == "" {
		s.Record = f.Record
	}
	if s.Record != f.Record {
		ps.add("record", fmt.Sprintf("%s läses som %s, inte som %s.", f.Name.SV, f.Record, s.Record))
	}
	constants := f.Fixed()
	maps.Copy(constants, s.Constants)
	s.Constants = constants
	columns := make(map[string]Column, len(f.Columns))
	for field, names := range f.Columns {
		c := Column{Header: names, Optional: !slices.Contains(f.Required, field)}
		if _, given := constants[field]; given {
			c.Optional = true
		}
		if field == "answer" {
			c.Values = answers(f)
		}
		columns[field] = c
	}
	for field, c := range s.Columns {
		if c.Values == nil {
			c.Values = columns[field].Values
		}
		columns[field] = c
	}
	s.Columns = columns
	if v := constants["framework_version"]; v != "" && !f.OwnVersions && !slices.ContainsFunc(f.Versions, func(k framework.Version) bool { return k.ID == v }) {
		ps.add("constants.framework_version", fmt.Sprintf("%s har ingen version %q.", f.Name.SV, v))
	}
	if s.Record == record.Assessment && len(s.ID) == 0 {
		s.ID = []string{column.WholeRow} // replaced by the key of the answer
	}
	return s, ps
}

func answers(f framework.Framework) map[string]string {
	var out map[string]string
	for to, words := range f.Answers {
		for _, w := range words {
			if out == nil {
				out = map[string]string{}
			}
			out[w] = to
		}
	}
	return out
}

// findFramework looks for one that ships, or reads the municipality's own: a
// name that ends in .yaml is a file beside the configuration.
func findFramework(name, base string) (framework.Framework, error) {
	if strings.HasSuffix(name, ".yaml") {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		file, err := os.Open(path) //nolint:gosec // the operator names it
		if err != nil {
			return framework.Framework{}, fmt.Errorf("ramverket kan inte läsas: %w", err)
		}
		f, err := framework.ParseFile(filepath.Base(name), file)
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return framework.Framework{}, fmt.Errorf("ramverket är inte rätt skrivet: %w", err)
		}
		return f, nil
	}
	set, err := framework.Parse(configs.Frameworks())
	if err != nil {
		return framework.Framework{}, fmt.Errorf("ramverken kan inte läsas: %w", err)
	}
	f, ok := set.Get(name)
	if !ok {
		return f, fmt.Errorf("ramverket %q finns inte. Det finns: %s, eller en egen fil som slutar på .yaml", name, strings.Join(set.IDs(), ", "))
	}
	return f, nil
}
