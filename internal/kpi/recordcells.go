package kpi

import (
	"cmp"
	"fmt"
	"regexp"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// recordCell is a column of a population: how a figure follows from it, and the
// text that gives a row's cell. dims are what the figure's breakdowns go by.
type recordCell struct {
	finding.Recompute
	rel, text string
	dims      []dimension
	// class columns tell which named class a row is counted in.
	class map[string]string
	// inside, if set, turns the group and the instant that text gives into 1 or 0.
	inside *ivTexts
}

// simplePass is the group_pass that whoever recomputes needs no SQL for.
var simplePass = regexp.MustCompile(`^(mean|n) *(>=|<=|>|<|=) *[0-9.]+( +(and|AND) +(mean|n) *(>=|<=|>|<|=) *[0-9.]+)*$`)

// cells are the columns that a figure follows from, or the reason why it follows
// from none.
func (t *task) cells(f *finding.Finding) ([]recordCell, *finding.Text, error) {
	switch t.def.Shape {
	case catalogue.Share, catalogue.Related, catalogue.Planned, catalogue.CountOf:
		return one(t.flagCell())
	case catalogue.Quantile:
		return one(t.measureCell(finding.Recompute{How: "quantile", Q: t.def.Quantile}))
	case catalogue.MeanScore:
		if t.def.Of == "" {
			return one(t.measureCell(finding.Recompute{How: "mean"}))
		}
		return t.groupCells(finding.Recompute{How: "worst", Highest: t.def.Direction == "down"})
	case catalogue.GroupShare:
		if !simplePass.MatchString(t.def.GroupPass) {
			return nil, text("Villkoret på en grupp är en egen fråga; räkna om med SQL-texten.", "What a group must pass is a query of its own; use the SQL text."), nil
		}
		return t.groupCells(finding.Recompute{How: "groups", Pass: t.def.GroupPass})
	case catalogue.Distinct:
		of, err := t.s.texts.value(t.def.Of, t.pop.rel, t.pop.clock, &t.need)
		return one(t.cell(finding.Recompute{How: "distinct"}, of), err)
	case catalogue.FieldMean:
		return t.filledCells()
	case catalogue.Ratio, catalogue.PeerGap:
		return t.ratioCells()
	case catalogue.Progress:
		return t.progressCell(f)
	case catalogue.InsideOutside:
		return t.insideCells()
	case catalogue.Intervals:
		return one(t.intervalCell())
	}
	return nil, text("Räknas ur andra siffror, inte ur rader.", "Follows from other figures, not from rows."), nil
}

func one(c recordCell, err error) ([]recordCell, *finding.Text, error) {
	return []recordCell{c}, nil, err
}

// cell is a column with the text where a row is in the population.
func (t *task) cell(how finding.Recompute, text string) recordCell {
	how.KPI = t.def.ID
	if !t.main() {
		how.Also = t.s.engine.catalogue.KPIs[t.kpi].Also[t.also].Key
		how.Column = t.def.ID + "." + how.Also
	}
	return recordCell{Recompute: how, rel: t.pop.rel, text: t.within(text), dims: t.dims, class: map[string]string{}}
}

// within is a text for the rows in the population, NULL for the others.
func (t *task) within(text string) string {
	kept := t.pop.kept()
	if kept == "" {
		return text
	}
	return "CASE WHEN " + kept + " THEN " + text + " END"
}

func (t *task) flagCell() (recordCell, error) {
	how, pass := finding.Recompute{How: "share"}, "1 = 1"
	if t.def.Shape == catalogue.CountOf {
		how.How = "count"
	}
	if t.def.Shape != catalogue.CountOf || t.def.Pass != "" {
		var err error
		if pass, err = t.passing(); err != nil {
			return recordCell{}, err
		}
	}
	c := t.cell(how, "CASE WHEN "+pass+" THEN 1 ELSE 0 END")
	if !t.main() {
		return c, nil
	}
	var earlier []string
	if how.How == "share" {
		earlier = []string{pass}
	}
	if len(t.def.Split) > 0 {
		conds, err := t.splitConds()
		if err != nil {
			return c, err
		}
		keys := make([]string, len(conds))
		for i, sp := range t.def.Split {
			keys[i] = sp.Key
		}
		c.class["split"] = t.within(classText(earlier, conds, keys))
	}
	if b := t.def.Buckets; b != nil {
		conds, err := t.bucketConds()
		if err != nil {
			return c, err
		}
		keys := make([]string, len(conds))
		for i := range conds {
			keys[i], _ = bucketName(b.Edges, i)
		}
		c.class["age"] = t.within(classText(nil, conds, keys))
	}
	return c, nil
}

// classText gives the key of the first condition that holds, after those that
// count a row elsewhere.
func classText(earlier, conds, keys []string) string {
	out := "CASE"
	for _, e := range earlier {
		out += " WHEN " + e + " THEN NULL"
	}
	for i, c := range conds {
		out += " WHEN " + c + " THEN " + literal(keys[i])
	}
	return out + " END"
}

func (t *task) measureCell(how finding.Recompute) (recordCell, error) {
	m, err := t.measure()
	return t.cell(how, m), err
}

// groupCells are a measure and the group that it counts in.
func (t *task) groupCells(how finding.Recompute) ([]recordCell, *finding.Text, error) {
	m, err := t.measure()
	if err != nil {
		return nil, nil, err
	}
	of, err := t.s.texts.value(t.def.Of, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return nil, nil, err
	}
	c := t.cell(how, m)
	return []recordCell{c.with(".grupp", t.within(of)), c.other(".grupp")}, nil, nil
}

// with is a column that only stands beside another; other names it there.
func (c recordCell) with(ending, text string) recordCell {
	c.Recompute = finding.Recompute{Column: c.Name() + ending, How: "beside"}
	c.text, c.dims, c.class = text, nil, nil
	return c
}

func (c recordCell) other(ending string) recordCell {
	c.Other = c.Name() + ending
	return c
}

// filledCells are how many of the fields are filled in, and a flag for each.
func (t *task) filledCells() ([]recordCell, *finding.Text, error) {
	total := "0"
	var out []recordCell
	for _, fp := range t.def.Fields {
		var u usage
		cond, err := t.s.texts.condition(fp.Filled, t.pop.rel, t.pop.clock, &u)
		if err != nil {
			return nil, nil, fmt.Errorf("field %s: %w", fp.Key, err)
		}
		if !t.fieldMapped(u) {
			continue
		}
		flag := "CASE WHEN " + cond + " THEN 1 ELSE 0 END"
		total += " + " + flag
		c := t.cell(finding.Recompute{How: "share", Field: fp.Key}, flag)
		c.Column, c.dims = c.Name()+"."+fp.Key, nil
		if t.main() {
			out = append(out, c)
		}
	}
	return append(out, t.cell(finding.Recompute{How: "filled", Of: float64(len(out))}, total)), nil, nil
}

// ratioCells are what is summed above the line and below it, each in its own
// population.
func (t *task) ratioCells() ([]recordCell, *finding.Text, error) {
	src, how := t.def.Measure, "own"
	if t.def.Numerator != nil {
		src = t.def.Numerator.Sum
	}
	if t.def.Shape == catalogue.Ratio {
		how = "above"
	}
	sum, err := t.s.texts.value(src, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return nil, nil, err
	}
	above := t.cell(finding.Recompute{How: how, Per: t.def.Per}, sum)
	d := partDefinition(catalogue.Definition{Record: t.def.Denominator.Record, Clock: t.def.Clock}, t.def.Denominator)
	pop, err := t.s.texts.population(&d, &usage{})
	if err != nil {
		return nil, nil, err
	}
	if sum, err = t.s.texts.value(t.def.Denominator.Sum, pop.rel, pop.clock, &t.need); err != nil {
		return nil, nil, err
	}
	part := *t
	part.pop = pop
	below := part.cell(finding.Recompute{How: "below"}, sum)
	below.Column = below.Name() + ".namnare"
	below.dims = t.specs[1].dims
	if t.def.Shape == catalogue.Ratio {
		return []recordCell{above, below}, nil, nil
	}
	below.How = "peers"
	of, err := t.s.texts.value(cmp.Or(t.def.Of, "subject"), pop.rel, pop.clock, &t.need)
	if err != nil {
		return nil, nil, err
	}
	return []recordCell{above, below.with(".grupp", part.within(of)), below.other(".grupp")}, nil, nil
}

func (t *task) progressCell(f *finding.Finding) ([]recordCell, *finding.Text, error) {
	if !t.main() || f.Target == nil || f.Target.Value == nil || f.Denominator == nil {
		return nil, text("Utgångsläget hör till en annan dag.", "Where it starts from belongs to another day."), nil
	}
	m := "1"
	if t.def.Measure != "" {
		var err error
		if m, err = t.measure(); err != nil {
			return nil, nil, err
		}
	}
	return one(t.cell(finding.Recompute{How: "sum", Target: *f.Target.Value, Base: *f.Denominator + *f.Target.Value}, m), nil)
}

// insideCells are a measure, and whether the event lies in an interval.
func (t *task) insideCells() ([]recordCell, *finding.Text, error) {
	m, err := t.measure()
	if err != nil {
		return nil, nil, err
	}
	from, to, err := t.stretch()
	if err != nil {
		return nil, nil, err
	}
	x, err := t.ivCompile(t.def.Intervals, nil, from, to)
	if err != nil {
		return nil, nil, err
	}
	ev := t.specs[0]
	if ev.group == "''" {
		x.group = "''"
	}
	x.use.addAll(t.use)
	c := t.cell(finding.Recompute{How: "inside", Q: t.def.Quantile, From: from, To: to}, m)
	flag := c.with(".inom", t.within("COALESCE("+ev.group+", '') || '|' || "+ev.columns[1]))
	flag.inside, flag.From, flag.To = &x, from, to
	return []recordCell{flag, c.other(".inom")}, nil, nil
}

// intervalCell is "start|end|weight", and the group beside it in the key "grupp".
func (t *task) intervalCell() (recordCell, error) {
	from, to, err := t.stretch()
	if err != nil {
		return recordCell{}, err
	}
	x, err := t.ivCompile(t.def.Intervals, &t.pop, from, to)
	if err != nil {
		return recordCell{}, err
	}
	how := finding.Recompute{How: "intervals", From: from, To: to, Minimum: x.minimum, Working: x.working}
	c := t.cell(how, x.start+" || '|' || COALESCE(CAST("+x.end+" AS TEXT), '') || '|' || COALESCE("+x.weight+", 0)")
	if x.group != "''" {
		c.class["grupp"] = t.within(x.group)
	}
	return c, nil
}

// fieldType is how a column's values stand in a file.
func (t *texts) fieldType(rel, name string) string {
	f, ok := t.relations.Field(rel, name)
	switch {
	case ok && f.Type == record.Float:
		return "real"
	case ok && (f.Type == record.Int || f.Type == record.Bool || f.Type == record.Date || f.Type == record.Time), name == "seen_at", rel == "calendar":
		return "integer"
	case ok && f.Type != 0 || name == "id" || name == "parent" || name == "source" || name == "source_id" || name == "place":
		return "text"
	}
	return "any"
}
