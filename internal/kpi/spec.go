package kpi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
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
	places  bool     // also by förvaltning and tier at once
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
	hidden  bool // counted by and not shown
}

// tally is what one cell adds up to.
type tally struct {
	sums   []float64
	groups map[string][]float64
	values samples
	other  samples // values outside, for inside_outside
}

// samples is a growing list of values that is never copied while it grows: a
// million of them are read for one quantile.
type samples struct {
	blocks [][]float64
	n      int
}

// maxBlock is how many values a block of samples holds at most.
const maxBlock = 8192

func (s *samples) add(v float64) {
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last]) == cap(s.blocks[last]) {
		s.blocks = append(s.blocks, make([]float64, 0, min(max(16, s.n), maxBlock)))
		last++
	}
	s.blocks[last] = append(s.blocks[last], v)
	s.n++
}

// list copies all values into one slice.
func (s *samples) list() []float64 {
	out := make([]float64, 0, s.n)
	for _, b := range s.blocks {
		out = append(out, b...)
	}
	return out
}

// share adds another list's values without copying them.
func (s *samples) share(o samples) {
	s.blocks, s.n = append(slices.Clip(s.blocks), o.blocks...), s.n+o.n
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
	t.values.share(o.values)
	t.other.share(o.other)
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
	total  *tally
	dims   []map[string]*tally
	places map[place]*tally // by förvaltning and tier, of specs that ask for it
}

func newFolded(dims int) *folded {
	f := &folded{total: &tally{}, dims: make([]map[string]*tally, dims), places: map[place]*tally{}}
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
	for _, y := range f.dims[0] {
		f.total.values.share(y.values)
		f.total.other.share(y.other)
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
	cells := make([]any, len(one.dims)+len(one.columns), len(one.dims)+len(one.columns)+1)
	if one.group != "" {
		cells = append(cells, nil)
	}
	into := make([]any, len(cells))
	for i := range cells {
		into[i] = &cells[i] // a plain any is taken over as it is, without conversion
	}
	keys, columns := make([]string, len(one.dims)+1), make([]float64, len(one.columns))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read a row: %w", err)
		}
		n := len(cells) - len(columns)
		for i := range n {
			keys[i] = keyOf(cells[i])
		}
		for i := range columns {
			columns[i] = floatOf(cells[n+i])
		}
		s.addRow(shares, keys[:len(one.dims)], keys[len(one.dims)], columns)
	}
	for _, sh := range shares {
		if sh.spec.joined() {
			sh.result.join()
		}
	}
	return rows.Err()
}

// keyOf is a value as the key of a cell; NULL is the unknown key.
func keyOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

// floatOf is a value as a number, NaN for NULL.
func floatOf(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	}
	return math.NaN()
}

// addRow adds one row of a statement to every spec that shares it.
func (s *session) addRow(shares []*share, keys []string, group string, columns []float64) {
	for _, sh := range shares {
		own := columns[sh.first : sh.first+len(sh.spec.columns)]
		take := sh.spec.take
		if take == nil {
			take = addUp
		}
		if !sh.spec.joined() {
			take(sh.result.total, group, own)
		}
		if sh.spec.places {
			sh.result.cross(s, sh.spec, keys, group, take, own)
		}
		for i, d := range sh.spec.dims {
			if d.whole {
				continue
			}
			key := keys[i]
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

func addUp(t *tally, _ string, c []float64) { t.add(c) }

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
