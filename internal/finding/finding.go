// Package finding holds what an evaluation says: a figure that opens into
// numerator, denominator, breakdown and evidence, or the reason there is none.
// It is pure: no clock, no database.
package finding

import "time"

// Outcome is what a figure means against its target.
type Outcome string

// The outcomes. Zero is a measurement; no data is not.
const (
	Met           Outcome = "met"
	Partly        Outcome = "partly" // only where the definition gives a bound
	NotMet        Outcome = "not_met"
	NotDue        Outcome = "not_due"        // the target's date is ahead; Pace says how it goes
	Measured      Outcome = "measured"       // no target decided
	Waived        Outcome = "waived"         // a decision accepts it until a date
	NoData        Outcome = "no_data"        // a source or a column is missing, or nothing is in the population
	Stale         Outcome = "stale"          // the figure stands on content that is too old
	NotApplicable Outcome = "not_applicable" // switched off with a reason
	Error         Outcome = "error"          // the definition failed, for example division by zero
)

// HasValue tells whether an outcome goes with a figure.
func (o Outcome) HasValue() bool {
	return o != NoData && o != Error && o != NotApplicable
}

// Text is a sentence in both languages.
type Text struct {
	SV string `json:"sv" yaml:"sv"`
	EN string `json:"en" yaml:"en"`
}

// Finding is one KPI at one point in time. Shares are 0-1, durations seconds,
// money SEK. Pointers are nil where there is no figure.
type Finding struct {
	KPI           string    `json:"id"`
	Title         Text      `json:"title"`
	Unit          string    `json:"unit" jsonschema:"enum=share,enum=count,enum=seconds,enum=sek,enum=ratio,enum=months,enum=score,enum=index,enum=per_hundred"`
	CountUnit     string    `json:"count_unit,omitempty" jsonschema:"enum=sek,enum=user_time"` // what is counted: kronor that a share is of, or the time of all users added up
	Value         *float64  `json:"value" jsonschema:"nullable"`
	Numerator     *float64  `json:"numerator" jsonschema:"nullable"`
	Denominator   *float64  `json:"denominator" jsonschema:"nullable"`
	Outcome       Outcome   `json:"outcome"`
	Pace          string    `json:"pace,omitempty"`              // on_pace or behind, with not_due
	Level         *int      `json:"level" jsonschema:"nullable"` // 0-4 "målnivå", only where there is a target
	Target        *Target   `json:"target" jsonschema:"nullable"`
	Suppressed    bool      `json:"suppressed"`
	Reason        *Text     `json:"reason,omitempty"` // why there is no figure, or why it is stale
	Awaits        string    `json:"awaits,omitempty"` // record kind that no source gives yet: it can be measured when one does
	Breakdown     []Cell    `json:"breakdown"`
	Also          []Also    `json:"also,omitempty"`        // figures shown beside: p90, working hours, all systems
	NotCounted    []Count   `json:"not_counted,omitempty"` // rows left out, by reason
	Remarks       []Text    `json:"remarks,omitempty"`     // warnings of the definition that hold for these rows
	Waivers       []Waiver  `json:"waivers,omitempty"`
	WaivedRows    int64     `json:"waived_rows,omitempty"`          // "varav 6 godtagna"; the denominator never shrinks
	Coverage      *float64  `json:"coverage" jsonschema:"nullable"` // share of the population whose needed fields were seen
	Population    Text      `json:"population"`                     // the population in words
	Sources       []Source  `json:"sources"`
	Previous      *Previous `json:"previous,omitempty"`
	Forecast      *Forecast `json:"forecast,omitempty"`
	Peers         *Peers    `json:"peers,omitempty"`
	Breaks        []Break   `json:"series_breaks,omitempty"` // instants across which the figure is not comparable, oldest first
	AsOf          time.Time `json:"as_of"`
	KnownAt       time.Time `json:"known_at"`
	MethodVersion int       `json:"method_version"`
	Evidence      []Row     `json:"evidence,omitempty"` // only with explain
	EvidenceTotal int64     `json:"evidence_total,omitempty"`
	NotRecomputed *Text     `json:"not_recomputed,omitempty"`    // why the figure cannot be computed anew from the rows; only in a snapshot
	Withheld      *Text     `json:"evidence_withheld,omitempty"` // why there are rows that who asks is not shown
	SQL           string    `json:"sql,omitempty"`               // the text an auditor can run in sqlite3; only with explain

	// Failing are the rows that fail and that no decision accepts, by förvaltning
	// and tier: what a next step would move. They are known where rows pass or
	// fail one by one, of the present evaluation alone, and kept nowhere.
	Failing []FailingRows `json:"-"`
}

// FailingRows counts the failing rows of a förvaltning and a tier; "" is
// unknown, and what the record has none of.
type FailingRows struct {
	OrgUnit, Tier string
	Rows          int64
}

// Cell is one row of a breakdown.
type Cell struct {
	Dimension   string   `json:"dimension"`       // org_unit, tier, category …
	Key         string   `json:"key"`             // stable id; "" is "okänd"
	Label       string   `json:"label,omitempty"` // what people call it
	Value       *float64 `json:"value" jsonschema:"nullable"`
	Numerator   *float64 `json:"numerator" jsonschema:"nullable"`
	Denominator *float64 `json:"denominator" jsonschema:"nullable"`
	Outcome     Outcome  `json:"outcome"`
	Suppressed  bool     `json:"suppressed,omitempty"`
}

// Also is a second figure of the same KPI.
type Also struct {
	Key         string   `json:"key"` // p90, working_hours
	Title       Text     `json:"title"`
	Unit        string   `json:"unit"`
	CountUnit   string   `json:"count_unit,omitempty" jsonschema:"enum=sek,enum=user_time"` // as in [Finding]
	Value       *float64 `json:"value" jsonschema:"nullable"`
	Numerator   *float64 `json:"numerator" jsonschema:"nullable"`
	Denominator *float64 `json:"denominator" jsonschema:"nullable"`
	Suppressed  bool     `json:"suppressed,omitempty"`
}

// Count is how many rows a reason leaves out, or a remark counts.
type Count struct {
	Reason Text  `json:"reason"`
	Rows   int64 `json:"rows"`
}

// Target is a decided target.
type Target struct {
	Kind     string   `json:"kind"` // value, count, band, list, yes_no
	Value    *float64 `json:"value" jsonschema:"nullable"`
	Low      *float64 `json:"low,omitempty"`
	High     *float64 `json:"high,omitempty"`
	List     []string `json:"list,omitempty"`
	Due      string   `json:"due,omitempty"` // YYYY-MM-DD
	Decision string   `json:"decision,omitempty"`
}

// Waiver is a decision that accepts a shortfall until a date.
type Waiver struct {
	Scope    string `json:"scope"` // "kpi", "org_unit:<id>", "record:<id>"
	Decision string `json:"decision"`
	By       string `json:"by"` // body or role, never a person
	Reason   string `json:"reason"`
	Instead  string `json:"instead,omitempty"` // compensating measure
	Expires  string `json:"expires"`           // YYYY-MM-DD
}

// Source is a source behind the figure.
type Source struct {
	Name        string    `json:"name"`
	LastSuccess time.Time `json:"last_success"`
	ContentAt   time.Time `json:"content_at"`
	Late        bool      `json:"late"`
	OldContent  bool      `json:"old_content"`
}

// Previous is the same figure a period earlier, with what may be said of the change.
type Previous struct {
	Period string   `json:"period"` // month, year
	Value  *float64 `json:"value" jsonschema:"nullable"`
	AsOf   string   `json:"as_of"`
	Trend  string   `json:"trend"` // better, worse, unchanged, not_comparable
}

// Forecast is when a target is met at today's pace, or why that cannot be said.
// There is none where there is no target, or where it is met.
type Forecast struct {
	Points       int      `json:"points"`                                 // values of closed months that the pace stands on
	PacePerMonth *float64 `json:"pace_per_month" jsonschema:"nullable"`   // change a month in the unit of the target; of a count target in rows
	ETA          string   `json:"eta,omitempty" jsonschema:"format=date"` // "2028-03-14"
	Sentence     Text     `json:"sentence,omitzero"`                      // "I nuvarande takt nås målet i mars 2028; bygger på 11 månadsvärden."
	Reason       *Text    `json:"reason,omitempty"`                       // why nothing can be said
}

// Say tells what a forecast says, in words.
func (f Forecast) Say() Text {
	if f.Reason != nil {
		return *f.Reason
	}
	return f.Sentence
}

// Break is a day from which a figure is another series than before: the source
// was replaced, or counts otherwise. It is drawn on charts, and nothing is said
// to be better or worse across it.
type Break struct {
	On     string `json:"on"` // first day of the new series, "2026-03-01"
	Source string `json:"source,omitempty"`
	Reason string `json:"reason"`
}

// Row is one row of evidence. Pass is false for a row that somebody should look
// at: outside a share where more is better, inside one where fewer is.
type Row struct {
	Entity  string `json:"entity"` // record kind
	ID      string `json:"id"`
	Label   string `json:"label"`
	OrgUnit string `json:"org_unit,omitempty"`
	// OrgUnitName is what people call the unit.
	OrgUnitName string            `json:"org_unit_name,omitempty"`
	Pass        bool              `json:"pass"`
	Waived      bool              `json:"waived,omitempty"`
	Reason      string            `json:"reason,omitempty"`
	Place       string            `json:"place"` // "Systemlista.xlsx, blad System, rad 47"
	Columns     map[string]string `json:"columns,omitempty"`
}
