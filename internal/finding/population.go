package finding

// Population is the rows of one relation, with a column for each figure that
// follows from them alone.
type Population struct {
	Relation string      `json:"relation"`
	Columns  []Recompute `json:"columns"`
}

// Recompute says how a figure follows from its column in a population.
type Recompute struct {
	KPI string `json:"id"`
	// How is "share" (ones ÷ rows with 1 or 0), "count" (ones), "quantile" (the
	// number at rank ceil(Q·n) of the sorted numbers) or "mean" (their mean).
	How string  `json:"how" jsonschema:"enum=share,enum=count,enum=quantile,enum=mean"`
	Q   float64 `json:"q,omitempty"`
}

// PopulationRow is one row. A cell is "" where the row is not in the figure's
// population; else 1 or 0, or the measured number.
type PopulationRow struct {
	ID, OrgUnit, Place string
	Cells              []string
}
