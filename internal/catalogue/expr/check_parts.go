package expr

import (
	"slices"
	"strings"
)

// column resolves a column to the innermost relation that has it.
func (c *checker) column(n *Column) (kind, error) {
	if n.Table == "" && slices.Contains(c.scope.Values, n.Name) {
		c.use.values = addAll(c.use.values, n.Name)
		return anything, nil
	}
	for i := len(c.frames) - 1; i >= 0; i-- {
		var hits []string
		for alias, r := range c.frames[i] {
			if n.Table != "" && n.Table != alias {
				continue
			}
			if col := r.column(n.Name); col != nil {
				hits = append(hits, alias)
			} else if n.Table != "" {
				return 0, fault(n.at(), "unknown column %s.%s%s", n.Table, n.Name, Closest(n.Name, r.names()))
			}
		}
		if len(hits) > 1 {
			slices.Sort(hits)
			return 0, fault(n.at(), "column %s stands in %s: write which", n.Name, strings.Join(hits, " and "))
		}
		if len(hits) == 1 {
			n.alias, n.info = hits[0], c.frames[i][hits[0]].column(n.Name)
			c.use.columns = addAll(c.use.columns, n.info.base...)
			return n.info.kind, nil
		}
	}
	if n.Table != "" {
		return 0, fault(n.at(), "%s.%s: %s is not in scope here", n.Table, n.Name, n.Table)
	}
	if len(c.frames) == 0 {
		if len(c.scope.Values) == 0 {
			return 0, fault(n.at(), "unknown name %s: there is no row here", n.Name)
		}
		known := ""
		if len(c.scope.Values) < 10 {
			known = "; known here: " + joinNames(c.scope.Values)
		}
		return 0, fault(n.at(), "unknown name %s%s%s", n.Name, Closest(n.Name, c.scope.Values), known)
	}
	seen := slices.Clone(c.scope.Values)
	for _, f := range c.frames {
		for _, r := range f {
			seen = addAll(seen, r.names()...)
		}
	}
	var in []string
	for alias, r := range c.frames[len(c.frames)-1] {
		if in = append(in, alias); alias != r.name && r.name != "" {
			in[len(in)-1] = alias + " (" + r.name + ")"
		}
	}
	slices.Sort(in)
	return 0, fault(n.at(), "unknown column %s in %s%s", n.Name, strings.Join(in, ", "), Closest(n.Name, seen))
}

func (c *checker) in(n *In) error {
	if n.Sub == nil {
		return c.compare("IN", n.X, false, n.List...)
	}
	k, err := c.value(n.X, "IN")
	if err != nil {
		return err
	}
	cols, err := c.sub(n.Sub)
	if err != nil {
		return err
	}
	if len(cols) != 1 {
		return fault(n.Sub.at(), "IN wants a sub-select of one column, this has %d", len(cols))
	}
	if k != cols[0].kind && k != anything && cols[0].kind != anything {
		return fault(n.at(), "IN compares %s with %s", k, cols[0].kind)
	}
	return nil
}

func (c *checker) caseOf(n *Case) (kind, error) {
	gives := anything
	note := func(x Node) error {
		k, err := c.value(x, "CASE")
		if err != nil {
			return err
		}
		if gives != anything && k != anything && k != gives {
			return fault(x.at(), "CASE gives %s here and %s above", k, gives)
		}
		if k != anything {
			gives = k
		}
		return nil
	}
	if n.Operand != nil {
		ifs := make([]Node, len(n.Whens))
		for i, w := range n.Whens {
			ifs[i] = w.If
		}
		if err := c.compare("CASE", n.Operand, false, ifs...); err != nil {
			return 0, err
		}
	}
	for i, w := range n.Whens {
		if n.Operand == nil {
			if err := c.want(condition, "WHEN", w.If); err != nil {
				return 0, err
			}
		}
		if err := c.guarded(func() error { return note(w.Then) }, func(d string) string { return c.only(n, i, d) }); err != nil {
			return 0, err
		}
	}
	if n.Else != nil {
		if err := c.guarded(func() error { return note(n.Else) }, func(d string) string { return c.only(n, len(n.Whens), d) }); err != nil {
			return 0, err
		}
	}
	return gives, nil
}

// only prints a CASE whose one arm (counted with ELSE as the last) gives a
// text, and whose others give NULL.
func (c *checker) only(n *Case, arm int, gives string) string {
	var b strings.Builder
	b.WriteString("CASE")
	if n.Operand != nil {
		b.WriteString(" " + c.print(n.Operand))
	}
	for i, w := range n.Whens[:min(arm+1, len(n.Whens))] {
		then := "NULL"
		if i == arm {
			then = gives
		}
		b.WriteString(" WHEN " + c.print(w.If) + " THEN " + then)
	}
	if arm == len(n.Whens) {
		b.WriteString(" ELSE " + gives)
	}
	return b.String() + " END"
}

// scalar checks a sub-select that must give one value in one row.
func (c *checker) scalar(n *Scalar) (kind, error) {
	cols, err := c.sub(n.Sub)
	if err != nil {
		return 0, err
	}
	if len(cols) != 1 {
		return 0, fault(n.at(), "a sub-select here gives one column, this has %d", len(cols))
	}
	s := n.Sub
	oneRow := s.Union == nil && len(s.GroupBy) == 0 && hasAggregate(s.Items[0].X)
	if !oneRow && (s.Limit == nil || s.Limit.Text != "1") {
		return 0, fault(n.at(), "a sub-select here gives one row: aggregate it, or end it with ORDER BY … LIMIT 1")
	}
	return cols[0].kind, nil
}
