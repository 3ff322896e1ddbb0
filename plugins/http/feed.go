package http

import (
	"context"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

// feed gives the pages of one stream, for every value of each; the next page
// is fetched while the one before is being read.
type feed struct {
	stream  *streamPlan
	columns *column.Plan
	client  *client
	lookups []any
	eachs   []any
	vars    vars

	at     int  // in eachs
	given  bool // some value of each could be read
	none   error
	pager  *pager
	first  *sheaf // what peek read
	ahead  chan sheaf
	cancel context.CancelFunc
}

// sheaf is one page with its details, or the error in its place.
type sheaf struct {
	page  *page
	each  any
	items []any
	gone  int64
	err   error
}

func (c *collection) newFeed(ctx context.Context, st *streamPlan, columns *column.Plan) (*feed, error) {
	eachs, err := c.client.eachOf(ctx, st.list, c.lookups)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", st.Title.SV, err)
	}
	f := &feed{stream: st, columns: columns, client: c.client, lookups: c.lookups, eachs: eachs, vars: vars{full: c.full}}
	if c.old != nil && !c.full && st.Increment != nil {
		if newest, ok := c.old.Newest[st.Name]; ok {
			f.vars.since = since(st.Increment, newest, c.req.Now, c.plan.zone)
		}
	}
	return f, nil
}

// peek reads the first page ahead of its time.
func (f *feed) peek(ctx context.Context) error {
	s := f.read(ctx)
	f.first = &s
	return s.err
}

// read fetches the next page; its page is nil after the last.
func (f *feed) read(ctx context.Context) sheaf {
	for {
		if f.pager == nil {
			if f.at == len(f.eachs) {
				return sheaf{err: f.none}
			}
			v := f.vars
			v.each = f.eachs[f.at]
			f.pager = newPager(f.client, f.stream.list, v, f.lookups, f.stream.Title.SV)
			f.at++
		}
		pg, err := f.pager.next(ctx)
		var optional *optionalError
		switch {
		case errors.As(err, &optional):
			if !f.given {
				f.none = err // unless another value can be read
			}
		case err != nil:
			return sheaf{err: err}
		default:
			f.given, f.none = true, nil
		}
		if pg != nil {
			return f.detailed(ctx, pg)
		}
		f.pager = nil
	}
}

func (f *feed) detailed(ctx context.Context, pg *page) sheaf {
	s := sheaf{page: pg, each: f.pager.vars.each, items: pg.items}
	if f.stream.details != nil {
		fetch := fetching{client: f.client, plan: f.stream.details, lookups: f.lookups, vars: f.pager.vars}
		if s.items, s.gone, s.err = fetch.all(ctx, pg.items); s.err != nil && ctx.Err() == nil {
			s.err = fmt.Errorf("%s, sida %d: %w", f.stream.Title.SV, pg.number, fault(s.err))
		}
	}
	return s
}

// start fetches pages from now on, one ahead of next.
func (f *feed) start(ctx context.Context) {
	ctx, f.cancel = context.WithCancel(ctx)
	f.ahead = make(chan sheaf, 1)
	go func() {
		defer close(f.ahead)
		s := sheaf{}
		if f.first != nil {
			s = *f.first
		} else {
			s = f.read(ctx)
		}
		for {
			select {
			case f.ahead <- s:
			case <-ctx.Done():
				return
			}
			if s.err != nil || s.page == nil {
				return
			}
			s = f.read(ctx)
		}
	}()
}

// next gives a page; its page is nil after the last.
func (f *feed) next(ctx context.Context) sheaf {
	select {
	case s, ok := <-f.ahead:
		if !ok {
			return sheaf{err: ctx.Err()}
		}
		return s
	case <-ctx.Done():
		return sheaf{err: ctx.Err()}
	}
}

// close ends the fetching and waits for it.
func (f *feed) close() {
	if f.cancel == nil {
		return
	}
	f.cancel()
	for range f.ahead { //nolint:revive // what was fetched ahead is not wanted
	}
}
