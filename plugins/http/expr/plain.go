package expr

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/itchyny/gojq"
)

// step is an expression as a Go function; ok is false where only gojq knows
// what to do (an index into a text, say), which then does it from the start.
type step func(input any, values []any) (v any, ok bool)

// plain makes a step of a query that only looks into things, compares and
// chooses; nil if there is more in it.
func plain(q *gojq.Query, variables []string) step {
	if q == nil || q.Meta != nil || len(q.Imports) > 0 || len(q.FuncDefs) > 0 || len(q.Patterns) > 0 {
		return nil
	}
	if q.Term != nil {
		return plainTerm(q.Term, variables)
	}
	a, b := plain(q.Left, variables), plain(q.Right, variables)
	if a == nil || b == nil {
		return nil
	}
	switch q.Op {
	case gojq.OpAlt:
		return either(a, b)
	case gojq.OpPipe:
		return func(in any, values []any) (any, bool) {
			v, ok := a(in, values)
			if !ok {
				return nil, false
			}
			return b(v, values)
		}
	case gojq.OpEq:
		return equal(a, b, true)
	case gojq.OpNe:
		return equal(a, b, false)
	case gojq.OpAnd:
		return both(a, b, false)
	case gojq.OpOr:
		return both(a, b, true)
	}
	return nil
}

func plainTerm(t *gojq.Term, variables []string) step {
	var s step
	switch t.Type {
	case gojq.TermTypeIdentity:
		s = func(in any, _ []any) (any, bool) { return in, true }
	case gojq.TermTypeIndex:
		s = plainIndex(func(in any, _ []any) (any, bool) { return in, true }, t.Index, variables)
	case gojq.TermTypeFunc:
		s = plainFunc(t.Func, variables)
	case gojq.TermTypeString:
		switch {
		case t.Format != "":
		case t.Str.Queries == nil:
			s = constant(t.Str.Str)
		default:
			s = interpolated(t.Str.Queries, variables)
		}
	case gojq.TermTypeNull:
		s = constant(nil)
	case gojq.TermTypeTrue:
		s = constant(true)
	case gojq.TermTypeFalse:
		s = constant(false)
	case gojq.TermTypeQuery:
		s = plain(t.Query, variables)
	case gojq.TermTypeIf:
		s = plainIf(t.If, variables)
	}
	for _, suffix := range t.SuffixList {
		if s == nil || suffix.Iter || suffix.Index == nil && !suffix.Optional {
			return nil
		}
		if suffix.Index != nil {
			s = plainIndex(s, suffix.Index, variables)
		}
		// An optional step that fails is left to gojq.
	}
	return s
}

func constant(v any) step { return func(any, []any) (any, bool) { return v, true } }

// plainFunc knows variables and the few functions that profiles use most.
func plainFunc(f *gojq.Func, variables []string) step {
	if i := slices.Index(variables, f.Name); i >= 0 && len(f.Args) == 0 {
		return func(_ any, values []any) (any, bool) { return values[i], true }
	}
	if len(f.Args) > 0 {
		return nil
	}
	switch f.Name {
	case "tostring":
		return func(in any, _ []any) (any, bool) {
			switch x := in.(type) {
			case string:
				return x, true
			case int:
				return strconv.Itoa(x), true
			}
			return nil, false
		}
	case "not":
		return func(in any, _ []any) (any, bool) { return !truth(in), true }
	}
	return nil
}

func plainIndex(of step, x *gojq.Index, variables []string) step {
	if of == nil || x.IsSlice || x.End != nil {
		return nil
	}
	name := x.Name
	switch {
	case x.Str != nil:
		if x.Str.Queries != nil {
			return nil
		}
		name = x.Str.Str
	case x.Start != nil:
		return byKey(of, plain(x.Start, variables))
	}
	return func(in any, values []any) (any, bool) {
		v, ok := of(in, values)
		if !ok {
			return nil, false
		}
		switch o := v.(type) {
		case map[string]any:
			return o[name], true
		case nil:
			return nil, true
		}
		return nil, false
	}
}

// byKey looks up by a computed key: $people[.owner].
func byKey(of, key step) step {
	if key == nil {
		return nil
	}
	return func(in any, values []any) (any, bool) {
		v, ok := of(in, values)
		if !ok {
			return nil, false
		}
		o, isObject := v.(map[string]any)
		k, ok := key(in, values)
		s, isText := k.(string)
		if !ok || !isObject || !isText {
			return nil, false
		}
		return o[s], true
	}
}

var variable = regexp.MustCompile(`\$[A-Za-z_][A-Za-z0-9_]*`)

// variablesOf lists the variables that a query names.
func variablesOf(q *gojq.Query) map[string]bool {
	out := make(map[string]bool)
	for _, name := range variable.FindAllString(q.String(), -1) {
		out[name] = true
	}
	return out
}
