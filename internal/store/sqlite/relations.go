package sqlite

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// view is one relation over the stored tables.
type view struct{ name, sql string }

const (
	sourceExpr   = "substr(t.rid, 1, instr(t.rid, ':') - 1)"
	sourceIDExpr = "substr(t.rid, instr(t.rid, ':') + 1)"
	// placeExpr is the place as a person reads it: "Systemlista.xlsx, blad System, rad 47".
	placeExpr = "(SELECT d.doc || CASE WHEN d.sheet = '' THEN '' ELSE ', blad ' || d.sheet END FROM doc d WHERE d.no = t.doc_no)" +
		" || CASE WHEN t.doc_row > 0 THEN ', rad ' || t.doc_row ELSE '' END"
)

// viewsOf returns the relations of a kind over its present tables; where
// limits the rows, and twins tells that some accounts are seen by two sources.
// Kinds with identity are tables, not views.
func viewsOf(t kindTable, where string, twins bool) []view {
	if t.identity {
		return nil
	}
	if t.kind == record.Account && twins {
		cond := accountOnce
		if where != "" {
			cond += " AND " + where
		}
		out := []view{{string(t.kind), "SELECT " + accountColumns(t) + " FROM account_now t WHERE " + cond}}
		for _, c := range t.children {
			out = append(out, view{c.name, "SELECT " + accountList(c) + " FROM " + c.name + "_now t" + whereClause(where)})
		}
		return out
	}
	out := []view{{string(t.kind), "SELECT " + kindColumns(t) + " FROM " + string(t.kind) + "_now t" + whereClause(where)}}
	for _, c := range t.children {
		out = append(out, view{c.name, "SELECT " + childColumns(c) + " FROM " + c.name + "_now t" + whereClause(where)})
	}
	return out
}

func whereClause(cond string) string {
	if cond == "" {
		return ""
	}
	return " WHERE " + cond
}

// kindColumns is the select list of a kind's relation over alias t.
func kindColumns(t kindTable) string {
	cols := []string{"t.rid AS id", sourceExpr + " AS source", sourceIDExpr + " AS source_id", placeExpr + " AS place", "t.seen_at"}
	return strings.Join(append(cols, fieldColumns(t.columns)...), ", ")
}

func childColumns(c childTable) string {
	return strings.Join(append([]string{"t.rid AS parent", "t.pos", "t.seen_at"}, fieldColumns(c.columns)...), ", ")
}

func fieldColumns(cols []column) []string {
	var out []string
	for _, c := range cols {
		if c.scheme == "" {
			out = append(out, "t."+quote(c.name))
			continue
		}
		out = append(out, refExpr(c, "id")+" AS "+c.field.Name, refExpr(c, "raw")+" AS "+c.field.Name+"_raw")
	}
	return out
}

func refExpr(c column, what string) string {
	return fmt.Sprintf("(SELECT r.%s FROM ref r WHERE r.no = t.%s)", what, c.name)
}
