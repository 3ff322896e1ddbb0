package expr

import (
	"slices"
	"strconv"
	"strings"
)

// quoted are the column names that both databases want in double quotes.
var quoted = words("group order user end when")

func nameSQL(n string) string {
	if slices.Contains(quoted, n) {
		return `"` + n + `"`
	}
	return n
}

func quotedNames(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = nameSQL(n)
	}
	return out
}

func joinNames(names []string) string { return strings.Join(names, ", ") }

// print gives the canonical text of a checked node.
func (c *checker) print(n Node) string { return c.text(n, 0) }

// text prints a node that stands under an operator binding at least min.
func (c *checker) text(n Node, min int) string {
	s, bind := c.bare(n)
	if bind < min {
		return "(" + s + ")"
	}
	return s
}

const atom = bindSign + 1

// bare prints a node and says how tightly it binds.
func (c *checker) bare(n Node) (string, int) {
	switch n := n.(type) {
	case *Literal:
		if n.Kind == True || n.Kind == False {
			return literalSQL(n), bindCompare
		}
		return literalSQL(n), atom
	case *Param:
		return ":" + n.Name, atom
	case *Column:
		if n.alias == "" {
			return nameSQL(n.Name), atom
		}
		return n.alias + "." + nameSQL(n.Name), atom
	case *Unary:
		if n.Op == "NOT" {
			return "NOT " + c.text(n.X, bindNot+1), bindNot
		}
		return "-" + c.text(n.X, atom), bindSign
	case *Binary:
		return c.binarySQL(n)
	case *IsNull:
		return c.text(n.X, bindCompare+1) + " IS " + not(n.Not) + "NULL", bindCompare
	case *Between:
		return c.text(n.X, bindAdd) + " " + not(n.Not) + "BETWEEN " + c.text(n.Low, bindAdd) + " AND " + c.text(n.High, bindAdd), bindCompare
	case *In:
		inner := ""
		if n.Sub != nil {
			inner = c.selectSQL(n.Sub)
		} else {
			inner = c.list(n.List)
		}
		return c.text(n.X, bindCompare+1) + " " + not(n.Not) + "IN (" + inner + ")", bindCompare
	case *Case:
		return c.caseSQL(n), atom
	case *Cast:
		to := map[string]string{"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "TEXT": "TEXT"}[n.To]
		return "CAST(" + c.print(n.X) + " AS " + to + ")", atom
	case *Exists:
		return "EXISTS (" + c.selectSQL(n.Sub) + ")", atom
	case *Scalar:
		return "(" + c.selectSQL(n.Sub) + ")", atom
	case *Call:
		return c.callSQL(n), atom
	}
	return "NULL", atom
}

func (c *checker) binarySQL(n *Binary) (string, int) {
	bind := binary[strings.ToLower(n.Op)]
	if n.Op == "/" {
		return "CAST(" + c.print(n.L) + " AS DOUBLE PRECISION) / " + c.text(n.R, bind+1), bind
	}
	left := bind
	if bind == bindCompare {
		left++
	}
	return c.text(n.L, left) + " " + n.Op + " " + c.text(n.R, bind+1), bind
}

func literalSQL(l *Literal) string {
	switch l.Kind {
	case String:
		return "'" + strings.ReplaceAll(l.Text, "'", "''") + "'"
	case Null:
		return "NULL"
	case True:
		return "1 = 1"
	case False:
		return "1 = 0"
	}
	return l.Text
}

func not(n bool) string {
	if n {
		return "NOT "
	}
	return ""
}

func (c *checker) list(l []Node) string {
	out := make([]string, len(l))
	for i, n := range l {
		out[i] = c.print(n)
	}
	return strings.Join(out, ", ")
}

func (c *checker) caseSQL(n *Case) string {
	var b strings.Builder
	b.WriteString("CASE")
	if n.Operand != nil {
		b.WriteString(" " + c.print(n.Operand))
	}
	for _, w := range n.Whens {
		b.WriteString(" WHEN " + c.print(w.If) + " THEN " + c.print(w.Then))
	}
	if n.Else != nil {
		b.WriteString(" ELSE " + c.print(n.Else))
	}
	return b.String() + " END"
}

func (c *checker) callSQL(n *Call) string {
	filter := ""
	if n.Filter != nil {
		filter = " FILTER (WHERE " + c.print(n.Filter) + ")"
	}
	switch n.Name {
	case "as_of":
		return ":as_of"
	case "months_ago":
		return ":" + monthsAgo + n.Args[0].(*Literal).Text
	case "days", "hours":
		seconds, _ := strconv.Atoi(n.Args[0].(*Literal).Text)
		if seconds *= 3600; n.Name == "days" {
			seconds *= 24
		}
		return strconv.Itoa(seconds)
	case "working_seconds":
		return WorkingSeconds(c.text(n.Args[0], atom), c.text(n.Args[1], atom))
	case "elapsed":
		if c.scope.Clock == "working" {
			return WorkingSeconds(c.text(n.Args[0], atom), c.text(n.Args[1], atom))
		}
		return "(" + c.text(n.Args[1], bindAdd) + " - " + c.text(n.Args[0], bindAdd+1) + ")"
	case "count_if":
		return "count(CASE WHEN " + c.print(n.Args[0]) + " THEN 1 END)" + filter
	}
	if n.Star {
		return "count(*)" + filter
	}
	distinct := ""
	if n.Distinct {
		distinct = "DISTINCT "
	}
	return n.Name + "(" + distinct + c.list(n.Args) + ")" + filter
}
