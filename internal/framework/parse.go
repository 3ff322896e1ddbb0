package framework

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ErrInvalid is matched by every fault of a framework file.
var ErrInvalid = errors.New("framework file is not valid")

// maxFile bounds one file.
const maxFile = 1 << 20

// Parse reads every *.yaml file of a folder. All faults of all files are
// reported, each with its file, line and field.
func Parse(dir fs.FS) (Set, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	var set Set
	var faults []error
	at := map[string]string{}
	for _, name := range names {
		f, err := dir.Open(name)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		one, err := ParseFile(name, f)
		err = errors.Join(err, f.Close())
		if other, twice := at[one.ID]; twice && one.ID != "" {
			err = errors.Join(err, fmt.Errorf("%s: id: %s is taken by %s: %w", name, one.ID, other, ErrInvalid))
		}
		at[one.ID] = name
		if err != nil {
			faults = append(faults, err)
			continue
		}
		set = append(set, one)
	}
	return set, errors.Join(faults...)
}

// ParseFile reads one framework.
func ParseFile(name string, r io.Reader) (Framework, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Framework{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(text) > maxFile {
		return Framework{}, fmt.Errorf("%s: larger than %d bytes: %w", name, maxFile, ErrInvalid)
	}
	f := Framework{File: name}
	dec := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField())
	if err := dec.Decode(&f); err != nil {
		return f, fmt.Errorf("%s: %s: %w", name, firstLine(err), ErrInvalid)
	}
	if f.Record == "" {
		f.Record = record.Assessment
	}
	c := check{f: f, file: name, at: lines(text)}
	c.all()
	return f, errors.Join(c.faults...)
}

// firstLine is the YAML fault without the excerpt that follows it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSpace(line)
}

// lines finds the line of every top-level key and of what stands under it.
func lines(text []byte) map[string]int {
	out := map[string]int{}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return out
	}
	for _, doc := range file.Docs {
		if m, ok := doc.Body.(*ast.MappingNode); ok {
			walk(out, "", m)
		}
	}
	return out
}

func walk(out map[string]int, under string, m *ast.MappingNode) {
	for _, v := range m.Values {
		key := under + v.Key.GetToken().Value
		out[key] = v.Key.GetToken().Position.Line
		if sub, ok := v.Value.(*ast.MappingNode); ok {
			walk(out, key+".", sub)
		}
	}
}
