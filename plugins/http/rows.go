package http

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// reading turns the items of one stream into records.
type reading struct {
	*collection
	st     *streamPlan
	filler *column.Filler
	ids    *column.IDs
	plans  []cellPlan
	cells  []column.Cell
	values []any // of the item expressions

	page   int
	row    int64 // over all pages
	onPage int   // within the page
	newest int64
	aside  map[string]*aside
	codes  []string // of aside, in order
	purge  []string
	tally  []map[string]int64 // by count, then org unit
	bad    bool               // a change time that cannot be read has been told of
}

// aside counts items that are not read for one reason.
type aside struct {
	n    int64
	text string
}

// stream reads one stream to its end.
func (c *collection) stream(ctx context.Context, f *feed) error {
	plans, err := f.stream.newCells(f.columns)
	if err != nil {
		return err
	}
	r := &reading{
		collection: c, st: f.stream, filler: f.columns.Filler(c.req.Now), ids: f.columns.IDs(), plans: plans,
		cells: make([]column.Cell, len(plans)), aside: make(map[string]*aside), tally: make([]map[string]int64, len(f.stream.counts)),
	}
	for i := range r.tally {
		r.tally[i] = make(map[string]int64)
	}
	if c.old != nil {
		r.newest = c.old.Newest[f.stream.Name]
	}
	f.start(ctx)
	for {
		s := f.next(ctx)
		if s.err == nil && s.page != nil {
			s.err = r.sheaf(ctx, s)
		}
		if s.err != nil {
			return s.err
		}
		if s.page == nil {
			return r.finish()
		}
	}
}

// sheaf reads the items of one page.
func (r *reading) sheaf(ctx context.Context, s sheaf) error {
	r.page = s.page.number
	r.values = itemValues(r.plan.settings, r.client.now, s.each, r.lookups)
	if s.gone > 0 {
		r.setAside("gone", "togs bort medan listan lästes", s.gone)
	}
	for i, item := range s.items {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.row++
		r.onPage = i + 1
		if err := r.item(ctx, item); err != nil {
			return err
		}
		s.items[i] = nil // the page's memory goes as it is read
	}
	if !r.out.begun {
		return nil
	}
	return r.out.out.Progress(r.row, max(0, s.page.total))
}

// where says which row and field an error is about.
func (r *reading) where(field string, err error) error {
	return fault(fmt.Errorf("%s, sida %d, rad %d, %s: %w", r.st.Title.SV, r.page, r.onPage, field, err))
}

func (r *reading) item(ctx context.Context, item any) error {
	if err := r.increments(ctx, item); err != nil {
		return err
	}
	for i := range r.st.skips {
		k := &r.st.skips[i]
		skip, err := r.test(ctx, k.when, item)
		if err != nil {
			return r.where("skip."+k.Code, err)
		}
		if skip {
			return r.skipped(ctx, k, item)
		}
	}
	for i := range r.st.counts {
		counted, err := r.counted(ctx, i, item)
		if err != nil || counted {
			return err
		}
	}
	r.seen++ // what was set aside is told of, and is not missing
	return r.record(ctx, item)
}

// test computes a question; null is no.
func (r *reading) test(ctx context.Context, e *expr.Expr, item any) (bool, error) {
	v, err := e.Run(ctx, item, r.values)
	return v != nil && v != false, err
}

// increments notes when the item was last changed.
func (r *reading) increments(ctx context.Context, item any) error {
	for i, e := range []*expr.Expr{r.st.incremented, r.st.changed} {
		if e == nil {
			continue
		}
		v, err := e.Run(ctx, item, r.values)
		if err != nil {
			return r.where([]string{"increment.field", "changed"}[i], err)
		}
		format := ""
		if i == 0 {
			format = r.st.Increment.Format
		}
		at, ok := instantOf(v, format, r.plan.zone)
		switch {
		case ok && i == 0:
			r.newest = max(r.newest, at)
		case ok:
			r.out.changedAt(at)
		case v != nil && v != "" && i == 0 && !r.bad:
			r.bad = true
			w := sdk.Warning{
				Place: r.place(""), Column: r.st.Increment.Field, Code: "bad_change_time",
				Reason: "Tiden då raden ändrades går inte att tolka; raden används, men nästa insamling kan läsa mer än den behöver.",
			}
			if err := r.out.warn(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// skipped counts an item that is not read; one that must not be known of is
// purged.
func (r *reading) skipped(ctx context.Context, k *skipPlan, item any) error {
	r.setAside(k.Code, k.Text.SV, 1)
	if !k.Purge {
		return nil
	}
	id, err := r.id(ctx, item)
	if err == nil && id != "" {
		r.purge = append(r.purge, id)
	}
	return err
}

func (r *reading) setAside(code, text string, n int64) {
	a := r.aside[code]
	if a == nil {
		a = &aside{text: text}
		r.aside[code] = a
		r.codes = append(r.codes, code)
	}
	a.n += n
}
