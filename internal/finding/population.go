package finding

// Population is the rows of one relation: what figures read of them, what they
// are taken apart by, and a column for each figure that follows from them.
type Population struct {
	Relation string `json:"relation"`
	// Fields are the columns of the record that figures read, so that their SQL
	// texts run over these rows.
	Fields []Field `json:"fields,omitempty"`
	// Keys are what breakdowns go by.
	Keys    []string    `json:"keys,omitempty"`
	Columns []Recompute `json:"columns"`
}

// Field is a column of a record.
type Field struct {
	Name string `json:"name"`
	Type string `json:"type" jsonschema:"enum=text,enum=integer,enum=real,enum=any"`
}

// Recompute says how a figure follows from its column in a population.
type Recompute struct {
	KPI    string `json:"id"`               // "" of a column that only stands beside another
	Also   string `json:"also,omitempty"`   // the second figure of that key; "" is the figure itself
	Field  string `json:"field,omitempty"`  // the cell of that key in the breakdown "field"
	Column string `json:"column,omitempty"` // name of the column; "" is the id
	// How is "share" (ones ÷ rows with 1 or 0), "count" (ones), "quantile" (the
	// number at rank ceil(Q·n) of the sorted numbers), "mean" (their mean),
	// "above" and "below" (the sum of one ÷ the sum of the other × Per), "sum"
	// (of the way from Base to Target), "distinct" (different texts), "filled"
	// (sum ÷ rows × Of), "groups" (share of the groups whose mean passes),
	// "worst" (mean of the group that is worst off), "inside" (quantile where
	// Other is 1 ÷ that where it is 0), "own" and "peers" (mean less the mean of
	// the groups' means), "intervals" (seconds of "start|end|weight" united
	// within each group, the heaviest first). "beside" is what another column needs.
	How     string  `json:"how" jsonschema:"enum=share,enum=count,enum=quantile,enum=mean,enum=above,enum=below,enum=sum,enum=distinct,enum=filled,enum=groups,enum=worst,enum=inside,enum=own,enum=peers,enum=intervals,enum=beside"`
	Q       float64 `json:"q,omitempty"`
	Per     float64 `json:"per,omitempty"`
	Of      float64 `json:"of,omitempty"`
	Other   string  `json:"other,omitempty"` // column of the group, or of what tells inside from outside
	Pass    string  `json:"pass,omitempty"`  // what mean and n of a group must be
	Highest bool    `json:"highest,omitempty"`
	Base    float64 `json:"base,omitempty"`
	Target  float64 `json:"target,omitempty"`
	From    int64   `json:"from,omitempty"` // intervals are cut to these instants
	To      int64   `json:"to,omitempty"`
	Minimum int64   `json:"minimum,omitempty"` // shorter ones are not counted
	Working bool    `json:"working,omitempty"` // by the calendar's open hours
	// Keys name the column that each breakdown goes by.
	Keys map[string]string `json:"breakdowns,omitempty"`
}

// Name is the name of the column.
func (r Recompute) Name() string {
	if r.Column != "" {
		return r.Column
	}
	return r.KPI
}

// PopulationRow is one row. Its cells are those of the fields, of the keys and of
// the figures, in that order. A figure's cell is "" where the row is not in its
// population; else 1 or 0, or what was measured.
type PopulationRow struct {
	ID, OrgUnit, Place string
	Cells              []string
}
