package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	sqlitedriver "modernc.org/sqlite"

	"github.com/kommunpuls/kommunpuls/internal/store/rowtext"
)

// registerFunctions adds the functions that statements use. The driver keeps
// one list for the whole process, so it is done once, before the first
// connection.
var registerFunctions = sync.OnceValue(func() error {
	return errors.Join(sqlitedriver.RegisterFunction(rowtext.Name, rowtext.Function()), sqlitedriver.RegisterFunction("percentile_disc", &sqlitedriver.FunctionImpl{
		NArgs: 2, Deterministic: true, VolatileArgs: true,
		MakeAggregate: func(sqlitedriver.FunctionContext) (sqlitedriver.AggregateFunction, error) { return &percentile{}, nil },
	}))
})

// percentile is percentile_disc(value, p) by PostgreSQL's definition: the
// value at rank ceil(p·n) of the values that are not NULL, and the first for
// p = 0. It keeps integers exact.
type percentile struct {
	ints   []int64
	floats []float64
	p      float64
	seen   bool
}

func (a *percentile) Step(_ *sqlitedriver.FunctionContext, args []driver.Value) error {
	if !a.seen {
		p, ok := asFloat(args[1])
		if !ok || p < 0 || p > 1 {
			return fmt.Errorf("percentile_disc: want a quantile 0-1, got %v", args[1])
		}
		a.p, a.seen = p, true
	}
	switch v := args[0].(type) {
	case nil:
	case int64:
		if a.floats != nil {
			a.floats = append(a.floats, float64(v))
		} else {
			a.ints = append(a.ints, v)
		}
	case float64:
		if a.floats == nil {
			a.floats = make([]float64, len(a.ints), len(a.ints)+1)
			for i, n := range a.ints {
				a.floats[i] = float64(n)
			}
			a.ints = nil
		}
		a.floats = append(a.floats, v)
	default:
		return fmt.Errorf("percentile_disc: want numbers, got %T", v)
	}
	return nil
}

// WindowInverse is needed by the interface and never called for a plain aggregate.
func (a *percentile) WindowInverse(*sqlitedriver.FunctionContext, []driver.Value) error {
	return fmt.Errorf("percentile_disc: not a window function")
}

func (a *percentile) WindowValue(*sqlitedriver.FunctionContext) (driver.Value, error) {
	switch {
	case len(a.floats) > 0:
		slices.Sort(a.floats)
		return a.floats[rank(a.p, len(a.floats))], nil
	case len(a.ints) > 0:
		slices.Sort(a.ints)
		return a.ints[rank(a.p, len(a.ints))], nil
	}
	return nil, nil
}

func (a *percentile) Final(*sqlitedriver.FunctionContext) {}

func rank(p float64, n int) int { return max(int(math.Ceil(p*float64(n))), 1) - 1 }

func asFloat(v driver.Value) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case int64:
		return float64(x), true
	}
	return 0, false
}
