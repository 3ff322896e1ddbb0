package http

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// maxLookup bounds how many keys a lookup may have.
const maxLookup = 2_000_000

// lookupPlan is a lookup that is ready.
type lookupPlan struct {
	*profile.Lookup
	list       *listPlan
	details    *detailsPlan
	key, value *expr.Expr
}

func newLookupPlan(p *profile.Profile, i, pageSize int) *lookupPlan {
	l := &p.Lookups[i]
	before := p.LookupVariables()[:i]
	vars := profile.ItemVariables(before)
	identity := l.Key
	if l.Details != nil {
		identity = l.Details.ID
	}
	return &lookupPlan{
		Lookup: l, list: newListPlan(&l.List, before, identity, smaller(pageSize, l.Paging)),
		details: newDetailsPlan(l.Details, before), key: compiled(l.Key, vars), value: compiled(l.Value, vars),
	}
}

// shown is what a message calls it.
func (l *lookupPlan) shown() string {
	if l.Title.SV != "" {
		return l.Title.SV
	}
	return "uppslaget " + l.Name
}

// smaller is the setting page_size where it fits the list: it is meant for the
// streams, and a lookup's server may give less.
func smaller(size int, p profile.Paging) int {
	if size > 0 && (p.Size == 0 || size < p.Size) {
		return size
	}
	return 0
}

// table is a lookup being filled.
type table struct {
	mu   sync.Mutex
	plan *lookupPlan
	m    map[string]any
}

// lookup reads a lookup. read is false when this account or server has none.
func (c *client) lookup(ctx context.Context, l *lookupPlan, lookups []any) (m map[string]any, read bool, err error) {
	t := &table{plan: l, m: make(map[string]any)}
	eachs, err := c.eachOf(ctx, l.list, lookups)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", l.shown(), err)
	}
	width := 1
	if l.Each != nil {
		width = l.Each.Parallel
	}
	var refused atomic.Int64
	err = parallel(ctx, len(eachs), width, func(ctx context.Context, i int) error {
		p := newPager(c, l.list, vars{full: true, each: eachs[i]}, lookups, l.shown())
		for {
			pg, err := p.next(ctx)
			var optional *optionalError
			if errors.As(err, &optional) {
				refused.Add(1)
				return nil
			}
			if err != nil || pg == nil {
				return err
			}
			items := pg.items
			if l.details != nil {
				f := fetching{client: c, plan: l.details, lookups: lookups, vars: p.vars}
				if items, _, err = f.all(ctx, items); err != nil {
					return fmt.Errorf("%s, sida %d: %w", p.where, pg.number, fault(err))
				}
			}
			if err := t.add(ctx, itemValues(c.plan.settings, c.now, eachs[i], lookups), items); err != nil {
				return fmt.Errorf("%s, sida %d, %w", p.where, pg.number, err)
			}
		}
	})
	if n := int64(len(eachs)); err == nil && n > 0 && refused.Load() == n {
		return map[string]any{}, false, nil
	}
	return t.m, err == nil, err
}

// eachOf lists the values that a list is read for.
func (c *client) eachOf(ctx context.Context, l *listPlan, lookups []any) ([]any, error) {
	if l.each == nil {
		return []any{nil}, nil
	}
	values := requestValues(c.plan.settings, c.now, vars{}, lookups)
	list, err := listOf(ctx, l.each, c.plan.settings, values)
	if err != nil {
		return nil, unusable("each.in: %w", err)
	}
	n := l.Each.Chunk
	if n == 0 {
		return list, nil
	}
	var out []any
	for from := 0; from < len(list); from += n {
		out = append(out, list[from:min(from+n, len(list))])
	}
	return out, nil
}

func (t *table) add(ctx context.Context, values, items []any) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, item := range items {
		k, err := t.plan.key.Run(ctx, item, values)
		if err != nil {
			return unusable("rad %d: key: %w", i+1, err)
		}
		if k == nil {
			continue
		}
		key, err := expr.Text(k)
		if err != nil {
			return unusable("rad %d: key: %w", i+1, err)
		}
		v := item
		if t.plan.value != nil {
			if v, err = t.plan.value.Run(ctx, item, values); err != nil {
				return unusable("rad %d: value: %w", i+1, err)
			}
		}
		if t.plan.Many {
			before, _ := t.m[key].([]any)
			v = append(before, v)
		}
		if t.m[key] = v; len(t.m) > maxLookup {
			return unusable("uppslaget har fler än %d nycklar", maxLookup)
		}
	}
	return nil
}
