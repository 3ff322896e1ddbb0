package ldap

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// class is what a query looks for.
type class uint8

const (
	other class = iota
	accounts
	computers
	groups
	anything
)

// query asks a directory for entries of a class beneath a base.
type query struct {
	base    string
	single  bool // the base object alone
	class   class
	extra   string // further filter, servers only
	attrs   slotSet
	deleted bool // tombstones too
}

// page is one page of a search, or why there are no more.
type page struct {
	entries   []*goldap.Entry
	referrals []string
	err       error
}

// pages runs a paged search and hands each page on while the next is under way,
// so that the server, the decoding and the conversion overlap. The channel is
// closed after the last page or the first error.
func (c *connection) pages(ctx context.Context, req *goldap.SearchRequest, size int) <-chan page {
	out := make(chan page, 1)
	go func() {
		defer close(out)
		paging := goldap.NewControlPaging(uint32(size))
		req.Controls = append(req.Controls, paging)
		for {
			res, err := c.Search(req)
			p := page{err: err}
			if res != nil {
				p.entries, p.referrals = res.Entries, res.Referrals
			}
			select {
			case out <- p:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
			answer, ok := goldap.FindControl(res.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
			if !ok || len(answer.Cookie) == 0 {
				return
			}
			paging.SetCookie(answer.Cookie)
		}
	}()
	return out
}

// each runs a query on a server and calls fn with every entry. The entry is
// only good until fn returns.
func (s *server) each(ctx context.Context, q query, fn func(*entry) error) error {
	return s.follow(ctx, s.conn, q, fn, map[string]bool{visited(s.conn.host, q): true})
}

func (s *server) follow(ctx context.Context, c *connection, q query, fn func(*entry) error, seen map[string]bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		e         entry
		n         int64
		referrals []string
	)
	for p := range c.pages(ctx, s.request(q), s.pageSize) {
		for _, raw := range p.entries {
			if n++; n%64 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			s.fill(&e, raw)
			if err := s.ranged(c, &e, raw); err != nil {
				return searchFault(ctx, q.base, n, err)
			}
			if err := fn(&e); err != nil {
				return err
			}
		}
		referrals = append(referrals, p.referrals...)
		if p.err != nil {
			to, ok := referredBy(p.err)
			if !ok {
				return searchFault(ctx, q.base, n, p.err)
			}
			if !s.mayFollowAny(to) {
				return fmt.Errorf("%s: basen finns på en annan server; skriv den i url, eller i referral_hosts: %w", q.base, sdk.ErrBadInput)
			}
			referrals = append(referrals, to...)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.chase(ctx, q, referrals, fn, seen)
}

func (s *server) request(q query) *goldap.SearchRequest {
	scope := goldap.ScopeWholeSubtree
	if q.single {
		scope = goldap.ScopeBaseObject
	}
	names := q.attrs.names()
	if len(names) == 0 {
		names = []string{"1.1"} // the DN alone
	}
	req := goldap.NewSearchRequest(q.base, scope, goldap.NeverDerefAliases, 0, 0, false, s.filter(q), names, nil)
	if q.deleted {
		req.Controls = append(req.Controls, goldap.NewControlMicrosoftShowDeleted())
	}
	return req
}

// filter writes the query as an LDAP filter.
func (s *server) filter(q query) string {
	f := "(objectClass=*)"
	switch {
	case q.class == accounts && s.facts.ad:
		f = "(|(&(objectCategory=person)(objectClass=user))(objectClass=msDS-GroupManagedServiceAccount)(objectClass=msDS-ManagedServiceAccount))"
	case q.class == accounts:
		f = "(|(objectClass=user)(objectClass=inetOrgPerson)(objectClass=posixAccount)(objectClass=account))"
	case q.class == computers && s.facts.ad:
		f = "(objectCategory=computer)"
	case q.class == computers:
		f = "(objectClass=computer)"
	case q.class == groups && s.facts.ad:
		f = "(objectCategory=group)"
	case q.class == groups:
		f = "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
	}
	if q.extra != "" {
		f = "(&" + f + q.extra + ")"
	}
	return f
}

// fill reduces what the server sent to the allow list.
func (s *server) fill(e *entry, raw *goldap.Entry) {
	e.reset(raw.DN, 0)
	for _, a := range raw.Attributes {
		if i, ok := s.slotOf(a.Name); ok && len(a.Values) > 0 {
			e.set(i, a.Values)
		}
	}
}

func (s *server) slotOf(name string) (slot, bool) {
	if i, ok := s.slots[name]; ok {
		return i, true
	}
	if strings.IndexByte(name, ';') >= 0 {
		return 0, false // an option such as ;range= or ;binary
	}
	i, ok := s.slots[strings.ToLower(name)]
	if ok {
		s.slots[strings.Clone(name)] = i
	}
	return i, ok
}

// ranged fetches the rest of attributes of which the server gave the first
// part only: Active Directory answers member;range=0-1499 to a question for
// member (MS-ADTS 3.1.1.3.1.3.3).
func (s *server) ranged(c *connection, e *entry, raw *goldap.Entry) error {
	for _, a := range raw.Attributes {
		name, option, ok := strings.Cut(a.Name, ";")
		if !ok {
			continue
		}
		i, known := s.slots[strings.ToLower(name)]
		last, more, isRange := rangeEnd(option)
		if !known || !isRange {
			continue
		}
		values := append([]string(nil), a.Values...)
		for more {
			got, end, again, err := s.nextRange(c, e.dn, name, last+1)
			if err != nil {
				return err
			}
			if again && end <= last {
				return goldap.NewError(goldap.LDAPResultProtocolError, fmt.Errorf("range of %s does not advance", name))
			}
			values, last, more = append(values, got...), end, again
		}
		e.set(i, values)
	}
	return nil
}

func (s *server) nextRange(c *connection, dn, name string, from int) (values []string, end int, more bool, err error) {
	req := goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)",
		[]string{fmt.Sprintf("%s;range=%d-*", name, from)}, nil)
	res, err := c.Search(req)
	if err != nil {
		return nil, 0, false, err
	}
	for _, e := range res.Entries {
		for _, a := range e.Attributes {
			n, option, ok := strings.Cut(a.Name, ";")
			if end, more, isRange := rangeEnd(option); ok && isRange && strings.EqualFold(n, name) {
				return a.Values, end, more, nil
			}
		}
	}
	return nil, 0, false, goldap.NewError(goldap.LDAPResultProtocolError, fmt.Errorf("range %d of %s is missing", from, name))
}

// rangeEnd reads "range=0-1499" and "range=1500-*", the last part.
func rangeEnd(option string) (last int, more, ok bool) {
	const prefix = "range="
	if len(option) <= len(prefix) || !strings.EqualFold(option[:len(prefix)], prefix) {
		return 0, false, false
	}
	_, end, found := strings.Cut(option[len(prefix):], "-")
	if !found {
		return 0, false, false
	}
	if end == "*" {
		return 0, false, true
	}
	last, err := strconv.Atoi(end)
	return last, err == nil, err == nil
}
