package expr

import "slices"

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

// guarded checks a node that counts only sometimes: beyond a WHEN, an AND or an
// OR. Its divisors matter in the same rows only, which wrap says.
func (c *checker) guarded(check func() error, wrap func(divisor string) string) error {
	before := len(c.use.divisors)
	err := check()
	if err != nil {
		return err
	}
	for i := before; i < len(c.use.divisors); i++ {
		c.use.divisors[i] = wrap(c.use.divisors[i])
	}
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
