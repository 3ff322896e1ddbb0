package expr

import (
	"slices"
	"strconv"
	"strings"
)

// parser is a precedence-climbing parser over a list of tokens.
type parser struct {
	t     []token
	i     int
	depth int
}

// reserved words never name a column, save group (see isColumn).
var reserved = words("select from where group order by having limit union all distinct as on join left inner outer cross natural " +
	"and or not in is null between case when then else end exists cast filter over like glob regexp match escape collate " +
	"with values true false asc desc")

// statements are refused with a message of their own.
var statements = words("pragma attach detach vacuum insert update delete drop create alter begin commit rollback savepoint release explain analyze reindex")

func words(s string) []string { return strings.Fields(s) }

func parseExpr(src string) (Node, error) {
	p, err := newParser(src)
	if err != nil {
		return nil, err
	}
	n, err := p.expr(0)
	if err != nil {
		return nil, err
	}
	return n, p.finish("the expression")
}

func parseSelect(src string) (*Select, error) {
	p, err := newParser(src)
	if err != nil {
		return nil, err
	}
	if !p.is("select") {
		return nil, p.unexpected("SELECT")
	}
	s, err := p.selectBody()
	if err != nil {
		return nil, err
	}
	return s, p.finish("the SELECT")
}

func newParser(src string) (*parser, error) {
	t, err := lex(src)
	if err != nil {
		return nil, err
	}
	return &parser{t: t}, nil
}

func (p *parser) finish(what string) error {
	if t := p.peek(); t.kind != end {
		if t.s == ")" {
			return fault(t.pos, ") without its (")
		}
		return fault(t.pos, "%s is not expected after %s", t, what)
	}
	return nil
}

func (p *parser) peek() token { return p.t[p.i] }

func (p *parser) peekAt(n int) token {
	if p.i+n < len(p.t) {
		return p.t[p.i+n]
	}
	return p.t[len(p.t)-1]
}

func (p *parser) take() token {
	t := p.t[p.i]
	if t.kind != end {
		p.i++
	}
	return t
}

// is tells whether the next tokens are these keywords or symbols.
func (p *parser) is(want ...string) bool {
	for n, w := range want {
		t := p.peekAt(n)
		if t.kind == word && t.low == w || t.kind == symbol && t.s == w {
			continue
		}
		return false
	}
	return true
}

func (p *parser) accept(want ...string) bool {
	if p.is(want...) {
		p.i += len(want)
		return true
	}
	return false
}

func (p *parser) expect(want string) error {
	if p.accept(want) {
		return nil
	}
	return p.unexpected(strings.ToUpper(want))
}

func (p *parser) unexpected(want string) error {
	t := p.peek()
	if t.kind == word && slices.Contains(statements, t.low) {
		return fault(t.pos, "%s is not allowed: a definition reads, it never runs statements", strings.ToUpper(t.s))
	}
	return fault(t.pos, "expected %s, found %s", want, t)
}

func (p *parser) enter() error {
	if p.depth++; p.depth > MaxDepth {
		return fault(p.peek().pos, "nested more than %d deep", MaxDepth)
	}
	return nil
}

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
	isGroup := t.low == "group" && !(p.peekAt(1).kind == word && p.peekAt(1).low == "by")
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
