package expr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Template is text with expressions between {{ and }}.
type Template struct {
	parts []part
}

type part struct {
	text string
	expr *Expr // nil for plain text
}

// CompileTemplate makes a template; see [Compile].
func CompileTemplate(text string, variables []string) (*Template, error) {
	t := &Template{}
	for text != "" {
		before, rest, found := strings.Cut(text, "{{")
		if before != "" || !found {
			t.parts = append(t.parts, part{text: before})
		}
		if !found {
			break
		}
		inner, after, closed := strings.Cut(rest, "}}")
		// jq's own braces may end in }}: {a: {b: 1}}. Take the first end that parses.
		e, err := Compile(strings.TrimSpace(inner), variables)
		for closed && err != nil {
			more, left, again := strings.Cut(after, "}}")
			if !again {
				break
			}
			longer, longerErr := Compile(strings.TrimSpace(inner+"}}"+more), variables)
			inner, after = inner+"}}"+more, left
			if longerErr == nil {
				e, err = longer, nil
			}
		}
		if !closed {
			return nil, errors.New("”{{” saknar sitt ”}}”")
		}
		if err != nil {
			return nil, err
		}
		t.parts = append(t.parts, part{expr: e})
		text = after
	}
	return t, nil
}

// Uses tells whether any expression looks at a variable.
func (t *Template) Uses(variable string) bool {
	for _, p := range t.parts {
		if p.expr != nil && p.expr.Uses(variable) {
			return true
		}
	}
	return false
}

// Value computes the template. One expression alone keeps its type; anything
// else is a text. nil is nothing: an expression in it was null. escape, if not
// nil, is put on what the expressions yield.
func (t *Template) Value(ctx context.Context, values []any, escape func(string) string) (any, error) {
	if len(t.parts) == 1 && t.parts[0].expr != nil && escape == nil {
		return t.parts[0].expr.Run(ctx, nil, values)
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := p.expr.Run(ctx, nil, values)
		if err != nil || v == nil {
			return nil, err
		}
		s, err := Text(v)
		if err != nil {
			return nil, err
		}
		if escape != nil {
			s = escape(s)
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// Text computes the template as a text; ok is false for nothing.
func (t *Template) Text(ctx context.Context, values []any, escape func(string) string) (s string, ok bool, err error) {
	v, err := t.Value(ctx, values, escape)
	if err != nil || v == nil {
		return "", false, err
	}
	s, err = Text(v)
	return s, err == nil, err
}

// Text writes a scalar as text; a list or an object is an error.
func Text(v any) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case bool:
		return strconv.FormatBool(x), nil
	case int:
		return strconv.Itoa(x), nil
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	case *big.Int:
		return x.String(), nil
	case json.Number:
		return x.String(), nil
	}
	return "", fmt.Errorf("%w: en lista eller ett objekt kan inte stå i en text", ErrFailed)
}
