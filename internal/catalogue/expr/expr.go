// Package expr reads the SQL of the definitions. Texts are parsed and printed
// anew, never pasted: what is not in the portable subset, names an unknown
// column or could write has no way through. The same canonical text runs on
// SQLite and PostgreSQL and can be read by an auditor.
package expr

import "slices"

// Scope says what an expression may name.
type Scope struct {
	Relations *Relations
	// Main is the relation whose row the expression is about; its columns are
	// named bare or as main.column.
	Main string
	// Values are bare names, for an expression that is not about a row
	// ("value", "target", the ids of other KPIs).
	Values []string
	// Aggregates allows count, sum … over the rows of Main at the top level.
	Aggregates bool
	// Clock is what elapsed(a, b) means: "calendar" (also "") or "working".
	Clock string
}

// ColumnRef is a stored field that a text reads: of a kind ("system", "tier")
// or of a child list ("system_role", "holder").
type ColumnRef struct{ Relation, Column string }

// Expr is a checked expression.
type Expr struct {
	node      Node
	sql       string
	kind      kind
	use       usage
	elapsed   bool
	aggregate bool
}

// usage is what a text reads.
type usage struct {
	columns   []ColumnRef
	relations []string
	views     []string
	params    []string
	divisors  []string
	values    []string
}

// Check parses and checks one expression.
func Check(src string, scope Scope) (Expr, error) {
	n, err := parseExpr(src)
	if err != nil {
		return Expr{}, err
	}
	c := newChecker(scope)
	k, err := c.top(n)
	if err != nil {
		return Expr{}, err
	}
	return Expr{node: n, sql: c.print(n), kind: k, use: c.use, elapsed: c.elapsed, aggregate: hasAggregate(n)}, nil
}

// SQL is the canonical text. Columns are qualified with their relation, so it
// can stand where the main relation is in scope under its own name, in a
// larger query. Bare values stay bare.
func (e Expr) SQL() string { return e.sql }

// IsCondition tells whether the expression is true or false, fit for WHERE.
func (e Expr) IsCondition() bool { return e.kind == condition }

// IsAggregate tells whether the expression is about all rows together.
func (e Expr) IsAggregate() bool { return e.aggregate }

// UsesElapsed tells whether elapsed(a, b) occurs, so that the clock matters.
func (e Expr) UsesElapsed() bool { return e.elapsed }

// Columns lists every stored field that is read, through views too.
func (e Expr) Columns() []ColumnRef { return slices.Clone(e.use.columns) }

// Relations lists every stored relation that is read, the main one and
// "calendar" included, through views too.
func (e Expr) Relations() []string { return slices.Clone(e.use.relations) }

// Views lists the views that are read, each after those it needs itself.
func (e Expr) Views() []string { return slices.Clone(e.use.views) }

// Values lists the bare names that are read; see Scope.Values.
func (e Expr) Values() []string { return slices.Clone(e.use.values) }

// Params lists the named parameters of the text; see Value.
func (e Expr) Params() []string { return slices.Clone(e.use.params) }

// Divisors lists the canonical text of every divisor outside sub-selects that
// may be zero. Both databases disagree on what a division by zero gives, so
// the engine asks whether one of them is zero and reports outcome error.
func (e Expr) Divisors() []string { return slices.Clone(e.use.divisors) }

// CheckSelect parses and checks the text of a view against the other relations.
func CheckSelect(v View, rs *Relations) (string, error) {
	_, text, err := rs.checkView(v)
	return text, err
}
