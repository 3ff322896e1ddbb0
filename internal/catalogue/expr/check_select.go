package expr

import "slices"

// sub checks a sub-select inside the present scope and returns its columns.
func (c *checker) sub(s *Select) ([]column, error) {
	c.inSub++
	aggregates, inAggregate := c.aggregates, c.inAggregate
	defer func() { c.inSub--; c.aggregates, c.inAggregate = aggregates, inAggregate }()
	c.inAggregate = 0
	if s.Limit != nil && len(s.OrderBy) == 0 {
		return nil, fault(s.Limit.at(), "LIMIT needs ORDER BY, else any rows may come")
	}
	if s.Union != nil && len(s.OrderBy) > 0 {
		return nil, fault(s.OrderBy[0].X.at(), "ORDER BY after UNION is not allowed")
	}
	var first []column
	for arm := s; arm != nil; arm = arm.Union {
		cols, err := c.arm(arm)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = cols
			continue
		}
		if len(cols) != len(first) {
			return nil, fault(arm.at(), "UNION of %d and %d columns", len(first), len(cols))
		}
		for i := range cols {
			if first[i].kind != cols[i].kind && first[i].kind != anything && cols[i].kind != anything {
				return nil, fault(arm.Items[i].X.at(), "column %d is %s here and %s above", i+1, cols[i].kind, first[i].kind)
			}
			first[i].base = addAll(first[i].base, cols[i].base...)
			first[i].enum = nil
		}
	}
	return first, nil
}

func (c *checker) arm(s *Select) ([]column, error) {
	f := frame{}
	c.frames = append(c.frames, f)
	defer func() { c.frames = c.frames[:len(c.frames)-1] }()
	for i := range s.From {
		if err := c.from(&s.From[i], f); err != nil {
			return nil, err
		}
	}
	c.aggregates = false
	if s.Where != nil {
		if err := c.want(condition, "WHERE", s.Where); err != nil {
			return nil, err
		}
	}
	for _, g := range s.GroupBy {
		if _, err := c.value(g, "GROUP BY"); err != nil {
			return nil, err
		}
	}
	c.aggregates = true
	if s.Having != nil {
		if err := c.want(condition, "HAVING", s.Having); err != nil {
			return nil, err
		}
	}
	cols, err := c.items(s)
	if err != nil {
		return nil, err
	}
	for _, o := range s.OrderBy {
		if _, err := c.value(o.X, "ORDER BY"); err != nil {
			return nil, err
		}
	}
	return cols, c.grouped(s)
}

func (c *checker) items(s *Select) ([]column, error) {
	var cols []column
	for _, it := range s.Items {
		k, err := c.value(it.X, "SELECT")
		if err != nil {
			return nil, err
		}
		col := column{kind: k, name: it.As, base: baseOf(it.X)}
		if n, ok := it.X.(*Column); ok && n.info != nil {
			col = *n.info
			if col.name = n.Name; it.As != "" {
				col.name = it.As
			}
		}
		cols = append(cols, col)
	}
	return cols, nil
}

// from adds one relation of FROM to the scope.
func (c *checker) from(src *Source, f frame) error {
	if f[src.Alias] != nil {
		return fault(src.pos, "%s stands twice in FROM: give one of them another name", src.Alias)
	}
	if src.Sub == nil {
		r, err := c.relation(src.pos, src.Name)
		if err != nil {
			return err
		}
		f[src.Alias] = r
	} else {
		// It may look outwards, but not at its neighbours in FROM.
		all := c.frames
		c.frames = slices.Clone(all[:len(all)-1])
		cols, err := c.sub(src.Sub)
		c.frames = all
		if err != nil {
			return err
		}
		r := &relation{name: src.Alias}
		for i := range cols {
			if cols[i].name == "" {
				return fault(src.Sub.Items[i].X.at(), "column %d of the sub-select needs a name: … AS name", i+1)
			}
			r.columns = append(r.columns, &cols[i])
		}
		f[src.Alias] = r
	}
	if src.On == nil {
		return nil
	}
	c.aggregates = false
	return c.want(condition, "ON", src.On)
}

// grouped refuses a column beside aggregates that is not grouped by: SQLite
// would take it from any row.
func (c *checker) grouped(s *Select) error {
	aggregated := len(s.GroupBy) > 0 || s.Having != nil
	for _, it := range s.Items {
		aggregated = aggregated || hasAggregate(it.X)
	}
	if !aggregated {
		return nil
	}
	groups := map[string]bool{}
	for _, g := range s.GroupBy {
		groups[c.print(g)] = true
	}
	own := c.frames[len(c.frames)-1]
	loose := func(n Node) error { return c.loose(n, groups, own) }
	for _, it := range s.Items {
		if err := loose(it.X); err != nil {
			return err
		}
	}
	for _, o := range s.OrderBy {
		if err := loose(o.X); err != nil {
			return err
		}
	}
	return loose(s.Having)
}

func (c *checker) loose(n Node, groups map[string]bool, own frame) error {
	if n == nil || groups[c.print(n)] {
		return nil
	}
	if col, ok := n.(*Column); ok && own[col.alias] != nil {
		return fault(n.at(), "%s is neither grouped by nor inside an aggregate", col.Name)
	}
	if call, ok := n.(*Call); ok && isAggregate(call.Name) {
		return nil
	}
	for _, child := range children(n) {
		if err := c.loose(child, groups, own); err != nil {
			return err
		}
	}
	return nil
}
