package expr

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
		return condition, c.guarded(func() error { return c.want(condition, n.Op, n.R) }, func(divisor string) string {
			if n.Op == "AND" {
				return "CASE WHEN " + c.print(n.L) + " THEN " + divisor + " END"
			}
			return "CASE WHEN " + c.print(n.L) + " THEN NULL ELSE " + divisor + " END"
		})
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
