package diff

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// changedFields lists the fields of two definitions that differ, by their names
// in a definition's file.
func changedFields(old, now catalogue.Definition) []Field {
	var out []Field
	x, y := reflect.ValueOf(old), reflect.ValueOf(now)
	for i := range x.NumField() {
		name, _, _ := strings.Cut(x.Type().Field(i).Tag.Get("yaml"), ",")
		if name == "" || name == "-" || reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			continue
		}
		out = append(out, Field{name, written(x.Field(i)), written(y.Field(i))})
	}
	return out
}

// written is a field's value as a reader can compare it with another.
func written(v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	switch x := v.Interface().(type) {
	case string:
		return x
	case finding.Text:
		return x.SV
	default:
		b, err := json.Marshal(x)
		if err != nil {
			return v.String()
		}
		return string(b)
	}
}

// sameMethod tells whether two definitions count the same.
func sameMethod(a, b catalogue.Definition) bool {
	return reflect.DeepEqual(methodOf(a), methodOf(b))
}

// methodOf is what of a definition decides its value: without texts, without
// what is shown beside it and how it is taken apart.
func methodOf(d catalogue.Definition) catalogue.Definition {
	m := catalogue.Definition{
		Record: d.Record, Shape: d.Shape, Population: d.Population, Edition: d.Edition, Pass: d.Pass, Measure: d.Measure, Of: d.Of, Quantile: d.Quantile,
		GroupPass: d.GroupPass, Numerator: d.Numerator, Denominator: d.Denominator, Per: d.Per, Related: d.Related, Planned: d.Planned, Intervals: d.Intervals,
		Formula: d.Formula, Base: d.Base, Window: d.Window, Clock: d.Clock, Unit: d.Unit, Needs: d.Needs, Optional: d.Optional, NeedsAny: d.NeedsAny, Registered: d.Registered,
	}
	if d.Narrow != nil {
		m.Narrow = &catalogue.Narrow{When: d.Narrow.When, Population: d.Narrow.Population}
	}
	for _, e := range d.Exclude {
		m.Exclude = append(m.Exclude, catalogue.Exclusion{When: e.When})
	}
	for _, f := range d.Fields {
		m.Fields = append(m.Fields, catalogue.FieldPart{Key: f.Key, Filled: f.Filled})
	}
	return m
}
