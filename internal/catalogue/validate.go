package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
)

// validator checks one catalogue and keeps every fault.
type validator struct {
	c      Catalogue
	rs     *expr.Relations
	faults Faults
}

// entryCheck checks one entry.
type entryCheck struct {
	v     *validator
	file  string
	line  int
	name  string
	lines map[string]int
}

// kpiCheck checks one definition.
type kpiCheck struct {
	*entryCheck
	d *Definition
}

// validate checks a catalogue; what is said in words only if wording is true.
func validate(c Catalogue, wording bool) Faults {
	v := &validator{c: c}
	var viewFaults map[int]error
	v.rs, viewFaults = c.relations()
	v.views(viewFaults)
	ids := map[string]string{}
	for i := range c.KPIs {
		d := &c.KPIs[i]
		k := &kpiCheck{v.entry(d.File, d.Line, "kpi "+d.ID, d.lines), d}
		k.id(d.ID, ids)
		k.words()
		if wording {
			k.texts()
		}
		k.shape()
		k.sql()
	}
	v.cycles()
	for _, m := range c.Missing {
		e := v.entry(m.File, m.Line, "missing "+m.ID, m.lines)
		e.id(m.ID, ids)
		e.both("title", m.Title)
		e.both("when", m.When)
		e.swedish("title.sv", m.Title.SV)
	}
	v.cases()
	return v.faults
}

func (v *validator) entry(file string, line int, name string, lines map[string]int) *entryCheck {
	return &entryCheck{v: v, file: file, line: line, name: strings.TrimSpace(name), lines: lines}
}

// fault notes a fault at a field, on the line of the field or of what holds it.
func (e *entryCheck) fault(field, format string, a ...any) {
	at := e.line
	for f := field; f != ""; {
		if l, ok := e.lines[f]; ok {
			at = l
			break
		}
		f = f[:max(strings.LastIndexAny(f, ".["), 0)]
	}
	e.v.faults = append(e.v.faults, Fault{e.file, at, e.name, field, fmt.Sprintf(format, a...)})
}

func index(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

// snake matches ids, keys and names.
var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// id checks that an id is well formed and nobody else's.
func (e *entryCheck) id(id string, taken map[string]string) {
	switch where, twice := taken[id]; {
	case id == "":
		e.fault("id", "is missing")
		return
	case !snake.MatchString(id) || len(id) > 60:
		e.fault("id", "want lower-case letters, digits and single underscores, at most 60 characters")
	case twice:
		e.fault("id", "is taken by the entry at %s", where)
	}
	taken[id] = fmt.Sprintf("%s:%d", e.file, e.line)
}

// oneOf checks a word against a closed list.
func (e *entryCheck) oneOf(field, got string, want []string) {
	if got == "" {
		e.fault(field, "is missing: want one of %s", strings.Join(want, ", "))
	} else if !slices.Contains(want, got) {
		e.fault(field, "unknown %s, want one of %s", got, strings.Join(want, ", "))
	}
}

// optional is oneOf for a field that may be left out.
func (e *entryCheck) optional(field, got string, want []string) {
	if got != "" {
		e.oneOf(field, got, want)
	}
}

// words checks what is picked from closed lists.
func (k *kpiCheck) words() {
	d := k.d
	k.oneOf("area", d.Area, areaIDs())
	k.oneOf("priority", d.Priority, priorities())
	k.oneOf("unit", d.Unit, Units())
	k.oneOf("direction", d.Direction, directions())
	k.optional("clock", d.Clock, clocks())
	k.optional("small_cells", d.SmallCells, smallCells())
	k.oneOf("secrecy.level", d.Secrecy.Level, secrecyLevels())
	if (d.Secrecy.Level == "prövas" || d.Secrecy.Level == "sannolik") && d.Secrecy.Provision == "" {
		k.fault("secrecy.provision", "is missing: suggest a provision, such as OSL 18 kap. 8 §")
	}
	if d.Method < 1 {
		k.fault("method", "want a version from 1, got %d", d.Method)
	}
	if strings.TrimSpace(d.Source) == "" {
		k.fault("source", "is missing: where does the definition come from?")
	}
	k.tags("tags.ey", d.Tags.EY, eyAreas())
	k.tags("tags.kpmg", d.Tags.KPMG, kpmgComponents())
	k.tags("tags.itil", d.Tags.ITIL, itilPractices())
	for i, t := range d.Tags.NIS2 {
		if !nis2Tag.MatchString(t) {
			k.fault(index("tags.nis2", i), "unknown %s, want art20, art21.2.a to art21.2.j, art23, or csl.CHAPTER.SECTION", t)
		}
	}
	var split, fields, also []string
	for _, x := range d.Split {
		split = append(split, x.Key)
	}
	for _, x := range d.Fields {
		fields = append(fields, x.Key)
	}
	for _, x := range d.Also {
		also = append(also, x.Key)
	}
	k.keys("split", split)
	k.keys("fields", fields)
	k.keys("also", also)
}

// keys checks the keys of a list: well formed, each once.
func (k *kpiCheck) keys(field string, keys []string) {
	for i, key := range keys {
		at := index(field, i) + ".key"
		if !snake.MatchString(key) {
			k.fault(at, "want lower-case letters, digits and single underscores, got %q", key)
		} else if slices.Contains(keys[:i], key) {
			k.fault(at, "%s is used twice", key)
		}
	}
}

func (k *kpiCheck) tags(field string, got, want []string) {
	for i, t := range got {
		if slices.Contains(got[:i], t) {
			k.fault(index(field, i), "%s is there twice", t)
		}
		if !slices.Contains(want, t) {
			k.fault(index(field, i), "unknown %s%s", t, orList(t, want))
		}
	}
}

// orList names the closest word, or the list where it is short.
func orList(got string, want []string) string {
	if hint := expr.Closest(got, want); hint != "" {
		return hint
	}
	if len(want) > 12 {
		return ""
	}
	return ", want one of " + strings.Join(want, ", ")
}

// views checks the shared sub-selects.
func (v *validator) views(faults map[int]error) {
	for i, w := range v.c.Views {
		e := v.entry(w.File, w.Line, "view "+w.Name, w.lines)
		if !snake.MatchString(w.Name) {
			e.fault("name", "want lower-case letters, digits and single underscores, got %q", w.Name)
		}
		if strings.TrimSpace(w.Doc) == "" {
			e.fault("doc", "is missing: say what a row is")
		}
		for j, c := range w.Columns {
			if !snake.MatchString(c) {
				e.fault(index("columns", j), "want lower-case letters, digits and single underscores, got %q", c)
			}
		}
		if err := faults[i]; err != nil {
			e.fault("sql", "%v", err)
		}
	}
}
