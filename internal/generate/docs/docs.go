// Package docs writes the reference pages from the catalogue, the record
// schemas and what the sources say of themselves: one page a KPI and one a
// source, Swedish first with English beside it. It is pure; the pages are
// committed under docs/ and a test holds them against what it would write.
package docs

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
)

//go:embed pages/*.md.tmpl
var templates embed.FS

// Pages are generated files by their path beneath docs/, with forward slashes.
type Pages map[string][]byte

// parse reads the templates; they ship with the program, so a fault is ours.
func parse() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"cell": cell, "code": code, "value": naming.Value, "field": naming.Field, "join": strings.Join, "indent": indent, "example": example, "unit": metricUnit,
	}).ParseFS(templates, "pages/*.md.tmpl")
}

// execute writes one page.
func execute(t *template.Template, name string, data any) ([]byte, error) {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("docs: %s: %w", name, err)
	}
	return []byte(strings.TrimSpace(collapse(b.String())) + "\n"), nil
}

// collapse leaves one empty line where the template left several.
func collapse(s string) string {
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return s
}

// cell makes a text fit for a table's cell.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}

// code shows an expression in a table's cell.
func code(s string) string {
	if s = cell(s); s == "" {
		return ""
	}
	return "`" + s + "`"
}

// example shows a setting's value as it may stand in the configuration.
func example(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// indent makes an expression a block of code.
func indent(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i := range lines {
		lines[i] = "    " + strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// areaName returns an area's name, or its id if the catalogue has no such area.
func areaName(id string) finding.Text {
	for _, a := range catalogue.Areas() {
		if a.ID == id {
			return a.Name
		}
	}
	return finding.Text{SV: id, EN: id}
}
