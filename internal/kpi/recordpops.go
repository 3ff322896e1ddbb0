package kpi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// relationRows is what a relation's statement is made of.
type relationRows struct {
	finding.Population
	cells []recordCell
	keys  []dimension
	pops  []string // the populations of its figures, as conditions; "" is all rows
	use   usage
	words map[string]bool // that the texts over it hold
	// partial holds back rows that are in no shown figure's population: some
	// figure over the relation has cells that are too small to show.
	partial  bool
	withheld []string // columns that only tell more of what is hidden
}

// rowsDeadline is how long the rows of one relation or figure may be read: as
// long as it takes to write millions of them on a busy machine, where a
// statement of a figure alone is stopped much sooner.
const rowsDeadline = 2 * time.Hour

// Populations lists the relations that figures follow from, in the order of the
// catalogue. A figure with a cell that is too small to show has no column: its
// rows would give the cell away.
func (rec *Recording) Populations() ([]finding.Population, error) {
	out := make([]finding.Population, len(rec.relations))
	for i, p := range rec.relations {
		out[i] = p.Population
	}
	return out, nil
}

// relation is the rows of a relation, made when it is first asked for.
func (rec *Recording) relation(name string) *relationRows {
	if i := slices.IndexFunc(rec.relations, func(p *relationRows) bool { return p.Relation == name }); i >= 0 {
		return rec.relations[i]
	}
	p := &relationRows{Population: finding.Population{Relation: name, Columns: []finding.Recompute{}}, words: map[string]bool{}}
	if err := rec.s.texts.relation(name, &p.use); err != nil {
		p.use = usage{relations: []string{name}}
	}
	rec.relations = append(rec.relations, p)
	return p
}

// compile makes the statement parts of every relation, and the texts that run
// over them.
func (rec *Recording) compile(ctx context.Context) error {
	for i := range rec.Findings {
		if t := rec.tasks[i]; t != nil && hidden(rec.Findings[i]) {
			rec.withhold(t)
		}
	}
	for i := range rec.Findings {
		f := &rec.Findings[i]
		why, err := rec.compileFigure(i)
		if err != nil {
			return fmt.Errorf("kpi %s: %w", f.KPI, err)
		}
		if f.NotRecomputed = why; f.Value == nil {
			f.NotRecomputed = nil // there is nothing to compute
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	rec.relations = slices.DeleteFunc(rec.relations, func(p *relationRows) bool { return p.partial && len(p.Columns) == 0 })
	for _, p := range rec.relations {
		rec.fields(p)
	}
	return nil
}

// withhold marks what a figure with hidden cells reads.
func (rec *Recording) withhold(t *task) {
	for _, rel := range append(slices.Clone(t.use.relations), t.pop.rel) {
		p := rec.relation(rel)
		p.partial = true
		for _, c := range t.need.columns {
			if c.Relation == rel {
				p.withheld = merge(p.withheld, c.Column)
			}
		}
	}
}

// compileFigure adds a figure's columns to its populations. It returns why the
// figure does not follow from rows.
func (rec *Recording) compileFigure(i int) (*finding.Text, error) {
	f, t := &rec.Findings[i], rec.tasks[i]
	switch {
	case !f.Outcome.HasValue():
		return nil, nil
	case hidden(*f):
		return text("Delar av siffran är dolda för att de bygger på färre än fem personer eller svar. Raderna skulle visa det dolda och följer inte med.",
			"Parts of the figure are hidden because they stand on fewer than five persons or answers. The rows would show them and are left out."), nil
	case t == nil:
		return text("Räknas ur andra siffror ("+rec.s.engine.catalogue.KPIs[i].Formula+"), inte ur rader.", "Follows from other figures ("+rec.s.engine.catalogue.KPIs[i].Formula+"), not from rows."), nil
	}
	if err := rec.figureTexts(t); err != nil {
		return nil, err
	}
	var why *finding.Text
	for _, part := range append([]*task{t}, rec.also[i]...) {
		cells, not, err := part.cells(f)
		if err != nil {
			return nil, err
		}
		if part.main() {
			why = not
		}
		if not != nil {
			continue
		}
		for _, c := range cells {
			rec.addCell(part, c)
		}
	}
	return why, nil
}

// addCell adds a column, and the keys that its breakdowns go by.
func (rec *Recording) addCell(t *task, c recordCell) {
	p := rec.relation(c.rel)
	p.use.addAll(t.use)
	p.use.addAll(t.need)
	if c.inside != nil {
		p.use.addAll(c.inside.use)
	}
	if kept := t.pop.kept(); c.rel == t.pop.rel {
		p.pops = merge(p.pops, kept)
	} else {
		p.pops = merge(p.pops, "")
	}
	for _, d := range c.dims {
		if d.hidden || d.whole {
			continue
		}
		if c.Keys == nil {
			c.Keys = map[string]string{}
		}
		c.Keys[d.name] = p.key(d)
	}
	for _, name := range slices.Sorted(maps.Keys(c.class)) {
		if c.Keys == nil {
			c.Keys = map[string]string{}
		}
		column := c.Name() + "." + name
		p.Keys, p.keys = append(p.Keys, column), append(p.keys, dimension{name: column, sql: c.class[name]})
		c.Keys[name] = column
	}
	p.cells = append(p.cells, c)
	p.Columns = append(p.Columns, c.Recompute)
}

// key is the column of a breakdown's keys; breakdowns by the same text share one.
func (p *relationRows) key(d dimension) string {
	for i, k := range p.keys {
		if k.sql == d.sql && k.top == d.top {
			return p.Keys[i]
		}
	}
	name := "indelning_" + d.name
	for n := 2; slices.Contains(p.Keys, name); n++ {
		name = "indelning_" + d.name + "_" + strconv.Itoa(n)
	}
	p.Keys, p.keys = append(p.Keys, name), append(p.keys, d)
	return name
}

// fields are the columns of the relation that the texts over it name.
func (rec *Recording) fields(p *relationRows) {
	for _, name := range rec.s.texts.relations.Columns(p.Relation) {
		f, _ := rec.s.texts.relations.Field(p.Relation, name)
		if name == "id" || name == "org_unit" || name == "place" || !p.words[name] || f.Privacy == record.Personal || slices.Contains(p.withheld, name) {
			continue
		}
		p.Fields = append(p.Fields, finding.Field{Name: name, Type: rec.s.texts.fieldType(p.Relation, name)})
	}
}

// hidden tells whether a figure has anything that is too small to show.
func hidden(f finding.Finding) bool {
	for _, c := range f.Breakdown {
		if c.Suppressed {
			return true
		}
	}
	for _, a := range f.Also {
		if a.Suppressed {
			return true
		}
	}
	return f.Suppressed
}

// insides reads the intervals of the columns that tell inside from outside, nil
// for the others.
func (rec *Recording) insides(ctx context.Context, r store.Reader, p *relationRows) ([]map[string][]interval, error) {
	out := make([]map[string][]interval, len(p.cells))
	for i, c := range p.cells {
		if c.inside == nil {
			continue
		}
		list, _, _, err := rec.s.ivRead(ctx, r, *c.inside, c.From, c.To)
		if err != nil {
			return nil, err
		}
		out[i] = mergeByGroup(list)
	}
	return out, nil
}

// insideFlag is 1 for "group|instant" inside an interval of its group.
func insideFlag(list map[string][]interval, cell string) string {
	i := strings.LastIndexByte(cell, '|')
	if i < 0 {
		return ""
	}
	at, err := strconv.ParseInt(cell[i+1:], 10, 64)
	if err != nil {
		return ""
	}
	if within(list[cell[:i]], at) {
		return "1"
	}
	return "0"
}
