package kpi

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// population is the rows that a figure is about, as SQL.
type population struct {
	rel     string
	clock   string
	conds   []string // joined with AND
	exclude []exclusion
	text    finding.Text
}

// exclusion takes rows out and counts them. Where several hold, the first counts the row.
type exclusion struct {
	when   string
	reason finding.Text
}

// population compiles the population of a definition. What it reads goes to u;
// a field that only the population names is not needed (it is NULL if no source
// maps it).
func (t *texts) population(d *catalogue.Definition, u *usage) (population, error) {
	p := population{rel: string(d.Record), clock: d.Clock, text: d.PopulationText}
	if err := t.relation(p.rel, u); err != nil {
		return p, fmt.Errorf("record: %w", err)
	}
	if d.Window != nil {
		conds, err := t.window(d.Window, p.rel, u)
		if err != nil {
			return p, err
		}
		p.conds = append(p.conds, conds...)
	}
	if d.Population != "" {
		c, err := t.condition(d.Population, p.rel, d.Clock, u)
		if err != nil {
			return p, fmt.Errorf("population: %w", err)
		}
		p.conds = append(p.conds, c)
	}
	for i, e := range d.Exclude {
		c, err := t.condition(e.When, p.rel, d.Clock, u)
		if err != nil {
			return p, fmt.Errorf("exclude %d: %w", i+1, err)
		}
		p.exclude = append(p.exclude, exclusion{c, e.Reason})
	}
	return p, nil
}

// window gives the conditions of a window: from as_of less the length, that
// instant included, to as_of less what must settle, that instant included too.
func (t *texts) window(w *catalogue.Window, rel string, u *usage) ([]string, error) {
	l, err := catalogue.ParseSpan(cmp.Or(w.Length, "12m"))
	if err != nil {
		return nil, fmt.Errorf("window: length: %w", err)
	}
	var s catalogue.Span // nothing need settle
	if w.Settle != "" {
		if s, err = catalogue.ParseSpan(w.Settle); err != nil {
			return nil, fmt.Errorf("window: settle: %w", err)
		}
	}
	f, err := t.value(w.Field, rel, "", u)
	if err != nil {
		return nil, fmt.Errorf("window: field: %w", err)
	}
	u.timed = true
	return []string{
		f + " >= " + strconv.FormatInt(l.Before(t.asOf, t.loc).Unix(), 10),
		f + " <= " + t.upTo(rel, w.Field, s.Before(t.asOf, t.loc)),
	}, nil
}

// upTo is the last instant that is not in the future of at. A date stands for
// the end of its day, so today's date is not in the future all day long.
func (t *texts) upTo(rel, field string, at time.Time) string {
	if f, ok := t.relations.Field(rel, field); ok && f.Type == record.Date {
		l := at.In(t.loc)
		at = time.Date(l.Year(), l.Month(), l.Day()+1, 0, 0, 0, 0, t.loc).Add(-time.Second)
	}
	return strconv.FormatInt(at.Unix(), 10)
}

// and returns a population with one more condition.
func (p population) and(cond string) population {
	p.conds = append(append([]string(nil), p.conds...), cond)
	return p
}

// where is the WHERE clause before exclusions, "" for all rows.
func (p population) where() string { return joinConds(p.conds) }

// kept is the WHERE clause with the exclusions applied.
func (p population) kept() string {
	conds := p.conds
	if len(p.exclude) > 0 {
		var b strings.Builder
		b.WriteString("CASE")
		for _, e := range p.exclude {
			b.WriteString(" WHEN " + e.when + " THEN 1")
		}
		conds = append(append([]string(nil), conds...), b.String()+" ELSE 0 END = 0")
	}
	return joinConds(conds)
}

func joinConds(conds []string) string {
	switch len(conds) {
	case 0:
		return ""
	case 1:
		return conds[0]
	}
	return "(" + strings.Join(conds, ") AND (") + ")"
}

// from is "FROM relation WHERE …" with a WHERE clause.
func from(rel, where string) string {
	if where == "" {
		return "FROM " + rel
	}
	return "FROM " + rel + " WHERE " + where
}

// guarded is a CASE that gives then for kept rows for which cond holds and none
// of the earlier conditions does, other for the rest.
func (p population) guarded(earlier []string, cond, then, other string) string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, e := range p.exclude {
		b.WriteString(" WHEN " + e.when + " THEN " + other)
	}
	for _, e := range earlier {
		b.WriteString(" WHEN " + e + " THEN " + other)
	}
	if cond == "" {
		if len(p.exclude)+len(earlier) == 0 {
			return then
		}
		return b.String() + " ELSE " + then + " END"
	}
	return b.String() + " WHEN " + cond + " THEN " + then + " ELSE " + other + " END"
}

// count counts kept rows for which cond holds ("" is all) and none of earlier does.
func (p population) count(cond string, earlier ...string) string {
	if cond == "" && len(p.exclude)+len(earlier) == 0 {
		return "COUNT(*)"
	}
	return "SUM(" + p.guarded(earlier, cond, "1", "0") + ")"
}

// excluded counts the rows that exclusion i takes out.
func (p population) excluded(i int) string {
	first := population{exclude: p.exclude[:i]}
	return "SUM(" + first.guarded(nil, p.exclude[i].when, "1", "0") + ")"
}
