package catalogue

import "github.com/kommunpuls/kommunpuls/internal/finding"

// ToGoThrough tells whether a row belongs on a work list: the rows that do not
// pass, which for a share where fewer is better (systems past their support)
// are those that it counts. A share that is neither good nor bad has nothing
// to go through.
func (d Definition) ToGoThrough(r finding.Row) bool {
	return d.HasWork() && (d.Unit == "count" || !r.Pass)
}

// HasWork tells whether any row of the figure is something to go through.
func (d Definition) HasWork() bool {
	switch d.Unit {
	case "count":
		return d.Direction == "down" && d.Evidence.Reason != ""
	case "share":
		return d.Direction != "none"
	}
	return true
}

// ToGoThroughTotal is how many rows are on the whole work list; 0 where the
// figure does not count rows.
func (d Definition) ToGoThroughTotal(f finding.Finding) int {
	return d.ToGoThroughOf(f.Numerator, f.Denominator)
}

// ToGoThroughOf is [Definition.ToGoThroughTotal] of a row of a breakdown.
func (d Definition) ToGoThroughOf(numerator, denominator *float64) int {
	switch {
	case numerator == nil || denominator == nil || d.Unit != "share" || d.Shape == FieldMean:
		return 0
	case d.Direction == "down":
		return int(*numerator)
	}
	return int(*denominator - *numerator)
}
