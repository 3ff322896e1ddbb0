package catalogue

import (
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Scope says what an expression may name; see [expr.Scope].
type Scope = expr.Scope

// Expr is a checked expression; see [expr.Expr].
type Expr = expr.Expr

// ColumnRef is a stored field that a text reads.
type ColumnRef = expr.ColumnRef

// CheckExpr parses and checks one expression of a definition.
func CheckExpr(src string, scope Scope) (Expr, error) { return expr.Check(src, scope) }

// Relations returns every relation that a text may name: record kinds, child
// lists, calendar, the daemon's own and the views. Faulty views are missing;
// Validate reports them.
func (c *Catalogue) Relations() *expr.Relations {
	rs, _ := c.relations()
	return rs
}

func (c *Catalogue) relations() (*expr.Relations, map[int]error) {
	views := make([]expr.View, len(c.Views))
	for i, v := range c.Views {
		views[i] = expr.View{Name: v.Name, Columns: v.Columns, SQL: v.SQL}
	}
	return expr.NewRelations(own, views)
}

// RowScope is the scope of an expression about one row of a record kind, of
// one of the daemon's own relations or of a view.
func RowScope(rs *expr.Relations, main record.Kind, clock string) Scope {
	return Scope{Relations: rs, Main: string(main), Clock: clock}
}

// The bare names in the expressions that are about a figure and not a row.
var (
	partlyNames    = []string{"value", "target"}
	groupPassNames = []string{"mean", "n"}
)

// PartlyScope is the scope of Definition.Partly.
func PartlyScope() Scope { return Scope{Values: partlyNames} }

// GroupPassScope is the scope of Definition.GroupPass.
func GroupPassScope() Scope { return Scope{Values: groupPassNames} }

// FormulaScope is the scope of Definition.Formula: the ids of the KPIs.
func (c *Catalogue) FormulaScope() Scope {
	ids := make([]string, len(c.KPIs))
	for i, d := range c.KPIs {
		ids[i] = d.ID
	}
	return Scope{Values: ids}
}

// RemarkScope is the scope of Remark.When: aggregates over the population's rows.
func RemarkScope(rs *expr.Relations, main record.Kind) Scope {
	return Scope{Relations: rs, Main: string(main), Aggregates: true}
}
