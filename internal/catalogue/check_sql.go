package catalogue

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// want says what an expression must give.
type want uint8

const (
	aCondition want = iota + 1
	aValue
)

// expression checks one SQL text, and tells whether the clock matters to it.
func (e *entryCheck) expression(field, src string, w want, s Scope) (elapsed bool) {
	if strings.TrimSpace(src) == "" {
		return false
	}
	x, err := CheckExpr(src, s)
	switch {
	case err != nil:
		e.fault(field, "%v", err)
	case w == aCondition && !x.IsCondition():
		e.fault(field, "want a condition, this is a value")
	case w == aValue && x.IsCondition():
		e.fault(field, "want a value, this is a condition: use CASE WHEN … THEN 1 ELSE 0 END")
	}
	return usesClock(x)
}

// usesClock tells whether working time matters to an expression.
func usesClock(x Expr) bool { return x.UsesElapsed() || slices.Contains(x.Relations(), "calendar") }

// sql checks every expression, column and length of time of a definition.
func (k *kpiCheck) sql() {
	d := k.d
	if d.Record != "" && !k.v.rs.Has(string(d.Record)) {
		k.fault("record", "unknown record %s%s", d.Record, expr.Closest(string(d.Record), k.v.rs.Names()))
		return
	}
	if d.Record != "" && !slices.Contains(k.v.rs.Columns(string(d.Record)), "id") {
		k.fault("record", "%s has no column id, so its rows cannot be evidence", d.Record)
	}
	row := RowScope(k.v.rs, d.Record, d.Clock)
	if d.Record == "" && d.Shape != Arithmetic && d.Shape != Ratio {
		return // the shape's check says so
	}
	elapsed := k.rowTexts(row)
	k.parts(d.Record)
	for i, a := range d.Also {
		elapsed = k.also(index("also", i), a, d) || elapsed
	}
	if d.Clock == "working" && !elapsed {
		k.fault("clock", "working changes nothing: no expression uses elapsed(a, b) or working_seconds(a, b)")
	}
	k.expression("partly", d.Partly, aCondition, PartlyScope())
	k.expression("group_pass", d.GroupPass, aCondition, GroupPassScope())
	k.expression("formula", d.Formula, aValue, k.v.c.FormulaScope())
	for i, r := range d.Remarks {
		k.remark(index("remarks", i)+".when", r.When)
	}
	if d.Quantile < 0 || d.Quantile > 1 {
		k.fault("quantile", "want a share above 0, at most 1, got %v", d.Quantile)
	}
	if d.Per < 0 {
		k.fault("per", "want a number above 0, got %v", d.Per)
	}
	if d.Record == "" {
		return
	}
	k.breakdowns(row)
	k.evidence(row)
	k.fieldNames("needs", d.Needs)
	k.fieldNames("optional", d.Optional)
}

// remark checks a test over the whole population.
func (k *kpiCheck) remark(field, src string) {
	scope := RemarkScope(k.v.rs, k.d.Record)
	k.expression(field, src, aCondition, scope)
	if strings.TrimSpace(src) == "" {
		k.fault(field, "is missing")
	} else if x, err := CheckExpr(src, scope); err == nil && !x.IsAggregate() {
		k.fault(field, "want a test of all rows together, such as count_if(…) > 0.3 * count(*)")
	}
}

// rowTexts checks the expressions about a row of the record.
func (k *kpiCheck) rowTexts(row Scope) (elapsed bool) {
	d := k.d
	check := func(field, src string, w want) { elapsed = k.expression(field, src, w, row) || elapsed }
	check("population", d.Population, aCondition)
	check("pass", d.Pass, aCondition)
	check("measure", d.Measure, aValue)
	if d.Shape != PeerGap { // there it is about the peers
		check("of", d.Of, aValue)
	}
	required := func(field, src string) {
		if check(field, src, aCondition); strings.TrimSpace(src) == "" {
			k.fault(field, "is missing")
		}
	}
	if d.Narrow != nil {
		required("narrow.when", d.Narrow.When)
		required("narrow.population", d.Narrow.Population)
	}
	for i, x := range d.Exclude {
		required(index("exclude", i)+".when", x.When)
	}
	for i, s := range d.Split {
		required(index("split", i)+".when", s.When)
	}
	for i, f := range d.Fields {
		required(index("fields", i)+".filled", f.Filled)
	}
	k.window("window", d.Window, d.Record)
	return elapsed
}

func (k *kpiCheck) also(at string, a AlsoPart, d *Definition) (elapsed bool) {
	clock := d.Clock
	if a.Clock != "" {
		clock = a.Clock
		k.oneOf(at+".clock", a.Clock, clocks())
	}
	row := RowScope(k.v.rs, d.Record, clock)
	k.expression(at+".formula", a.Formula, aValue, k.v.c.FormulaScope())
	switch {
	case d.Shape == Arithmetic && a.Formula == "":
		k.fault(at+".formula", "is missing; shape arithmetic needs it")
	case d.Shape != Arithmetic && a.Formula != "":
		k.fault(at+".formula", "shape %s has no use for it", d.Shape)
	}
	uses := k.expression(at+".pass", a.Pass, aCondition, row)
	uses = k.expression(at+".measure", a.Measure, aValue, row) || uses
	if a.Population != nil {
		uses = k.expression(at+".population", *a.Population, aCondition, row) || uses
	}
	if slices.Contains(clocks(), a.Clock) && a.Clock != d.Clock && !uses && !k.inherits(a, d, row) {
		k.fault(at+".clock", "%s changes nothing: no expression uses elapsed(a, b)", a.Clock)
	}
	if a.Quantile < 0 || a.Quantile > 1 {
		k.fault(at+".quantile", "want a share above 0, at most 1, got %v", a.Quantile)
	}
	if a.Shape != "" {
		if _, ok := shapeRule(a.Shape); !ok {
			k.fault(at+".shape", "unknown %s", a.Shape)
		}
	}
	k.optional(at+".unit", a.Unit, Units())
	k.window(at+".window", a.Window, d.Record)
	if a.Intervals != nil {
		k.interval(at+".intervals", a.Intervals, d.Record)
	}
	return uses
}

// inherits tells whether the clock matters to a text that a second figure takes over.
func (k *kpiCheck) inherits(a AlsoPart, d *Definition, row Scope) bool {
	for _, src := range []struct{ own, taken string }{{a.Pass, d.Pass}, {a.Measure, d.Measure}} {
		if src.own == "" && src.taken != "" {
			if x, err := CheckExpr(src.taken, row); err != nil || x.UsesElapsed() {
				return true
			}
		}
	}
	return a.Intervals != nil || d.Intervals != nil
}

func (k *kpiCheck) breakdowns(row Scope) {
	for i, b := range k.d.Breakdowns {
		at := index("breakdowns", i)
		if !snake().MatchString(b.Dimension) {
			k.fault(at+".dimension", "want lower-case letters, digits and underscores, got %q", b.Dimension)
		}
		for _, other := range k.d.Breakdowns[:i] {
			if other.Dimension == b.Dimension {
				k.fault(at+".dimension", "%s is there twice", b.Dimension)
			}
		}
		if b.By != "" {
			k.expression(at+".by", b.By, aValue, row)
		} else if snake().MatchString(b.Dimension) {
			k.column(at+".dimension", k.d.Record, b.Dimension, "")
		}
		if b.Cap < 0 {
			k.fault(at+".cap", "want a number from 1, got %d", b.Cap)
		}
	}
}

func (k *kpiCheck) evidence(row Scope) {
	e := k.d.Evidence
	k.expression("evidence.label", e.Label, aValue, row)
	k.expression("evidence.reason", e.Reason, aValue, row)
	k.expression("evidence.order", e.Order, aValue, row)
	for i, c := range e.Columns {
		at := index("evidence.columns", i)
		k.column(at, k.d.Record, c, "")
		if f, ok := k.v.rs.Field(string(k.d.Record), c); ok && f.Privacy == record.Personal {
			k.fault(at, "%s names a person and may not be shown", c)
		}
		if slices.Contains(e.Columns[:i], c) {
			k.fault(at, "%s is there twice", c)
		}
	}
}

// fieldNames checks "field", "relation.field" and "system.role", a child list.
func (k *kpiCheck) fieldNames(field string, names []string) {
	for i, n := range names {
		rel, col, dotted := strings.Cut(n, ".")
		if !dotted {
			k.column(index(field, i), k.d.Record, n, "")
			continue
		}
		if !k.v.rs.Has(rel + "_" + col) {
			k.column(index(field, i), record.Kind(rel), col, "")
		}
	}
}

// column checks that a relation has a column; kind "instant" wants a Time or Date.
func (k *kpiCheck) column(field string, rel record.Kind, name, kind string) {
	if name == "" {
		k.fault(field, "is missing")
		return
	}
	if !k.v.rs.Has(string(rel)) {
		if rel != "" {
			k.fault(field, "unknown record %s%s", rel, expr.Closest(string(rel), k.v.rs.Names()))
		}
		return
	}
	f, ok := k.v.rs.Field(string(rel), name)
	if !ok {
		k.fault(field, "unknown column %s in %s%s", name, rel, expr.Closest(name, k.v.rs.Columns(string(rel))))
		return
	}
	isView := k.v.rs.ViewSQL(string(rel)) != ""
	if kind == "instant" && f.Type != record.Time && f.Type != record.Date && !(isView && f.Type == 0) && name != "seen_at" {
		k.fault(field, "%s is no date or time", name)
	}
}

func (k *kpiCheck) span(field, s string, required bool) {
	if s == "" {
		if required {
			k.fault(field, "is missing")
		}
		return
	}
	if _, err := ParseSpan(s); err != nil {
		k.fault(field, "%v", err)
	}
}

func (k *kpiCheck) window(field string, w *Window, rel record.Kind) {
	if w == nil {
		return
	}
	if rel != "" {
		k.column(field+".field", rel, w.Field, "instant")
	}
	k.span(field+".length", w.Length, false)
	k.span(field+".settle", w.Settle, false)
}

// cycles finds arithmetic that needs itself.
func (v *validator) cycles() {
	needs := map[string][]string{}
	for _, d := range v.c.KPIs {
		for _, src := range append([]string{d.Formula}, alsoFormulas(d)...) {
			if x, err := CheckExpr(src, v.c.FormulaScope()); src != "" && err == nil {
				needs[d.ID] = append(needs[d.ID], x.Values()...)
			}
		}
	}
	for i := range v.c.KPIs {
		d := &v.c.KPIs[i]
		if path := chain(d.ID, d.ID, needs, nil); path != nil {
			k := v.entry(d.File, d.Line, "kpi "+d.ID, d.lines)
			k.fault("formula", "needs itself: %s", strings.Join(path, " → "))
		}
	}
}

func alsoFormulas(d Definition) []string {
	var out []string
	for _, a := range d.Also {
		out = append(out, a.Formula)
	}
	return out
}

// chain returns the way from one id to another, or nil.
func chain(from, to string, needs map[string][]string, seen []string) []string {
	seen = append(seen, from)
	for _, n := range needs[from] {
		if n == to {
			return append(slices.Clone(seen), to)
		}
		if !slices.Contains(seen, n) {
			if p := chain(n, to, needs, seen); p != nil {
				return p
			}
		}
	}
	return nil
}
