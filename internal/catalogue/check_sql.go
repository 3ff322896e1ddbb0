package catalogue

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
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
	k.fieldNames("needs_any", d.NeedsAny)
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
	check("edition", d.Edition, aValue)
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
