package docs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// sourcePage is what the template of one source sees.
type sourcePage struct {
	sdk.Description
	Settings []setting
	Reads    []reads
}

// reads is what a source may say of one kind of record.
type reads struct {
	Kind   record.Kind
	Fields []column
}

// column is one field of a record, or a list that belongs to it.
type column struct {
	Name, SV, EN, Type, Values, Privacy string
}

// Sources writes one page for every source, one on the records, and the index.
func Sources(ds []sdk.Description) (Pages, error) {
	t, err := parse()
	if err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	ds = slices.Clone(ds)
	slices.SortFunc(ds, func(a, b sdk.Description) int { return strings.Compare(a.Name, b.Name) })
	pages := make(Pages, len(ds)+2)
	for _, d := range ds {
		page := sourcePage{Description: d, Reads: allowed(d)}
		if page.Settings, err = settings(d.ConfigSchema); err != nil {
			return nil, fmt.Errorf("docs: source %s: settings: %w", d.Name, err)
		}
		if pages["sources/"+d.Name+".md"], err = execute(t, "source.md.tmpl", page); err != nil {
			return nil, err
		}
	}
	if pages["sources/README.md"], err = execute(t, "source-index.md.tmpl", ds); err != nil {
		return nil, err
	}
	pages["sources/poster.md"], err = execute(t, "records.md.tmpl", kinds())
	return pages, err
}

// kind is one kind of record, for the page on records.
type kind struct {
	record.Schema
	Columns []column
}

func kinds() []kind {
	var out []kind
	for _, s := range record.Schemas() {
		out = append(out, kind{s, columns(s, nil)})
	}
	return out
}

// allowed lists the fields a source may emit; a source that lists none for a
// kind may emit them all.
func allowed(d sdk.Description) []reads {
	var out []reads
	for _, k := range d.Kinds {
		s, ok := record.Lookup(k)
		if !ok {
			continue
		}
		out = append(out, reads{k, columns(s, d.Allowed[k])})
	}
	return out
}

// columns lists the fields and lists of a kind, all of them if only is empty.
func columns(s record.Schema, only []string) []column {
	wanted := func(name string) bool {
		return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool {
			return record.ListOf(strings.TrimPrefix(o, string(s.Kind)+".")) == name
		})
	}
	var out []column
	for _, f := range s.Fields {
		if wanted(f.Name) {
			out = append(out, columnOf(string(s.Kind), f))
		}
	}
	for _, c := range s.Children {
		if !wanted(c.Name) {
			continue
		}
		out = append(out, column{Name: c.Name, SV: swedish(string(s.Kind) + "." + c.Name), EN: c.Name, Type: "lista"})
		for _, f := range c.Fields {
			x := columnOf(string(s.Kind)+"."+c.Name, f)
			x.Name = c.Name + "." + f.Name
			out = append(out, x)
		}
	}
	return out
}

func columnOf(of string, f record.Field) column {
	c := column{Name: f.Name, SV: swedish(of + "." + f.Name), EN: f.Doc, Type: typeNames()[f.Type]}
	values := make([]string, len(f.Enum))
	for i, v := range f.Enum {
		values[i] = "`" + v + "`"
	}
	c.Values = strings.Join(values, ", ")
	switch {
	case f.Type == record.Pseudonym, f.Privacy == record.Pseudo:
		c.Privacy = "pseudonym"
	case f.Privacy == record.Personal:
		c.Privacy = "personuppgift"
	}
	return c
}

// swedish is what naming calls a field, without the field's own name after it.
func swedish(name string) string {
	n := naming.Field(name)
	if at := strings.LastIndex(n, " ("); at > 0 {
		return n[:at]
	}
	return ""
}

func typeNames() map[record.Type]string {
	return map[record.Type]string{
		record.Text: "text", record.Enum: "fast värde", record.Int: "heltal", record.Float: "tal", record.Bool: "ja/nej",
		record.Time: "tidpunkt", record.Date: "dag", record.Ref: "namn", record.Pseudonym: "pseudonym",
	}
}
