package catalogue

import (
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// ShapeRule says which parts a shape needs, which it may have, and in which
// units its figure can be. A part that a shape would ignore is a fault.
type ShapeRule struct {
	Shape Shape
	Doc   string   // one line, for the documentation
	Needs []string // parts that must be there
	May   []string // parts that may be there
	Units []string // empty is any
}

// rows are the parts that choose among a record's rows.
var rows = []string{"population", "narrow", "exclude", "window"}

// Shapes lists every shape with its rule, in the order of the documentation.
func Shapes() []ShapeRule {
	may := func(more ...string) []string { return append(slices.Clone(rows), more...) }
	share := []string{"share"}
	return []ShapeRule{
		{Share, "rows that pass ÷ rows of the population", []string{"record", "pass"}, may("split"), share},
		{CountOf, "rows of the population (or those that pass), by age if asked", []string{"record"}, may("pass", "split", "buckets"), []string{"count"}},
		{Quantile, "a quantile of a measure", []string{"record", "measure", "quantile"}, may(), nil},
		{GroupShare, "mean per group, then the groups that pass ÷ groups", []string{"record", "of", "measure", "group_pass"}, may(), share},
		{FieldMean, "mean over fields of the share filled in", []string{"record", "fields"}, may(), share},
		{Ratio, "sum ÷ sum, per one, hundred or thousand", []string{"numerator", "denominator"}, may("record", "per"), nil},
		{Distinct, "distinct values, and the change since a base period", []string{"record", "of"}, may("base"), []string{"count"}},
		{Progress, "how much of the way from base to target is gone", []string{"record", "base"}, may("measure"), share},
		{Related, "rows whose newest related record is recent enough ÷ rows", []string{"record", "related"}, may("split"), share},
		{Planned, "held ÷ planned", []string{"record", "planned"}, may("split"), share},
		{InsideOutside, "a quantile inside intervals ÷ the same outside", []string{"record", "measure", "quantile", "intervals"}, may(), []string{"ratio"}},
		{Intervals, "length of the union of intervals, weighted if asked", []string{"record", "intervals"}, may(), []string{"seconds"}},
		{MeanScore, "mean of scores; a blank leaves the denominator; with of, that of the worst group", []string{"record", "measure"}, may("of"), nil},
		{PeerGap, "own mean less the peers' mean, from at least five peers", []string{"record", "measure", "denominator"}, may("of"), nil},
		{Arithmetic, "arithmetic on other figures", []string{"formula"}, nil, nil},
	}
}

func shapeRule(s Shape) (ShapeRule, bool) {
	for _, r := range Shapes() {
		if r.Shape == s {
			return r, true
		}
	}
	return ShapeRule{}, false
}

// has tells which of the parts that belong to shapes a definition has.
func has(d *Definition) map[string]bool {
	return map[string]bool{
		"record": d.Record != "", "population": d.Population != "", "narrow": d.Narrow != nil, "exclude": len(d.Exclude) > 0,
		"pass": d.Pass != "", "split": len(d.Split) > 0, "measure": d.Measure != "", "of": d.Of != "", "fields": len(d.Fields) > 0,
		"quantile": d.Quantile != 0, "group_pass": d.GroupPass != "", "numerator": d.Numerator != nil, "denominator": d.Denominator != nil,
		"per": d.Per != 0, "related": d.Related != nil, "planned": d.Planned != nil, "intervals": d.Intervals != nil,
		"formula": d.Formula != "", "buckets": d.Buckets != nil, "base": d.Base != nil, "window": d.Window != nil,
	}
}

// shape checks that a definition has the parts of its shape and no others.
func (k *kpiCheck) shape() {
	d := k.d
	rule, ok := shapeRule(d.Shape)
	if !ok {
		var names []string
		for _, r := range Shapes() {
			names = append(names, string(r.Shape))
		}
		k.oneOf("shape", string(d.Shape), names)
		return
	}
	parts := has(d)
	for _, p := range rule.Needs {
		if !parts[p] {
			k.fault(p, "is missing; shape %s needs it", d.Shape)
		}
	}
	var names []string
	for p, there := range parts {
		if there && !slices.Contains(rule.Needs, p) && !slices.Contains(rule.May, p) {
			names = append(names, p)
		}
	}
	slices.Sort(names)
	for _, p := range names {
		k.fault(p, "shape %s has no use for it", d.Shape)
	}
	if len(rule.Units) > 0 && d.Unit != "" && !slices.Contains(rule.Units, d.Unit) && slices.Contains(Units(), d.Unit) {
		k.fault("unit", "shape %s gives %s, not %s", d.Shape, rule.Units[0], d.Unit)
	}
	if d.Population != "" && d.PopulationText == (finding.Text{}) {
		k.fault("population_text", "is missing: the population is printed in titles")
	}
}
