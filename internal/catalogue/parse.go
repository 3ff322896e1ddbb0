package catalogue

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// caseSuffix ends the names of files that hold nothing but cases.
const caseSuffix = "_test.yaml"

// Layer is one folder of definitions. Name stands before its files in faults;
// the layer that ships has none.
type Layer struct {
	Name  string
	Files fs.FS
}

// Parse reads every *.yaml file of a folder, those that end in _test.yaml
// excepted, and validates the whole. On faults it returns what could be read
// together with all of them as Faults; faults that keep a file from being read
// at all are among them.
func Parse(fsys fs.FS) (Catalogue, error) { return ParseLayers([]Layer{{Files: fsys}}) }

// ParseLayers reads several folders as one catalogue: the municipality's own
// definitions beside those that ship, with the same views.
func ParseLayers(layers []Layer) (Catalogue, error) { return parse(layers, false) }

// ParseWithCases reads the files that end in _test.yaml as well.
func ParseWithCases(fsys fs.FS) (Catalogue, error) { return parse([]Layer{{Files: fsys}}, true) }

func parse(layers []Layer, withCases bool) (Catalogue, error) {
	var c Catalogue
	var faults Faults
	for _, l := range layers {
		f, err := l.read(&c, withCases)
		if err != nil {
			return c, fmt.Errorf("catalogue: %w", err)
		}
		faults = append(faults, f...)
	}
	return c.checked(faults, true)
}

// ParseTexts reads definitions that stand in no folder, by the names that
// faults give them. They were written by whoever wrote them: what they count is
// checked like any, how they say it is not.
func ParseTexts(texts map[string][]byte) (Catalogue, error) {
	var c Catalogue
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		r := reader{file: name, into: &c}
		r.read(texts[name])
		faults = append(faults, r.faults...)
	}
	return c.checked(faults, false)
}

// checked validates what was read, and returns it with every fault in order.
func (c Catalogue) checked(faults Faults, wording bool) (Catalogue, error) {
	faults = append(faults, validate(c, wording)...)
	if len(faults) == 0 {
		return c, nil
	}
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return c, faults
}

func (l Layer) read(into *Catalogue, withCases bool) (Faults, error) {
	var faults Faults
	err := fs.WalkDir(l.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !strings.HasSuffix(name, ".yaml") || !withCases && strings.HasSuffix(name, caseSuffix) {
			return nil
		}
		text, err := fs.ReadFile(l.Files, name)
		if err != nil {
			return err
		}
		r := reader{file: path.Join(l.Name, name), into: into}
		r.read(text)
		faults = append(faults, r.faults...)
		return nil
	})
	return faults, err
}

// Validate reports every fault of a catalogue as Faults, or nil.
func Validate(c Catalogue) error {
	if faults := validate(c, true); len(faults) > 0 {
		return faults
	}
	return nil
}

// reader reads one file into a catalogue.
type reader struct {
	file   string
	into   *Catalogue
	faults Faults
}

func (r *reader) fault(line int, entry, field, format string, a ...any) {
	r.faults = append(r.faults, Fault{r.file, line, entry, field, fmt.Sprintf(format, a...)})
}

func (r *reader) read(text []byte) {
	f, err := parser.ParseBytes(text, 0)
	if err != nil {
		line, message := explain(err)
		r.fault(line, "", "", "not YAML: %s", message)
		return
	}
	if len(f.Docs) > 1 {
		r.fault(0, "", "", "one document a file is wanted, this has %d", len(f.Docs))
	}
	for _, doc := range f.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType {
			continue
		}
		anchors := collectAnchors(doc.Body)
		var sections []*ast.MappingValueNode
		switch b := doc.Body.(type) {
		case *ast.MappingNode:
			sections = b.Values
		case *ast.MappingValueNode:
			sections = []*ast.MappingValueNode{b}
		default:
			r.fault(line(doc.Body), "", "", "want kpis, views, missing or cases at the top")
		}
		for _, s := range sections {
			r.section(s, anchors)
		}
	}
}

func (r *reader) section(s *ast.MappingValueNode, anchors map[string]ast.Node) {
	name := s.Key.GetToken().Value
	if s.Value.Type() == ast.NullType {
		return
	}
	list, ok := s.Value.(*ast.SequenceNode)
	if !ok {
		r.fault(line(s.Key), "", name, "want a list")
		return
	}
	for _, n := range list.Values {
		switch name {
		case "kpis":
			var d Definition
			if d.lines, ok = r.entry(n, anchors, &d, "kpi", "id"); ok {
				d.File, d.Line = r.file, line(n)
				r.into.KPIs = append(r.into.KPIs, d)
			}
		case "views":
			var v View
			if v.lines, ok = r.entry(n, anchors, &v, "view", "name"); ok {
				v.File, v.Line = r.file, line(n)
				r.into.Views = append(r.into.Views, v)
			}
		case "missing":
			var m Missing
			if m.lines, ok = r.entry(n, anchors, &m, "missing", "id"); ok {
				m.File, m.Line = r.file, line(n)
				r.into.Missing = append(r.into.Missing, m)
			}
		case "cases":
			var c Case
			if c.lines, ok = r.entry(n, anchors, &c, "case of", "kpi"); ok {
				c.File, c.Line = r.file, line(n)
				r.into.Cases = append(r.into.Cases, c)
			}
		default:
			r.fault(line(s.Key), "", name, "unknown key; want kpis, views, missing or cases")
			return
		}
	}
}

// entry decodes one entry of a list. It notes every unknown key, and what
// cannot be decoded; only the latter makes it fail.
func (r *reader) entry(n ast.Node, anchors map[string]ast.Node, into any, what, idKey string) (map[string]int, bool) {
	s := newStrict(anchors)
	n = s.plain(n)
	name := what
	if id := scalar(n, idKey); id != "" {
		name += " " + id
	}
	s.walk(n, reflect.TypeOf(into).Elem(), "")
	for _, f := range s.faults {
		r.fault(f.line, name, f.field, "%s", f.message)
	}
	if s.visits > maxVisits {
		r.fault(line(n), name, "", "aliases of aliases make this too large")
		return nil, false
	}
	if s.cyclic {
		return nil, false
	}
	if err := yaml.NodeToValue(n, into); err != nil {
		at, message := explain(err)
		r.fault(at, name, s.fieldAt(at), "%s", message)
		return nil, false
	}
	return s.lines, true
}

// fieldAt names the innermost field that stands on a line.
func (s *strict) fieldAt(at int) string {
	best := ""
	for field, l := range s.lines {
		if l == at && (len(field) > len(best) || len(field) == len(best) && field < best) {
			best = field
		}
	}
	return best
}

// scalar reads a text of a mapping that may be faulty elsewhere.
func scalar(n ast.Node, key string) string {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return ""
	}
	for _, v := range m.Values {
		if s, ok := v.Value.(ast.ScalarNode); ok && v.Key.GetToken().Value == key {
			return s.GetToken().Value
		}
	}
	return ""
}
