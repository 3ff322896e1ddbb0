package expr

import (
	"slices"
	"strings"
)

// Binding powers, weakest first.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindCompare
	bindAdd
	bindMul
	bindConcat
	bindSign
)

// binary gives the power of each operator between two.
var binary = map[string]int{
	"or": bindOr, "and": bindAnd,
	"=": bindCompare, "<>": bindCompare, "!=": bindCompare, "<": bindCompare, "<=": bindCompare, ">": bindCompare, ">=": bindCompare,
	"+": bindAdd, "-": bindAdd, "*": bindMul, "/": bindMul, "||": bindConcat,
}

// expr parses operators that bind at least as tightly as min.
func (p *parser) expr(min int) (Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	left, err := p.prefix()
	for compared := false; err == nil; {
		t := p.peek()
		op := t.s
		if t.kind == word {
			op = t.low
		}
		bind, ok := binary[op]
		isPredicate := t.kind == word && slices.Contains([]string{"is", "in", "not", "between"}, op)
		if isPredicate {
			bind, ok = bindCompare, true
		}
		if !ok || bind < min || t.kind == text {
			return left, refuseOperator(t)
		}
		if bind == bindCompare {
			if compared {
				return nil, fault(t.pos, "comparisons do not chain: join them with AND")
			}
			compared = true
		} else {
			compared = false
		}
		if isPredicate {
			left, err = p.predicate(left)
			continue
		}
		p.take()
		var right Node
		if right, err = p.expr(bind + 1); err == nil {
			if op == "!=" {
				op = "<>"
			}
			left = &Binary{pos: pos(t.pos), Op: strings.ToUpper(op), L: left, R: right}
		}
	}
	return nil, err
}

// refuseOperator names the operators that people would miss.
func refuseOperator(t token) error {
	if t.kind != word {
		return nil
	}
	switch t.low {
	case "like", "glob", "regexp", "match":
		return fault(t.pos, "%s is not allowed: databases disagree on it; compare with = or IN, or map the value in the source", strings.ToUpper(t.s))
	case "collate":
		return fault(t.pos, "COLLATE is not allowed")
	case "over":
		return fault(t.pos, "window functions (OVER) are not allowed")
	}
	return nil
}

// predicate parses IS NULL, IN and BETWEEN, with NOT before the latter two.
func (p *parser) predicate(x Node) (Node, error) {
	t := p.take()
	at, op, not := pos(t.pos), t.low, false
	if op == "is" {
		not = p.accept("not")
		if err := p.expect("null"); err != nil {
			return nil, err
		}
		return &IsNull{at, x, not}, nil
	}
	if op == "not" {
		not = true
		if err := refuseOperator(p.peek()); err != nil {
			return nil, err
		}
		if !p.is("in") && !p.is("between") {
			return nil, p.unexpected("IN or BETWEEN")
		}
		op = p.take().low
	}
	if op == "between" {
		low, err := p.expr(bindAdd)
		if err != nil {
			return nil, err
		}
		if err := p.expect("and"); err != nil {
			return nil, err
		}
		high, err := p.expr(bindAdd)
		return &Between{at, x, low, high, not}, err
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	in := &In{pos: at, X: x, Not: not}
	var err error
	if p.is("select") {
		if in.Sub, err = p.selectBody(); err != nil {
			return nil, err
		}
	} else if in.List, err = p.list(); err != nil {
		return nil, err
	}
	return in, p.expect(")")
}

// list parses one or more expressions with commas.
func (p *parser) list() ([]Node, error) {
	var out []Node
	for {
		n, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		if out = append(out, n); !p.accept(",") {
			return out, nil
		}
	}
}
