package http

import (
	"context"
	"fmt"
	nethttp "net/http"
	"regexp"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
)

// advance finds out what comes after a page, and at the end holds what was
// seen against what was announced.
func (p *pager) advance(ctx context.Context, a *answer, values []any, pg *page) error {
	more, err := p.goesOn(ctx, a, values, pg)
	if err != nil || more {
		return err
	}
	p.done = true
	if p.total > p.seen {
		return unusable("%w: servern sade att det finns %d rader men gav %d", errIncomplete, p.total, p.seen)
	}
	return nil
}

func (p *pager) goesOn(ctx context.Context, a *answer, values []any, pg *page) (bool, error) {
	switch p.plan.Paging.By {
	case "page", "offset":
		more, err := p.counted(ctx, a, values, pg)
		p.vars.page++
		if p.plan.Paging.Step == "received" {
			p.vars.offset += len(pg.items)
		} else {
			p.vars.offset += p.vars.limit
		}
		return more, err
	case "next", "cursor":
		return p.named(ctx, a, values)
	case "link":
		return p.follow(a, nextLink(a.header))
	case "range":
		return p.ranged(a, pg)
	}
	return false, nil
}

// counted tells whether pages by number or offset go on.
func (p *pager) counted(ctx context.Context, a *answer, values []any, pg *page) (bool, error) {
	if len(pg.items) == 0 || p.total >= 0 && p.seen >= p.total {
		return false, nil
	}
	switch p.plan.Paging.End {
	case "empty", "total":
		return true, nil
	case "more":
		v, err := p.plan.more.Run(ctx, a.body, values)
		if err != nil {
			return false, fmt.Errorf("paging.more: %w", err)
		}
		return v != nil && v != false, nil
	}
	return len(pg.items) >= p.vars.limit, nil
}

// named goes on to what the body names: an address, or a cursor.
func (p *pager) named(ctx context.Context, a *answer, values []any) (bool, error) {
	if a.empty {
		return false, nil
	}
	v, err := p.plan.next.Run(ctx, a.body, values)
	if err != nil {
		return false, fmt.Errorf("paging.next: %w", err)
	}
	if v == nil || v == "" || v == false {
		return false, nil
	}
	p.vars.page++
	if p.plan.Paging.By == "next" {
		address, ok := v.(string)
		if !ok {
			return false, unusable("paging.next: värdet är ingen adress")
		}
		return p.follow(a, address)
	}
	text, err := expr.Text(v)
	if err != nil {
		return false, fmt.Errorf("paging.next: %w", err)
	}
	if before, _ := expr.Text(p.vars.cursor); text == before {
		return false, unusable("%w: servern gav samma markör två gånger, så listan skulle aldrig ta slut", errIncomplete)
	}
	p.vars.cursor = v
	return true, nil
}

// follow takes the address of the next page, if it is on the same server.
func (p *pager) follow(a *answer, address string) (bool, error) {
	if address == "" {
		return false, nil
	}
	u, err := a.url.Parse(address)
	if err != nil {
		return false, unusable("adressen till nästa sida går inte att tolka")
	}
	if base := p.client.plan.base; u.Scheme == "http" && base.Scheme == "https" && u.Port() == "" && strings.EqualFold(u.Hostname(), base.Hostname()) {
		u.Scheme, u.Host = base.Scheme, base.Host // a server behind a proxy does not know that it is encrypted
	}
	if !sameServer(u, p.client.plan.base) {
		return false, unusable("nästa sida: %w", errOtherServer)
	}
	if u.String() == a.url.String() {
		return false, unusable("%w: nästa sida är samma sida, så listan skulle aldrig ta slut", errIncomplete)
	}
	p.whole = u
	return true, nil
}

// ranged goes on by Content-Range; without one the page was the last.
func (p *pager) ranged(a *answer, pg *page) (bool, error) {
	end, total, ok := contentRange(a.header)
	if !ok || len(pg.items) == 0 {
		return false, nil
	}
	next := int(end) + 1
	if next <= p.vars.offset {
		return false, unusable("%w: Content-Range kommer inte vidare", errIncomplete)
	}
	p.vars.offset = next
	if total < 0 {
		return len(pg.items) >= p.vars.limit, nil
	}
	return end+1 < total, nil
}

var linkRE = regexp.MustCompile(`<([^>]*)>([^,<]*(?:,[^<]*)?)`)

// nextLink finds the address with rel="next" in the headers Link.
func nextLink(h nethttp.Header) string {
	for _, line := range h.Values("Link") {
		for _, m := range linkRE.FindAllStringSubmatch(line, -1) {
			for _, param := range strings.Split(m[2], ";") {
				k, v, _ := strings.Cut(strings.TrimSpace(param), "=")
				if strings.EqualFold(k, "rel") && hasNext(v) {
					return m[1]
				}
			}
		}
	}
	return ""
}

func hasNext(rel string) bool {
	rel = strings.Trim(strings.TrimRight(strings.TrimSpace(rel), ","), `"`)
	for _, one := range strings.Fields(rel) {
		if strings.EqualFold(one, "next") {
			return true
		}
	}
	return false
}
