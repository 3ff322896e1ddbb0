// Package catalogue holds the KPI definitions: what is measured, in words and
// in SQL that an auditor can read. It parses and validates; it computes nothing.
package catalogue

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Shape is the form of a KPI's arithmetic. A new KPI picks one; only a new
// form needs Go.
type Shape string

// The shapes.
const (
	Share         Shape = "share"          // passing rows ÷ population (also across two sources, by a view)
	CountOf       Shape = "count"          // rows in the population now, by age bucket
	Quantile      Shape = "quantile"       // a quantile of a measure, by either clock
	GroupShare    Shape = "group_share"    // mean per group, then the share of groups that pass
	FieldMean     Shape = "field_mean"     // mean over fields of the share filled in
	Ratio         Shape = "ratio"          // sum ÷ sum, optionally per hundred or thousand
	Distinct      Shape = "distinct"       // distinct values, with the change against a base period
	Progress      Shape = "progress"       // (base − now) ÷ (base − target)
	Related       Shape = "related"        // share whose newest related record is recent enough
	Planned       Shape = "planned"        // held ÷ planned
	InsideOutside Shape = "inside_outside" // a quantile inside intervals ÷ the same outside
	Intervals     Shape = "intervals"      // minutes of the union of intervals, weighted, within opening hours
	MeanScore     Shape = "mean_score"     // mean of scores; a blank leaves the denominator
	PeerGap       Shape = "peer_gap"       // own figure less the peers' mean
	Arithmetic    Shape = "arithmetic"     // arithmetic on other KPIs' figures
)

// Definition is one KPI. Field names are those of the YAML. All SQL is one
// expression over the columns of the record's relation, in the portable subset.
// A row stands under its relation's own name, so a sub-select may say
// system.id; relations and views may stand in sub-selects, joined and grouped.
type Definition struct {
	ID         string       `yaml:"id"`
	Title      finding.Text `yaml:"title"`
	Question   finding.Text `yaml:"question"`    // the question it answers
	NotCounted finding.Text `yaml:"not_counted"` // what is not counted, a full sentence
	NextStep   finding.Text `yaml:"next_step"`   // what to do about it
	// Sentence says the figure to people who run a municipality, as a sentence
	// without its full stop; a figure without one stands in no report for them.
	// {n}, {of}, {percent} (with its parentheses), {value} and {population} are
	// filled in: "{n} av {of} felanmälningar {percent} löstes inom ett dygn".
	Sentence finding.Text `yaml:"sentence"`
	Area     string       `yaml:"area"`     // one of Areas
	Priority string       `yaml:"priority"` // core or extra
	Tags     Tags         `yaml:"tags"`
	Record   record.Kind  `yaml:"record"`
	Shape    Shape        `yaml:"shape"`

	Population     string       `yaml:"population"`      // SQL; empty is all rows
	PopulationText finding.Text `yaml:"population_text"` // the population in words, printed in titles
	// Narrow, if its test holds for any row, replaces Population: "most
	// critical tier if mapped, else all".
	Narrow *Narrow `yaml:"narrow"`
	// Edition is SQL, text: what the rows were measured with, for example the
	// version of a framework. It is printed with the population, and two figures
	// of different editions are never called better or worse.
	Edition string      `yaml:"edition"`
	Exclude []Exclusion `yaml:"exclude"` // taken out of the population and counted
	Pass    string      `yaml:"pass"`    // SQL, true for a passing row
	Partly  string      `yaml:"partly"`  // SQL over value and target, for outcome partly
	Split   []Split     `yaml:"split"`   // names for rows that do not pass (or, for count, for all rows)
	Measure string      `yaml:"measure"` // SQL, number: what is summed, averaged or ranked
	// Of is SQL: the value of distinct, the group of group_share; of mean_score
	// the group that is never averaged with others: the figure is the worst one's.
	Of     string      `yaml:"of"`
	Fields []FieldPart `yaml:"fields"` // field_mean
	// Quantile of the value, 0–1; other quantiles stand in Also.
	Quantile    float64      `yaml:"quantile"`
	GroupPass   string       `yaml:"group_pass"` // SQL over mean and n
	Numerator   *Part        `yaml:"numerator"`
	Denominator *Part        `yaml:"denominator"`
	Per         float64      `yaml:"per"`     // ratio: 100 gives "per hundred"
	Related     *RelatedPart `yaml:"related"` // related
	Planned     *PlannedPart `yaml:"planned"`
	Intervals   *Interval    `yaml:"intervals"` // intervals and inside_outside
	Formula     string       `yaml:"formula"`   // arithmetic: SQL over KPI ids
	Buckets     *Buckets     `yaml:"buckets"`   // count: age buckets
	Base        *Base        `yaml:"base"`      // distinct, progress

	Window     *Window     `yaml:"window"`
	Clock      string      `yaml:"clock"` // calendar (default) or working
	Also       []AlsoPart  `yaml:"also"`
	Breakdowns []Breakdown `yaml:"breakdowns"`
	Unit       string      `yaml:"unit"`        // share, count, seconds, sek, ratio, months, score, index, per_hundred
	Direction  string      `yaml:"direction"`   // up, down, none
	SmallCells string      `yaml:"small_cells"` // none or person
	Evidence   Evidence    `yaml:"evidence"`
	Secrecy    Secrecy     `yaml:"secrecy"`
	Method     int         `yaml:"method"` // grows when the figure would change
	Source     string      `yaml:"source"` // where the definition comes from
	Remarks    []Remark    `yaml:"remarks"`
	// A field that Pass, Measure, Of, Fields, Numerator, Denominator, Related
	// or Planned names, of whatever relation, is needed: if no source maps it,
	// the outcome is no_data. Fields named only elsewhere are NULL when not
	// mapped, and the figure stands.
	Needs    []string `yaml:"needs"`    // needed beyond those: "field", "relation.field" or a child list "system.role"
	Optional []string `yaml:"optional"` // named by the above and yet not needed, in the same form
	// NeedsAny lists fields of which one at least must be mapped, in the same
	// form. No source of their records is needed otherwise, nor any other field of them.
	NeedsAny []string `yaml:"needs_any"`

	// Registered keeps a zero from being said of what nobody registers: a list
	// of policies says nothing of how many agreements there are.
	Registered *Registered `yaml:"registered"`

	File string `yaml:"-"` // set by the parser
	Line int    `yaml:"-"`

	lines map[string]int // of every field, set by the parser
}

// OfMoney tells whether the definition is a share of kronor instead of rows:
// the fields of money end in _sek.
func (d Definition) OfMoney() bool {
	return d.Unit == "share" && d.Numerator != nil && strings.Contains(d.Numerator.Sum, "_sek")
}

// Registered: the figure stands once any row of the record, of whatever time,
// passes Where; until then the outcome is no_data. A list that was read and is
// empty says that there is none, and so does the municipality's own word.
type Registered struct {
	Record record.Kind `yaml:"record"`
	Where  string      `yaml:"where"`
}

// Tags place a KPI in the frameworks that a revisor and the law use.
type Tags struct {
	EY   []string `yaml:"ey"`   // strategi, styrning, operativ_it, overvakning
	KPMG []string `yaml:"kpmg"` // components of the IT operating model
	NIS2 []string `yaml:"nis2"` // "art21.2.c"; Cybersäkerhetslagen (2025:1506) as "csl.3.1"
	ITIL []string `yaml:"itil"` // ITIL 4 practices
}

// Narrow replaces the population when its test holds for any row.
type Narrow struct {
	When           string       `yaml:"when"`
	Population     string       `yaml:"population"`
	PopulationText finding.Text `yaml:"population_text"`
}

// Exclusion takes rows out of the population and counts them under "räknas inte".
type Exclusion struct {
	When   string       `yaml:"when"`
	Reason finding.Text `yaml:"reason"`
}

// Split names a class of rows; the first that holds wins.
type Split struct {
	Key   string       `yaml:"key"`
	When  string       `yaml:"when"`
	Title finding.Text `yaml:"title"`
}

// FieldPart is one field of a field_mean.
type FieldPart struct {
	Key    string       `yaml:"key"`
	Filled string       `yaml:"filled"` // SQL
	Title  finding.Text `yaml:"title"`
}

// Part is a sum over one record kind.
type Part struct {
	Record     record.Kind `yaml:"record"`
	Population string      `yaml:"population"`
	Sum        string      `yaml:"sum"` // SQL; "1" counts rows
	Window     *Window     `yaml:"window"`
	OrgUnit    string      `yaml:"org_unit"` // column of the org unit, default org_unit
}

// RelatedPart finds the newest related record.
type RelatedPart struct {
	Record   record.Kind `yaml:"record"`
	Link     string      `yaml:"link"`      // column of the related record that holds the id
	Where    string      `yaml:"where"`     // SQL over the related record
	Date     string      `yaml:"date"`      // column, or SQL such as coalesce(held_at, adopted_at)
	MaxAge   string      `yaml:"max_age"`   // "12m"; or decided by the municipality's rule of this name: "rule:classification_max_age"
	OwnField string      `yaml:"own_field"` // date on the record itself that also counts
}

// PlannedPart holds held against planned.
type PlannedPart struct {
	PlannedAt string `yaml:"planned_at"` // column
	HeldAt    string `yaml:"held_at"`
}

// Interval names intervals: outages for minutes, disruption windows to compare with.
type Interval struct {
	Record  record.Kind `yaml:"record"`
	Where   string      `yaml:"where"`
	Start   string      `yaml:"start"`
	End     string      `yaml:"end"`
	Weight  string      `yaml:"weight"`  // SQL, for example users
	Group   string      `yaml:"group"`   // union within this column (site)
	Minimum string      `yaml:"minimum"` // shorter ones are flaps: "2min"
	Hours   string      `yaml:"hours"`   // all or working
}

// Buckets are age buckets of a count.
type Buckets struct {
	From  string   `yaml:"from"`  // column the age is counted from
	Edges []string `yaml:"edges"` // "24h", "3d", "7d", "30d"
}

// Base is a base period or value to hold the figure against.
type Base struct {
	FromTarget bool   `yaml:"from_target"` // the decision states the base
	Ago        string `yaml:"ago"`         // "12m"
}

// Window is the stretch of time an event KPI looks at.
type Window struct {
	Field  string `yaml:"field"`  // column that places the event
	Length string `yaml:"length"` // "12m" (the default), "30d"
	Settle string `yaml:"settle"` // the youngest are left out until they had a chance: "24h"
}

// AlsoPart is a second figure beside the value; empty fields are the KPI's own.
type AlsoPart struct {
	Key        string       `yaml:"key"`
	Title      finding.Text `yaml:"title"`
	Population *string      `yaml:"population"`
	Pass       string       `yaml:"pass"`
	Measure    string       `yaml:"measure"`
	Quantile   float64      `yaml:"quantile"`
	Clock      string       `yaml:"clock"`
	Shape      Shape        `yaml:"shape"`
	Window     *Window      `yaml:"window"`
	Unit       string       `yaml:"unit"`
	Intervals  *Interval    `yaml:"intervals"`
	Formula    string       `yaml:"formula"` // arithmetic
}

// Breakdown is one way to take a figure apart. "org_unit" is the förvaltning
// (the unit's ancestor of kind forvaltning, else the unit itself).
type Breakdown struct {
	Dimension string `yaml:"dimension"`
	By        string `yaml:"by"`  // SQL; default the column named as the dimension
	Cap       int    `yaml:"cap"` // most keys published; the rest is counted together
}

// Evidence names what an evidence row shows.
type Evidence struct {
	Label   string   `yaml:"label"`   // SQL; default name, ticket_no or id
	Columns []string `yaml:"columns"` // columns of the relation
	Reason  string   `yaml:"reason"`  // SQL, text: why the row fails
	Order   string   `yaml:"order"`   // SQL; default org_unit, label
}

// Secrecy says whether the figure's rows may be secret (OSL).
type Secrecy struct {
	Level     string `yaml:"level"`     // ingen, prövas, sannolik
	Provision string `yaml:"provision"` // suggested provision, "OSL 18 kap. 8 §"
}

// Remark is a warning shown when its test over the population holds.
type Remark struct {
	When string       `yaml:"when"` // SQL aggregate over the population, for example "count_if(…) > 0.3 * count(*)"
	Text finding.Text `yaml:"text"`
}

// View is a shared sub-select that definitions may name as a relation.
type View struct {
	Name    string   `yaml:"name"`
	Doc     string   `yaml:"doc"`
	Columns []string `yaml:"columns"`
	SQL     string   `yaml:"sql"`

	File string `yaml:"-"` // set by the parser
	Line int    `yaml:"-"`

	lines map[string]int // of every field, set by the parser
}

// Missing is a KPI that no source can feed yet: "Kan mätas när …".
type Missing struct {
	ID    string       `yaml:"id"`
	Title finding.Text `yaml:"title"`
	When  finding.Text `yaml:"when"`

	File string `yaml:"-"` // set by the parser
	Line int    `yaml:"-"`

	lines map[string]int // of every field, set by the parser
}

// Case is a test that stands beside a KPI: rows in, finding out. A row may carry
// "repeat: n": it then stands n times, with {n} in its texts replaced by 1 to n
// ("id: sys-{n}"). A row without an id gets one. Fields that no row of a
// relation names are still mapped, unless Unmapped lists them.
type Case struct {
	KPI      string                      `yaml:"kpi"`
	Name     string                      `yaml:"name"`
	AsOf     string                      `yaml:"as_of"`    // "2026-11-21T12:00:00Z"
	Rows     map[string][]map[string]any `yaml:"rows"`     // relation → rows by column; times as "2026-11-20 08:00" (Stockholm) or RFC 3339
	Unmapped map[string][]string         `yaml:"unmapped"` // relation → fields no source maps
	Targets  []map[string]any            `yaml:"targets"`
	Waivers  []map[string]any            `yaml:"waivers"` // org_unit, record, decision, from, expires
	Rules    map[string]string           `yaml:"rules"`   // local rules, "classification_max_age": "12m"
	None     []string                    `yaml:"none"`    // kinds declared to have no records
	Want     map[string]any              `yaml:"want"`    // value, numerator, denominator, outcome, breakdown, evidence …

	File string `yaml:"-"` // set by the parser
	Line int    `yaml:"-"`

	lines map[string]int // of every field, set by the parser
}

// Catalogue is a set of valid definitions.
type Catalogue struct {
	KPIs    []Definition
	Views   []View
	Missing []Missing
	Cases   []Case
}

// areas lists the areas, in the order of the catalogue, with Swedish and English names.
var areas = []Area{
	{"systemforvaltning", finding.Text{SV: "Systemregister och ägarskap", EN: "System registry and ownership"}},
	{"identitet", finding.Text{SV: "Identitet och behörighet", EN: "Identity and access"}},
	{"servicedesk", finding.Text{SV: "Servicedesk och ärenden", EN: "Service desk and tickets"}},
	{"drift", finding.Text{SV: "Nät, drift och klienter", EN: "Network, operations and clients"}},
	{"sakerhet", finding.Text{SV: "Informationssäkerhet och kontinuitet", EN: "Information security and continuity"}},
	{"etjanster", finding.Text{SV: "E-tjänster, process och information", EN: "E-services, process and information"}},
	{"ekonomi", finding.Text{SV: "Ekonomi, leverantörer och avtal", EN: "Economy, suppliers and agreements"}},
	{"styrning", finding.Text{SV: "Projekt, nytta och styrning", EN: "Projects, benefit and governance"}},
	{"personal", finding.Text{SV: "Personal, roller och kompetens", EN: "Staff, roles and competence"}},
	{"mognad", finding.Text{SV: "Enkäter, självskattning och mognad", EN: "Surveys, self-assessment and maturity"}},
	{"datakvalitet", finding.Text{SV: "Hur säkra är siffrorna?", EN: "How sure are the figures?"}},
}

// Area is one area of the catalogue.
type Area struct {
	ID   string
	Name finding.Text
}

// Areas returns the areas in order.
func Areas() []Area { return append([]Area(nil), areas...) }

// First lists the ten figures that a municipality meets first, each with what
// belongs to it.
func First() [][]string {
	return [][]string{
		{"network_disruption_time"}, {"service_desk_queue_length"}, {"ticket_resolution_24h"}, {"service_desk_wait_time"},
		{"owner_reconciliation", "system_owner_coverage"}, {"classification_coverage", "classification_currency"},
		{"sso_coverage"}, {"mfa_coverage"}, {"restore_test_currency", "continuity_plan_coverage"},
		{"audit_recommendation_closure", "accepted_risk_count"},
	}
}
