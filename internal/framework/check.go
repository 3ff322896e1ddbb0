package framework

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// check validates one framework and keeps every fault.
type check struct {
	f      Framework
	file   string
	at     map[string]int
	faults []error
}

// fault notes a fault at a field, on its line or that of what holds it.
func (c *check) fault(field, format string, a ...any) {
	where := c.file
	for name := field; name != ""; {
		if line, ok := c.at[name]; ok {
			where = fmt.Sprintf("%s:%d", c.file, line)
			break
		}
		name = name[:max(strings.LastIndexAny(name, ".["), 0)]
	}
	c.faults = append(c.faults, fmt.Errorf("%s: %s: %s: %w", where, field, fmt.Sprintf(format, a...), ErrInvalid))
}

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func (c *check) all() {
	if !snake.MatchString(c.f.ID) {
		c.fault("id", "want lower-case letters, digits and single underscores, got %q", c.f.ID)
	}
	c.both("name", c.f.Name)
	c.both("about", c.f.About)
	c.filled("owner", c.f.Owner)
	c.filled("source", c.f.Source)
	c.oneOf("series", c.f.Series, Current, Historical)
	c.scale()
	c.versions()
	c.areas()
	c.columns()
	c.comparable()
}

func (c *check) filled(field, s string) {
	if strings.TrimSpace(s) == "" {
		c.fault(field, "is missing")
	}
}

func (c *check) both(field string, t Text) {
	if strings.TrimSpace(t.SV) == "" || strings.TrimSpace(t.EN) == "" {
		c.fault(field, "want sv and en")
	}
}

func (c *check) oneOf(field, got string, want ...string) {
	if !slices.Contains(want, got) {
		c.fault(field, "want one of %s, got %q", strings.Join(want, ", "), got)
	}
}

func (c *check) scale() {
	s := c.f.Scale
	c.oneOf("scale.kind", s.Kind, "score", "answers", "either", "classes")
	switch {
	case (s.Min == nil) != (s.Max == nil):
		c.fault("scale", "want both min and max, or neither")
	case s.Min != nil && *s.Min >= *s.Max:
		c.fault("scale", "min %v is not below max %v", *s.Min, *s.Max)
	}
	if s.Kind == "answers" && s.Min != nil {
		c.fault("scale", "answers have no min and max")
	}
	if s.Unit != "" {
		c.oneOf("scale.unit", s.Unit, "level", "grade", "percent", "index")
	}
}

func (c *check) versions() {
	if len(c.f.Versions) == 0 && !c.f.OwnVersions {
		c.fault("versions", "want at least one, or own_versions: true")
	}
	var seen []string
	for i, v := range c.f.Versions {
		at := fmt.Sprintf("versions[%d].id", i)
		c.filled(at, v.ID)
		if slices.Contains(seen, v.ID) {
			c.fault(at, "%s is there twice", v.ID)
		}
		seen = append(seen, v.ID)
	}
}

func (c *check) areas() {
	var seen []string
	for i, a := range c.f.Areas {
		at := fmt.Sprintf("areas[%d]", i)
		if !snake.MatchString(a.ID) {
			c.fault(at+".id", "want lower-case letters, digits and single underscores, got %q", a.ID)
		}
		if slices.Contains(seen, a.ID) {
			c.fault(at+".id", "%s is there twice", a.ID)
		}
		seen = append(seen, a.ID)
		c.both(at+".name", a.Name)
	}
}

// columns checks that every field is one of the record, that no header word
// stands for two fields, and that what is required can be given.
func (c *check) columns() {
	schema, ok := record.Lookup(c.f.Record)
	if !ok {
		c.fault("record", "unknown record %s", c.f.Record)
		return
	}
	if len(c.f.Columns) == 0 {
		c.fault("columns", "is missing")
	}
	taken := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(c.f.Columns)) {
		at := "columns." + field
		if schema.Index(field) < 0 {
			c.fault(at, "%s has no field %s", c.f.Record, field)
		}
		if len(c.f.Columns[field]) == 0 {
			c.fault(at, "want at least one header word")
		}
		for _, w := range c.f.Columns[field] {
			word := strings.ToLower(strings.TrimSpace(w))
			if word == "" {
				c.fault(at, "has an empty header word")
			} else if other, twice := taken[word]; twice {
				c.fault(at, "%q is also a header of %s", w, other)
			}
			taken[word] = field
		}
	}
	for i, field := range c.f.Required {
		_, column := c.f.Columns[field]
		if _, constant := c.f.Constants[field]; !column && !constant {
			c.fault(fmt.Sprintf("required[%d]", i), "%s has neither a column nor a constant", field)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(c.f.Constants)) {
		if schema.Index(field) < 0 {
			c.fault("constants."+field, "%s has no field %s", c.f.Record, field)
		}
	}
	for _, word := range slices.Sorted(maps.Keys(c.f.Answers)) {
		c.oneOf("answers."+word, word, "fully", "partly", "not")
	}
	if schema.EventTime != "" && !slices.Contains(c.f.Required, schema.EventTime) {
		c.fault("required", "%s must be there: it says when the answer was given", schema.EventTime)
	}
}

func (c *check) comparable() {
	k := c.f.Comparable
	c.oneOf("comparable.version", k.Version, "same", "any")
	c.oneOf("comparable.period", k.Period, "same", "any")
	if k.MinPeers != 0 && k.MinPeers < 5 {
		c.fault("comparable.min_peers", "a comparison needs at least 5 municipalities, got %d", k.MinPeers)
	}
	for i, r := range k.Rules {
		c.both(fmt.Sprintf("comparable.rules[%d]", i), r)
	}
	if c.f.Series == Historical && k.Version != "same" {
		c.fault("comparable.version", "a historical series is only compared within a version")
	}
}
