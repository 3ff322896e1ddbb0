package profile

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/kommunpuls/kommunpuls/internal/yamlfault"
)

// maxFile bounds a profile's size.
const maxFile = 1 << 20

// Load reads a profile from a file, and returns its text too.
func Load(path string) (*Profile, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	p, err := Parse(path, b)
	return p, b, err
}

// Parse reads a profile strictly and checks it. The error joins every fault
// found, each a [Fault], and wraps [ErrInvalid].
func Parse(name string, b []byte) (*Profile, error) {
	if len(b) > maxFile {
		return nil, invalid([]Fault{{File: name, Message: fmt.Sprintf("filen är större än %d byte", maxFile)}})
	}
	root, faults := tree(name, b)
	if len(faults) > 0 {
		return nil, invalid(faults)
	}
	var p Profile
	if err := yaml.NodeToValue(root, &p); err != nil {
		return nil, invalid(yamlFault(name, err))
	}
	c := checker{p: &p}
	c.profile()
	for i := range c.faults {
		c.faults[i].File = name
		c.faults[i].Line = lineAt(root, c.faults[i].Path)
	}
	slices.SortStableFunc(c.faults, func(a, b Fault) int { return a.Line - b.Line })
	return &p, invalid(c.faults)
}

// tree reads YAML and holds every key and value against the types.
func tree(name string, b []byte) (ast.Node, []Fault) {
	file, err := parser.ParseBytes(b, 0)
	if err != nil {
		return nil, yamlFault(name, err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, []Fault{{File: name, Message: "filen ska innehålla precis ett YAML-dokument"}}
	}
	root := file.Docs[0].Body
	w := walker{file: name}
	w.root(root)
	return root, w.faults
}

// yamlFault is a fault of the YAML itself.
func yamlFault(name string, err error) []Fault {
	line, message := yamlfault.Message(err)
	return []Fault{{File: name, Line: line, Message: "YAML: " + message}}
}
