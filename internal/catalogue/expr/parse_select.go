package expr

import "slices"

// selectBody parses a SELECT with its UNION arms, ORDER BY and LIMIT.
func (p *parser) selectBody() (*Select, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	first, err := p.arm()
	if err != nil {
		return nil, err
	}
	for last := first; p.is("union"); last = last.Union {
		p.take()
		last.All = p.accept("all")
		if last.Union, err = p.arm(); err != nil {
			return nil, err
		}
	}
	if p.accept("order", "by") {
		for {
			var o Order
			if o.X, err = p.expr(0); err != nil {
				return nil, err
			}
			o.Desc = p.accept("desc")
			if !o.Desc {
				p.accept("asc")
			}
			if first.OrderBy = append(first.OrderBy, o); !p.accept(",") {
				break
			}
		}
	}
	if p.accept("limit") {
		t := p.take()
		n, err := numberLiteral(t)
		lit, ok := n.(*Literal)
		if t.kind != number || err != nil || !ok || lit.Kind != Integer {
			return nil, fault(t.pos, "LIMIT wants a whole number, found %s", t)
		}
		first.Limit = lit
	}
	return first, nil
}

// arm parses one SELECT … HAVING.
func (p *parser) arm() (*Select, error) {
	s := &Select{pos: pos(p.peek().pos)}
	if err := p.expect("select"); err != nil {
		return nil, err
	}
	s.Distinct = p.accept("distinct")
	for {
		if p.is("*") {
			return nil, fault(p.peek().pos, "SELECT * is not allowed: name the columns, so that a new field changes no figure")
		}
		x, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		item := Item{X: x}
		if p.accept("as") {
			t, err := p.name("a column's name")
			if err != nil {
				return nil, err
			}
			item.As = t.s
		}
		if s.Items = append(s.Items, item); !p.accept(",") {
			break
		}
	}
	if err := p.from(s); err != nil {
		return nil, err
	}
	var err error
	if p.accept("where") {
		if s.Where, err = p.expr(0); err != nil {
			return nil, err
		}
	}
	if p.accept("group", "by") {
		if s.GroupBy, err = p.list(); err != nil {
			return nil, err
		}
	}
	if p.accept("having") {
		if s.Having, err = p.expr(0); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *parser) from(s *Select) error {
	if err := p.expect("from"); err != nil {
		return err
	}
	src, err := p.source()
	if err != nil {
		return err
	}
	s.From = append(s.From, src)
	for {
		left := p.accept("left", "outer", "join") || p.accept("left", "join")
		if !left && !p.accept("inner", "join") && !p.accept("join") {
			break
		}
		src, err := p.source()
		if err != nil {
			return err
		}
		src.Left = left
		if err := p.expect("on"); err != nil {
			return err
		}
		if src.On, err = p.expr(0); err != nil {
			return err
		}
		s.From = append(s.From, src)
	}
	if t := p.peek(); t.s == "," || slices.Contains([]string{"cross", "natural", "outer"}, t.low) {
		return fault(t.pos, "join relations with JOIN … ON or LEFT JOIN … ON")
	}
	return nil
}

func (p *parser) source() (Source, error) {
	src := Source{pos: p.peek().pos}
	if p.accept("(") {
		var err error
		if src.Sub, err = p.selectBody(); err != nil {
			return src, err
		}
		if err := p.expect(")"); err != nil {
			return src, err
		}
	} else {
		t, err := p.name("a relation")
		if err != nil {
			return src, err
		}
		src.Name, src.Alias = t.s, t.s
	}
	as := p.accept("as")
	if t := p.peek(); as || t.kind == word && !slices.Contains(reserved, t.low) {
		t, err := p.name("a name")
		if err != nil {
			return src, err
		}
		src.Alias = t.s
	}
	if src.Alias == "" {
		return src, fault(src.pos, "a sub-select in FROM needs a name: (SELECT …) AS name")
	}
	return src, nil
}
