package expr

import (
	"strconv"

	"github.com/itchyny/gojq"
)

// interpolated makes a text of texts and whole numbers: "ticket/\(.id)".
func interpolated(parts []*gojq.Query, variables []string) step {
	steps := make([]step, 0, len(parts))
	for _, q := range parts {
		one := plain(q, variables)
		if one == nil {
			return nil
		}
		steps = append(steps, one)
	}
	return func(in any, values []any) (any, bool) {
		out := make([]byte, 0, 64)
		for _, one := range steps {
			v, ok := one(in, values)
			if !ok {
				return nil, false
			}
			switch x := v.(type) {
			case string:
				out = append(out, x...)
			case int:
				out = strconv.AppendInt(out, int64(x), 10)
			default:
				return nil, false
			}
		}
		return string(out), true
	}
}

func either(a, b step) step {
	return func(in any, values []any) (any, bool) {
		v, ok := a(in, values)
		if !ok {
			return nil, false
		}
		if truth(v) {
			return v, true
		}
		return b(in, values)
	}
}

func equal(a, b step, want bool) step {
	return func(in any, values []any) (any, bool) {
		x, ok := a(in, values)
		if !ok {
			return nil, false
		}
		y, ok := b(in, values)
		if !ok || !simple(x) || !simple(y) {
			return nil, false
		}
		return (x == y) == want, true
	}
}

// simple values are compared as Go compares them; numbers are not.
func simple(v any) bool {
	switch v.(type) {
	case nil, string, bool:
		return true
	}
	return false
}

// both is and, or with stop.
func both(a, b step, stop bool) step {
	return func(in any, values []any) (any, bool) {
		x, ok := a(in, values)
		if !ok {
			return nil, false
		}
		if truth(x) == stop {
			return stop, true
		}
		y, ok := b(in, values)
		return truth(y), ok
	}
}

func plainIf(f *gojq.If, variables []string) step {
	cond, then := plain(f.Cond, variables), plain(f.Then, variables)
	var other step
	switch {
	case len(f.Elif) > 0:
		return nil
	case f.Else == nil:
		other = func(in any, _ []any) (any, bool) { return in, true }
	default:
		other = plain(f.Else, variables)
	}
	if cond == nil || then == nil || other == nil {
		return nil
	}
	return func(in any, values []any) (any, bool) {
		v, ok := cond(in, values)
		switch {
		case !ok:
			return nil, false
		case truth(v):
			return then(in, values)
		}
		return other(in, values)
	}
}

func truth(v any) bool { return v != nil && v != false }
