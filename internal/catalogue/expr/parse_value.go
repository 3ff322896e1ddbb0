package expr

import (
	"slices"
	"strconv"
	"strings"
)

func (p *parser) prefix() (Node, error) {
	t := p.peek()
	switch {
	case p.accept("not"):
		x, err := p.expr(bindNot)
		return &Unary{pos(t.pos), "NOT", x}, err
	case p.accept("-"):
		x, err := p.expr(bindSign)
		return &Unary{pos(t.pos), "-", x}, err
	case p.accept("+"):
		return p.expr(bindSign)
	case p.accept("("):
		if p.is("select") {
			s, err := p.selectBody()
			if err != nil {
				return nil, err
			}
			return &Scalar{pos(t.pos), s}, p.closing()
		}
		x, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		return x, p.closing()
	}
	return p.primary()
}

func (p *parser) closing() error {
	if p.is(",") {
		return fault(p.peek().pos, "a list in parentheses stands only after IN and in a call")
	}
	return p.expect(")")
}

func (p *parser) primary() (Node, error) {
	t := p.take()
	at := pos(t.pos)
	switch t.kind {
	case text:
		return &Literal{at, String, t.s}, nil
	case param:
		if t.s != "as_of" {
			return nil, fault(t.pos, ":%s is not allowed: the only parameter is :as_of", t.s)
		}
		return &Param{at, "as_of"}, nil
	case number:
		return numberLiteral(t)
	case word:
		switch t.low {
		case "null":
			return &Literal{at, Null, ""}, nil
		case "true":
			return &Literal{at, True, ""}, nil
		case "false":
			return &Literal{at, False, ""}, nil
		case "case":
			return p.caseWhen(at)
		case "cast":
			return p.cast(at)
		case "exists":
			if err := p.expect("("); err != nil {
				return nil, err
			}
			s, err := p.selectBody()
			if err != nil {
				return nil, err
			}
			return &Exists{at, s}, p.expect(")")
		}
		if p.is("(") {
			return p.call(t)
		}
		p.i--
		return p.column()
	}
	if t.kind != end {
		p.i--
	}
	return nil, p.unexpected("a value")
}

func numberLiteral(t token) (Node, error) {
	if strings.Contains(t.s, ".") {
		if _, err := strconv.ParseFloat(t.s, 64); err != nil || strings.HasPrefix(t.s, ".") || strings.HasSuffix(t.s, ".") {
			return nil, fault(t.pos, "%s is not a number", t.s)
		}
		return &Literal{pos(t.pos), Real, t.s}, nil
	}
	if _, err := strconv.ParseInt(t.s, 10, 64); err != nil {
		return nil, fault(t.pos, "%s is too large", t.s)
	}
	return &Literal{pos(t.pos), Integer, t.s}, nil
}

// name takes a word that may name a column or relation.
func (p *parser) name(what string) (token, error) {
	t := p.peek()
	isGroup := t.low == "group" && !p.is("group", "by")
	if t.kind != word || slices.Contains(reserved, t.low) && !isGroup {
		return t, p.unexpected(what)
	}
	if slices.Contains(statements, t.low) && p.peekAt(1).kind != symbol {
		return t, p.unexpected(what)
	}
	return p.take(), nil
}

func (p *parser) column() (Node, error) {
	t, err := p.name("a value")
	if err != nil {
		return nil, err
	}
	c := &Column{pos: pos(t.pos), Name: t.s}
	if p.accept(".") {
		n, err := p.name("a column")
		if err != nil {
			return nil, err
		}
		c.Table, c.Name = t.s, n.s
	}
	return c, nil
}
