package expr

import (
	"slices"
	"strings"
)

// caseWhen parses what follows CASE.
func (p *parser) caseWhen(at pos) (Node, error) {
	c := &Case{pos: at}
	var err error
	if !p.is("when") {
		if c.Operand, err = p.expr(0); err != nil {
			return nil, err
		}
	}
	for p.accept("when") {
		var w When
		if w.If, err = p.expr(0); err != nil {
			return nil, err
		}
		if err := p.expect("then"); err != nil {
			return nil, err
		}
		if w.Then, err = p.expr(0); err != nil {
			return nil, err
		}
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		return nil, p.unexpected("WHEN")
	}
	if p.accept("else") {
		if c.Else, err = p.expr(0); err != nil {
			return nil, err
		}
	}
	return c, p.expect("end")
}

func (p *parser) cast(at pos) (Node, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	x, err := p.expr(0)
	if err != nil {
		return nil, err
	}
	if err := p.expect("as"); err != nil {
		return nil, err
	}
	t := p.peek()
	if t.kind != word || !slices.Contains([]string{"integer", "real", "text"}, t.low) {
		return nil, p.unexpected("INTEGER, REAL or TEXT")
	}
	p.take()
	return &Cast{at, x, strings.ToUpper(t.low)}, p.expect(")")
}

// call parses a function's arguments and FILTER; t is its name.
func (p *parser) call(t token) (Node, error) {
	if slices.Contains(reserved, t.low) {
		p.i--
		return nil, p.unexpected("a value")
	}
	c := &Call{pos: pos(t.pos), Name: t.low}
	p.take() // (
	var err error
	switch {
	case p.accept("*"):
		c.Star = true
	case p.is(")"):
	default:
		c.Distinct = p.accept("distinct")
		if c.Args, err = p.list(); err != nil {
			return nil, err
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if p.accept("filter") {
		if err := p.expect("("); err != nil {
			return nil, err
		}
		if err := p.expect("where"); err != nil {
			return nil, err
		}
		if c.Filter, err = p.expr(0); err != nil {
			return nil, err
		}
		if err := p.expect(")"); err != nil {
			return nil, err
		}
	}
	return c, nil
}
