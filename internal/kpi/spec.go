package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// spec is one statement: sums over a relation, by dimensions. Every result is
// additive, so the total and each breakdown are sums of its rows.
type spec struct {
	rel     string
	where   string
	dims    []dimension
	group   string   // grouped by this too: the groups of a group_share, the values of a distinct
	columns []string // aggregates; plain expressions if raw
	raw     bool     // one row per record: a quantile needs the values themselves
	whole   bool     // columns do not add up over groups (a percentile)
	use     usage
	ready   func(ctx context.Context, r store.Reader) error // runs before the statement
	take    func(t *tally, group string, columns []float64) // default: add the columns up
}

// dimension is one way to take a figure apart.
type dimension struct {
	name    string
	sql     string
	top     bool // keys are org units, shown by förvaltning
	limit   int  // most keys shown; the rest together
	changes bool // by a field whose earlier value nobody knows
	whole   bool // the rows do not have it: every key is held against the total
}

// tally is what one cell adds up to.
type tally struct {
	sums   []float64
	groups map[string][]float64
	values []float64
	other  []float64 // values outside, for inside_outside
}

func (t *tally) add(columns []float64) {
	if t.sums == nil {
		t.sums = make([]float64, len(columns))
	}
	for i, v := range columns {
		if !math.IsNaN(v) {
			t.sums[i] += v
		}
	}
}

// merge adds another tally, for the keys beyond a breakdown's limit.
func (t *tally) merge(o *tally) {
	t.add(o.sums)
	for g, v := range o.groups {
		t.inGroup(g, v)
	}
	t.values = append(t.values, o.values...)
	t.other = append(t.other, o.other...)
}

func (t *tally) inGroup(g string, v []float64) {
	if t.groups == nil {
		t.groups = map[string][]float64{}
	}
	have, ok := t.groups[g]
	if !ok {
		have = make([]float64, len(v))
		t.groups[g] = have
	}
	for i := range v {
		if !math.IsNaN(v[i]) {
			have[i] += v[i]
		}
	}
}

// folded is a statement's result: the total and, per dimension, its keys.
type folded struct {
	total *tally
	dims  []map[string]*tally
}

func newFolded(dims int) *folded {
	f := &folded{total: &tally{}, dims: make([]map[string]*tally, dims)}
	for i := range f.dims {
		f.dims[i] = map[string]*tally{}
	}
	return f
}

// body is the statement without its common table expressions.
func (s *spec) body() string {
	var items, keys []string
	for _, d := range s.dims {
		items = append(items, d.sql)
		keys = append(keys, d.sql)
	}
	if s.group != "" {
		items = append(items, s.group)
		keys = append(keys, s.group)
	}
	text := "SELECT " + strings.Join(append(items, s.columns...), ", ") + " " + from(s.rel, s.where)
	if len(keys) > 0 && !s.raw {
		text += " GROUP BY " + strings.Join(keys, ", ")
	}
	return text
}

// joined tells whether the total is put together from the cells of the first
// dimension, so that a million values are not kept twice while they are read.
func (s *spec) joined() bool { return s.raw && len(s.dims) > 0 && !s.dims[0].whole }

// join makes the total of the cells of the first dimension.
func (f *folded) join() {
	n, m := 0, 0
	for _, y := range f.dims[0] {
		n, m = n+len(y.values), m+len(y.other)
	}
	f.total.values, f.total.other = make([]float64, 0, n), make([]float64, 0, m)
	for _, y := range f.dims[0] {
		f.total.values, f.total.other = append(f.total.values, y.values...), append(f.total.other, y.other...)
	}
}

// share is a spec's place in a statement that several specs share.
type share struct {
	spec   *spec
	first  int // column of the statement where the spec's own begin
	result *folded
}

// run runs a statement once for several specs over the same rows and
// dimensions, and adds each row to what every spec wants.
func (s *session) run(ctx context.Context, r store.Reader, shares []*share) (err error) {
	one := *shares[0].spec
	one.columns = nil
	for _, sh := range shares {
		sh.first = len(one.columns)
		one.columns = append(one.columns, sh.spec.columns...)
		one.use.addAll(sh.spec.use)
		if len(sh.spec.dims) > len(one.dims) {
			one.dims = sh.spec.dims
		}
		sh.result = newFolded(len(sh.spec.dims))
	}
	text, err := s.texts.statement(r, one.use, nil, one.body())
	if err != nil {
		return err
	}
	if one.ready != nil {
		if err := one.ready(ctx, r); err != nil {
			return err
		}
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	keys := make([]sql.NullString, len(one.dims)+1)
	values := make([]sql.NullFloat64, len(one.columns))
	into := make([]any, 0, len(keys)+len(values))
	for i := range one.dims {
		into = append(into, &keys[i])
	}
	if one.group != "" {
		into = append(into, &keys[len(one.dims)])
	}
	for i := range values {
		into = append(into, &values[i])
	}
	columns := make([]float64, len(values))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read a row: %w", err)
		}
		for i, v := range values {
			columns[i] = v.Float64
			if !v.Valid {
				columns[i] = math.NaN()
			}
		}
		s.addRow(shares, one.dims, keys, columns)
	}
	for _, sh := range shares {
		if sh.spec.joined() {
			sh.result.join()
		}
	}
	return rows.Err()
}

// addRow adds one row of a statement to every spec that shares it.
func (s *session) addRow(shares []*share, dims []dimension, keys []sql.NullString, columns []float64) {
	group := keys[len(dims)].String
	for _, sh := range shares {
		own := columns[sh.first : sh.first+len(sh.spec.columns)]
		take := sh.spec.take
		if take == nil {
			take = func(t *tally, _ string, c []float64) { t.add(c) }
		}
		if !sh.spec.joined() {
			take(sh.result.total, group, own)
		}
		for i, d := range sh.spec.dims {
			if d.whole {
				continue
			}
			key := keys[i].String
			if d.top {
				key = s.org.of(key)
			}
			cell, ok := sh.result.dims[i][key]
			if !ok {
				cell = &tally{}
				sh.result.dims[i][key] = cell
			}
			take(cell, group, own)
		}
	}
}

// sameRows tells whether two specs can share a statement: the same rows, and
// the same dimensions unless one has none.
func sameRows(a, b *spec) bool {
	if a.rel != b.rel || a.where != b.where || a.group != "" || b.group != "" || a.raw || b.raw {
		return false
	}
	if len(a.dims) == 0 || len(b.dims) == 0 {
		return len(a.dims)+len(b.dims) == 0 || !a.whole && !b.whole
	}
	if len(a.dims) != len(b.dims) {
		return false
	}
	for i := range a.dims {
		if a.dims[i].sql != b.dims[i].sql {
			return false
		}
	}
	return true
}
