package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// listPlan is a list that is read page by page.
type listPlan struct {
	*profile.List
	request      *requestPlan
	items, total *expr.Expr
	next, more   *expr.Expr
	each         *expr.Expr
	identity     *expr.Expr // of an item, to know a page that comes again
	size         int
	first        int
}

func newListPlan(l *profile.List, lookups []string, identity string, pageSize int) *listPlan {
	p := &listPlan{
		List: l, request: newRequestPlan(&l.Request, lookups),
		items: compiled(l.Items, profile.AnswerVariables()), total: compiled(l.Total, profile.AnswerVariables()),
		next: compiled(l.Paging.Next, profile.AnswerVariables()), more: compiled(l.Paging.More, profile.AnswerVariables()),
		identity: compiled(identity, profile.ItemVariables(lookups)), size: l.Paging.Size,
	}
	if pageSize > 0 && l.Paging.Size > 0 {
		p.size = pageSize
	}
	if l.Each != nil {
		p.each = compiled(l.Each.In, profile.RequestVariables(lookups))
	}
	switch {
	case l.Paging.First != nil:
		p.first = *l.Paging.First
	case l.Paging.By == "page":
		p.first = 1
	}
	return p
}

// page is one page of a list.
type page struct {
	number int // from 1
	items  []any
	total  int64 // -1 is unknown
}

// pager reads one list. It is not safe for concurrent use.
type pager struct {
	client  *client
	plan    *listPlan
	lookups []any
	vars    vars
	where   string // for errors: "ärenden"

	number int
	seen   int64
	total  int64 // -1 until one is announced
	whole  *url.URL
	pages  map[uint64]bool // of the pages seen
	done   bool
	last   *answer
}

func newPager(c *client, p *listPlan, v vars, lookups []any, where string) *pager {
	v.limit = p.size
	switch p.Paging.By {
	case "page":
		v.page = p.first
	case "offset", "range":
		v.offset = p.first
	}
	return &pager{client: c, plan: p, lookups: lookups, vars: v, where: where, total: -1, pages: make(map[uint64]bool)}
}

// errIncomplete is a list that is not all there.
var errIncomplete = errors.New("listan är inte hel")

// next reads a page; nil after the last. An error says which page.
func (p *pager) next(ctx context.Context) (*page, error) {
	if p.done {
		return nil, nil //nolint:nilnil // the list has ended
	}
	p.number++
	pg, err := p.read(ctx)
	var optional *optionalError
	if err != nil && !errors.As(err, &optional) && ctx.Err() == nil {
		err = fmt.Errorf("%s, sida %d: %w", p.where, p.number, fault(err))
	}
	return pg, err
}

func (p *pager) read(ctx context.Context) (*page, error) {
	q := call{plan: p.plan.request, vars: p.vars, lookups: p.lookups, whole: p.whole}
	if p.number == 1 {
		q.optional = p.plan.Optional
	}
	a, err := p.client.do(ctx, q)
	if err != nil {
		return nil, err
	}
	p.last = a
	pg := &page{number: p.number, total: -1}
	values := answerValues(p.client.plan.settings, p.client.now, a, p.vars)
	if !a.empty {
		if pg.items, err = listOf(ctx, p.plan.items, a.body, values); err != nil {
			return nil, fmt.Errorf("items: %w", err)
		}
		if err := p.count(ctx, a, values, pg); err != nil {
			return nil, err
		}
	}
	p.seen += int64(len(pg.items))
	if err := p.repeated(ctx, pg); err != nil {
		return nil, err
	}
	return pg, p.advance(ctx, a, values, pg)
}

// listOf computes an expression that must yield a list; null is an empty one.
func listOf(ctx context.Context, e *expr.Expr, in any, values []any) ([]any, error) {
	v, err := e.Run(ctx, in, values)
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case []any:
		return x, nil
	case nil:
		return nil, unusable("svaret har ingen lista där den väntades")
	}
	return nil, unusable("där en lista väntades står något annat")
}

// count notes how many the server says that there are. Fewer than before means
// that rows went away while the list was read, and that pages have moved.
func (p *pager) count(ctx context.Context, a *answer, values []any, pg *page) error {
	if p.plan.Paging.By == "range" {
		_, pg.total, _ = contentRange(a.header)
	}
	if p.plan.total != nil {
		v, err := p.plan.total.Run(ctx, a.body, values)
		if err != nil {
			return fmt.Errorf("total: %w", err)
		}
		if pg.total, err = number(v); err != nil {
			return fmt.Errorf("total: %w", err)
		}
	}
	if pg.total < 0 {
		return nil
	}
	if pg.total < p.total {
		return unusable("%w: antalet krympte från %d till %d medan den lästes, så rader kan ha hoppats över; inget ändras, och nästa insamling läser om", errIncomplete, p.total, pg.total)
	}
	p.total = pg.total
	return nil
}

// number reads a count; null is unknown.
func number(v any) (int64, error) {
	if v == nil {
		return -1, nil
	}
	s, err := expr.Text(v)
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || f < 0 || f > 1e15 {
		return 0, unusable("värdet är inget antal")
	}
	return int64(f), nil
}

// repeated finds a page that has come before: a server that goes round in a
// ring, or that does not heed the page asked for.
func (p *pager) repeated(ctx context.Context, pg *page) error {
	if len(pg.items) == 0 {
		return nil
	}
	h := xxhash.New()
	for _, item := range []any{pg.items[0], pg.items[len(pg.items)-1]} {
		id, err := p.plan.identity.Run(ctx, item, itemValues(p.client.plan.settings, p.client.now, p.vars.each, p.lookups))
		if err != nil {
			return nil // it is told of where the item is read
		}
		if id == nil {
			return nil
		}
		s, err := expr.Text(id)
		if err != nil {
			return nil // likewise
		}
		_, _ = h.WriteString(s + "\x1f") // a hash never fails
	}
	_, _ = h.WriteString(strconv.Itoa(len(pg.items)))
	key := h.Sum64()
	if p.pages[key] {
		return unusable("%w: servern gav samma sida två gånger, så listan skulle aldrig ta slut", errIncomplete)
	}
	p.pages[key] = true
	return nil
}

var rangeRE = regexp.MustCompile(`(\d+)-(\d+)/(\d+|\*)`)

// contentRange reads "items 0-49/1234": where the page ended, and the total.
func contentRange(h nethttp.Header) (end, total int64, ok bool) {
	m := rangeRE.FindStringSubmatch(h.Get("Content-Range"))
	if m == nil {
		return 0, -1, false
	}
	end, err := strconv.ParseInt(m[2], 10, 64)
	if err != nil {
		return 0, -1, false
	}
	if total, err = strconv.ParseInt(m[3], 10, 64); err != nil {
		total = -1
	}
	return end, total, true
}
