package expr

import "slices"

// checker resolves names and kinds. One is used for one text.
type checker struct {
	scope     Scope
	functions map[string]function
	use       usage
	elapsed   bool
	// frames are the relations in scope, innermost last.
	frames []frame
	// inAggregate and inSub count how deep the present node stands.
	inAggregate, inSub int
	aggregates         bool // aggregates are allowed here
}

type frame map[string]*relation

func newChecker(s Scope) *checker {
	return &checker{scope: s, functions: functions(), aggregates: s.Aggregates}
}

// top checks an expression that stands alone.
func (c *checker) top(n Node) (kind, error) {
	if m := c.scope.Main; m != "" {
		r, err := c.relation(n.at(), m)
		if err != nil {
			return 0, err
		}
		c.frames = append(c.frames, frame{m: r})
	}
	k, err := c.node(n)
	if err == nil && c.scope.Main != "" && hasAggregate(n) {
		err = c.loose(n, nil, c.frames[0])
	}
	return k, err
}

// relation finds a relation by name and notes that it is read.
func (c *checker) relation(at int, name string) (*relation, error) {
	var r *relation
	if c.scope.Relations != nil {
		r = c.scope.Relations.byName[name]
	}
	if r == nil {
		hint := ""
		if c.scope.Relations != nil {
			hint = Closest(name, c.scope.Relations.Names())
		}
		return nil, fault(at, "unknown relation %s%s", name, hint)
	}
	c.use.columns = addAll(c.use.columns, r.uses...)
	c.use.params = addAll(c.use.params, r.params...)
	if len(r.relations) > 0 { // a view
		c.use.relations = addAll(c.use.relations, r.relations...)
		c.use.views = addAll(c.use.views, r.views...)
		c.use.views = addAll(c.use.views, name)
	} else {
		c.use.relations = addAll(c.use.relations, name)
	}
	return r, nil
}

func (c *checker) node(n Node) (kind, error) {
	switch n := n.(type) {
	case *Literal:
		return map[LiteralKind]kind{Integer: numeric, Real: numeric, String: textual, Null: anything, True: condition, False: condition}[n.Kind], nil
	case *Param:
		c.use.params = addAll(c.use.params, n.Name)
		return numeric, nil
	case *Column:
		return c.column(n)
	case *Unary:
		if n.Op == "NOT" {
			return condition, c.want(condition, "NOT", n.X)
		}
		return numeric, c.want(numeric, n.Op, n.X)
	case *Binary:
		return c.binary(n)
	case *IsNull:
		_, err := c.value(n.X, "IS NULL")
		return condition, err
	case *Between:
		return condition, c.compare("BETWEEN", n.X, true, n.Low, n.High)
	case *In:
		return condition, c.in(n)
	case *Case:
		return c.caseOf(n)
	case *Cast:
		if _, err := c.value(n.X, "CAST"); err != nil {
			return 0, err
		}
		if n.To == "TEXT" {
			return textual, nil
		}
		return numeric, nil
	case *Exists:
		_, err := c.sub(n.Sub)
		return condition, err
	case *Scalar:
		return c.scalar(n)
	case *Call:
		return c.call(n)
	}
	return 0, fault(n.at(), "not allowed here")
}

// value checks a node that must not be a condition.
func (c *checker) value(n Node, by string) (kind, error) {
	k, err := c.node(n)
	if err == nil && k == condition {
		err = fault(n.at(), "%s wants a value, this is a condition: use CASE WHEN … THEN 1 ELSE 0 END", by)
	}
	return k, err
}

// want checks a node that must be of one kind, or not known.
func (c *checker) want(k kind, by string, n Node) error {
	got, err := c.node(n)
	if err != nil || got == k {
		return err
	}
	if k == condition {
		if col, ok := n.(*Column); ok && col.info != nil && col.info.flag {
			return fault(n.at(), "%s wants a condition: write %s = 1", by, col.Name)
		}
		return fault(n.at(), "%s wants a condition, this is %s", by, got)
	}
	if got == anything {
		return nil
	}
	return fault(n.at(), "%s wants %s, this is %s", by, k, got)
}

func (c *checker) binary(n *Binary) (kind, error) {
	switch n.Op {
	case "AND", "OR":
		if err := c.want(condition, n.Op, n.L); err != nil {
			return 0, err
		}
		return condition, c.want(condition, n.Op, n.R)
	case "+", "-", "*", "/":
		if err := c.want(numeric, n.Op, n.L); err != nil {
			return 0, err
		}
		if err := c.want(numeric, n.Op, n.R); err != nil {
			return 0, err
		}
		if n.Op == "/" {
			return numeric, c.divisor(n.R)
		}
		return numeric, nil
	case "||":
		for _, x := range []Node{n.L, n.R} {
			if _, err := c.value(x, "||"); err != nil {
				return 0, err
			}
		}
		return textual, nil
	}
	order := n.Op != "=" && n.Op != "<>"
	return condition, c.compare(n.Op, n.L, order, n.R)
}

// divisor notes a divisor that may be zero. Inside a sub-select or an
// aggregate nobody could ask, so there it must be guarded.
func (c *checker) divisor(n Node) error {
	if l, ok := n.(*Literal); ok {
		if isZero(l) {
			return fault(n.at(), "division by zero")
		}
		return nil
	}
	if call, ok := n.(*Call); ok && call.Name == "nullif" && len(call.Args) == 2 {
		if l, ok := call.Args[1].(*Literal); ok && isZero(l) {
			return nil
		}
	}
	if c.inSub > 0 || c.inAggregate > 0 {
		return fault(n.at(), "a divisor inside a sub-select or an aggregate may be zero: write nullif(…, 0)")
	}
	c.use.divisors = addAll(c.use.divisors, c.print(n))
	return nil
}

// compare checks a node against each of several others. The node itself is
// checked once: nested ones would take exponential time otherwise.
func (c *checker) compare(op string, l Node, order bool, others ...Node) error {
	lk, err := c.value(l, op)
	if err != nil {
		return err
	}
	for _, r := range others {
		rk, err := c.value(r, op)
		if err != nil {
			return err
		}
		if lk != rk && lk != anything && rk != anything {
			return fault(r.at(), "%s compares %s with %s", op, lk, rk)
		}
		if order && (lk == textual || rk == textual) {
			return fault(r.at(), "%s between texts is not allowed: databases sort them differently; use = or IN", op)
		}
		for _, x := range []Node{l, r} {
			if lit, ok := x.(*Literal); ok && lit.Kind == Null {
				return fault(x.at(), "%s NULL is never true: use IS NULL or IS NOT NULL", op)
			}
		}
		if err := literalOf(l, r); err != nil {
			return err
		}
		if err := literalOf(r, l); err != nil {
			return err
		}
	}
	return nil
}

// literalOf checks a literal against the values that a column can have.
func literalOf(col, lit Node) error {
	n, ok := col.(*Column)
	l, isLit := lit.(*Literal)
	if !ok || !isLit || n.info == nil {
		return nil
	}
	if len(n.info.enum) > 0 && l.Kind == String && !slices.Contains(n.info.enum, l.Text) {
		return fault(lit.at(), "'%s' is not a value of %s: %s", l.Text, n.Name, joinNames(n.info.enum))
	}
	if n.info.flag && l.Kind == Integer && l.Text != "0" && l.Text != "1" {
		return fault(lit.at(), "%s is 0 or 1, never %s", n.Name, l.Text)
	}
	return nil
}

func isZero(l *Literal) bool {
	for _, r := range l.Text {
		if r != '0' && r != '.' {
			return false
		}
	}
	return l.Kind == Integer || l.Kind == Real
}

func isConstant(n Node) bool {
	if u, ok := n.(*Unary); ok {
		n = u.X
	}
	_, ok := n.(*Literal)
	return ok
}
