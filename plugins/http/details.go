package http

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// detailsPlan fetches the items that a list only names.
type detailsPlan struct {
	*profile.Details
	request        *requestPlan
	id, items, key *expr.Expr
}

func newDetailsPlan(d *profile.Details, lookups []string) *detailsPlan {
	if d == nil {
		return nil
	}
	return &detailsPlan{
		Details: d, request: newRequestPlan(&d.Request, lookups), id: compiled(d.ID, profile.ItemVariables(lookups)),
		items: compiled(d.Items, profile.AnswerVariables()), key: compiled(d.Key, profile.ItemVariables(lookups)),
	}
}

// fetching is the details of one page.
type fetching struct {
	client  *client
	plan    *detailsPlan
	lookups []any
	vars    vars
}

// all returns the page's items with their details, without those that are
// gone, and how many those are.
func (f *fetching) all(ctx context.Context, items []any) ([]any, int64, error) {
	if len(items) == 0 {
		return items, 0, nil
	}
	ids := make([]any, len(items))
	values := itemValues(f.client.plan.settings, f.client.now, f.vars.each, f.lookups)
	for i, item := range items {
		id, err := f.plan.id.Run(ctx, item, values)
		if err == nil && id == nil {
			err = expr.ErrNone
		}
		if err != nil {
			return nil, 0, unusable("rad %d: details.id: %w", i+1, err)
		}
		ids[i] = id
	}
	found := make([]any, len(items))
	bulk := max(f.plan.Bulk, 1)
	err := parallel(ctx, (len(items)+bulk-1)/bulk, f.plan.Parallel, func(ctx context.Context, n int) error {
		from, to := n*bulk, min((n+1)*bulk, len(items))
		return f.some(ctx, ids[from:to], found[from:to])
	})
	if err != nil {
		return nil, 0, err
	}
	out := make([]any, 0, len(items))
	for i := range items {
		if found[i] == nil {
			continue
		}
		if f.plan.Into == "" {
			out = append(out, found[i])
			continue
		}
		whole, ok := items[i].(map[string]any)
		if !ok {
			return nil, 0, unusable("rad %d: details.into: raden är inget objekt", i+1)
		}
		whole[f.plan.Into] = found[i]
		out = append(out, whole)
	}
	return out, int64(len(items) - len(out)), nil
}

// some asks for one item, or for several at once.
func (f *fetching) some(ctx context.Context, ids, into []any) error {
	q := call{plan: f.plan.request, vars: f.vars, lookups: f.lookups, gone: f.plan.Gone}
	if len(q.gone) == 0 {
		q.gone = []int{404, 410}
	}
	q.vars.id, q.vars.ids = ids[0], ids
	a, err := f.client.do(ctx, q)
	if err != nil {
		return fmt.Errorf("details: %w", fault(err))
	}
	if a.gone || a.empty {
		return nil
	}
	values := answerValues(f.client.plan.settings, f.client.now, a, q.vars)
	if f.plan.Bulk == 0 {
		if into[0], err = f.plan.items.Run(ctx, a.body, values); err != nil {
			return unusable("details.items: %w", err)
		}
		return nil
	}
	items, err := listOf(ctx, f.plan.items, a.body, values)
	if err != nil {
		return unusable("details.items: %w", err)
	}
	return f.match(ctx, ids, items, into)
}

// match puts each item that came where its id was asked for.
func (f *fetching) match(ctx context.Context, ids, items, into []any) error {
	byKey := make(map[string]any, len(items))
	values := itemValues(f.client.plan.settings, f.client.now, f.vars.each, f.lookups)
	for i, item := range items {
		k, err := f.plan.key.Run(ctx, item, values)
		if err != nil {
			return unusable("details.key, rad %d: %w", i+1, err)
		}
		text, err := expr.Text(k)
		if err != nil {
			return unusable("details.key, rad %d: %w", i+1, err)
		}
		byKey[text] = item
	}
	missing := 0
	for i, id := range ids {
		text, err := expr.Text(id)
		if err != nil {
			return unusable("details.id: %w", err)
		}
		if into[i] = byKey[text]; into[i] == nil {
			missing++
		}
	}
	if missing > 0 && len(f.plan.Gone) == 0 {
		return unusable("details: %w: servern svarade inte på %d av %d poster", errIncomplete, missing, len(ids))
	}
	return nil
}
