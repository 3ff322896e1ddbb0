// Package expr runs the expressions and templates of profiles: jq by gojq,
// with the plain ways of looking into an item taken without it.
package expr

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
)

// Faults of an expression when it runs.
var (
	// ErrNone: it yielded no value.
	ErrNone = errors.New("uttrycket gav inget värde")
	// ErrMany: it yielded more than one.
	ErrMany = errors.New("uttrycket gav mer än ett värde")
	// ErrFailed: it could not be computed.
	ErrFailed = errors.New("uttrycket gick inte att beräkna")
)

// Expr is an expression that is ready to run. It is safe for concurrent use.
type Expr struct {
	text string
	fast step
	code *gojq.Code
	uses map[string]bool
}

// Compile makes an expression that may look at the variables named ("$since").
// The order of the variables is that of the values given to Run.
func Compile(text string, variables []string) (*Expr, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("uttrycket är tomt")
	}
	q, err := gojq.Parse(text)
	if err != nil {
		return nil, syntax(text, err)
	}
	e := &Expr{text: text, uses: variablesOf(q)}
	code, err := gojq.Compile(q, gojq.WithVariables(variables), gojq.WithEnvironLoader(func() []string { return nil }))
	if err != nil {
		return nil, unknown(err)
	}
	e.code, e.fast = code, plain(q, variables)
	return e, nil
}

// String returns the expression as written.
func (e *Expr) String() string { return e.text }

// Uses tells whether the expression looks at a variable ("$people").
func (e *Expr) Uses(variable string) bool { return e.uses[variable] }

// Plain tells whether the expression runs without gojq.
func (e *Expr) Plain() bool { return e.fast != nil }

// Run computes the one value. The error wraps ErrNone, ErrMany or ErrFailed
// and holds nothing of the data.
func (e *Expr) Run(ctx context.Context, input any, values []any) (any, error) {
	if e.fast != nil {
		if v, ok := e.fast(input, values); ok {
			return v, nil
		}
	}
	iter := e.code.RunWithContext(ctx, input, values...)
	v, ok := iter.Next()
	if !ok {
		return nil, ErrNone
	}
	if err, failed := v.(error); failed {
		return nil, failure(ctx, err)
	}
	if next, again := iter.Next(); again {
		if err, failed := next.(error); failed {
			return nil, failure(ctx, err)
		}
		return nil, ErrMany
	}
	return v, nil
}

// failure hides the data that gojq puts in its messages.
func failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var halt *gojq.HaltError
	if errors.As(err, &halt) && halt.Value() == nil {
		return ErrNone
	}
	return fmt.Errorf("%w: %s", ErrFailed, kindOf(err))
}

// kindOf says what went wrong by the words of gojq's message that cannot be data.
func kindOf(err error) string {
	text := err.Error()
	for _, k := range []struct{ has, says string }{
		{"expected an object but got", "här väntades ett objekt"},
		{"expected an array but got", "här väntades en lista"},
		{"cannot iterate over", "värdet går inte att räkna upp"},
		{"cannot be added", "värdena går inte att lägga ihop"},
		{"cannot be parsed as a number", "texten är inget tal"},
		{"cannot index", "värdet har inga delar med namn"},
	} {
		if strings.Contains(text, k.has) {
			return k.says
		}
	}
	return "jq avbröt"
}

// unknown says in Swedish what gojq found no meaning in.
func unknown(err error) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "variable not defined: "); ok {
		return fmt.Errorf("uttrycket går inte att tolka: variabeln %s finns inte här", name)
	}
	if name, ok := strings.CutPrefix(text, "function not defined: "); ok {
		return fmt.Errorf("uttrycket går inte att tolka: funktionen %s finns inte", name)
	}
	return fmt.Errorf("uttrycket går inte att tolka: %w", err)
}

func syntax(text string, err error) error {
	var p *gojq.ParseError
	if errors.As(err, &p) {
		at := min(max(p.Offset-len(p.Token), 0), len(text))
		if p.Token == "" {
			return errors.New("uttrycket går inte att tolka: det slutar för tidigt")
		}
		return fmt.Errorf("uttrycket går inte att tolka vid ”%s” (tecken %d)", p.Token, len([]rune(text[:at]))+1)
	}
	return fmt.Errorf("uttrycket går inte att tolka: %w", err)
}
