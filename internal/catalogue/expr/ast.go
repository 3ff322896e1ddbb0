package expr

import "fmt"

// Node is a part of a parsed text. The types below are all there are.
type Node interface{ at() int }

type pos int

func (p pos) at() int { return int(p) }

// Literal is a number, a text, NULL, TRUE or FALSE.
type Literal struct {
	pos
	Kind LiteralKind
	Text string // a number as written, a text without quotes
}

// LiteralKind tells literals apart.
type LiteralKind uint8

// The kinds of literal.
const (
	Integer LiteralKind = iota + 1
	Real
	String
	Null
	True
	False
)

// Column is a column; the checker fills in what it resolves to.
type Column struct {
	pos
	Table, Name string
	info        *column
	alias       string // the name it is printed with, "" for a bare value
}

// Param is a named parameter, printed as :name.
type Param struct {
	pos
	Name string
}

// Unary is - or NOT.
type Unary struct {
	pos
	Op string
	X  Node
}

// Binary is an operator between two.
type Binary struct {
	pos
	Op   string // + - * / || = <> < <= > >= AND OR
	L, R Node
}

// IsNull is IS [NOT] NULL.
type IsNull struct {
	pos
	X   Node
	Not bool
}

// In is [NOT] IN a list or a sub-select.
type In struct {
	pos
	X    Node
	Not  bool
	List []Node
	Sub  *Select
}

// Between is [NOT] BETWEEN.
type Between struct {
	pos
	X, Low, High Node
	Not          bool
}

// Case is CASE, with or without an operand.
type Case struct {
	pos
	Operand Node
	Whens   []When
	Else    Node
}

// When is one arm of a Case.
type When struct{ If, Then Node }

// Call is a function or a macro.
type Call struct {
	pos
	Name     string
	Args     []Node
	Star     bool // count(*)
	Distinct bool
	Filter   Node
}

// Cast is CAST(x AS type).
type Cast struct {
	pos
	X  Node
	To string // INTEGER, REAL or TEXT
}

// Exists is EXISTS (sub-select); NOT stands before it as a Unary.
type Exists struct {
	pos
	Sub *Select
}

// Scalar is a sub-select that gives one value.
type Scalar struct {
	pos
	Sub *Select
}

// Select is a sub-select or a view.
type Select struct {
	pos
	Distinct bool
	Items    []Item
	From     []Source
	Where    Node
	GroupBy  []Node
	Having   Node
	Union    *Select // the next arm
	All      bool    // UNION ALL
	OrderBy  []Order
	Limit    *Literal
}

// Item is one column of a Select.
type Item struct {
	X  Node
	As string
}

// Source is a relation in FROM. All but the first are joins.
type Source struct {
	pos   int
	Name  string
	Sub   *Select // a sub-select in FROM
	Alias string
	Left  bool
	On    Node
}

// Order is one term of ORDER BY.
type Order struct {
	X    Node
	Desc bool
}

// SyntaxError says what is wrong with a text, and where.
type SyntaxError struct {
	Pos     int // character, from 1
	Message string
}

// Error gives "character 9: …".
func (e *SyntaxError) Error() string { return fmt.Sprintf("character %d: %s", e.Pos, e.Message) }

func fault(p int, format string, a ...any) error {
	return &SyntaxError{Pos: p, Message: fmt.Sprintf(format, a...)}
}
