package expr

import (
	"slices"
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
