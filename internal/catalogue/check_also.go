package catalogue

import "slices"

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
