package ldap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// inChain is LDAP_MATCHING_RULE_TRANSITIVE_EVAL: Active Directory follows
// nested groups by itself.
const inChain = "1.2.840.113556.1.4.1941"

// resolveAD finds the members of every watched group. Domain controllers work
// hard at the in-chain rule, so only groups that hold other groups are asked for
// by it; of the others the member list says everything.
func (s *server) resolveAD(ctx context.Context, w watchlist) (*members, error) {
	rids := map[string]string{} // every group of the domain, by DN key
	found := make([][]string, len(w))
	list := query{base: s.facts.root, class: groups}
	list.attrs.add(objectSid, cn, sAMAccountName)
	err := s.each(ctx, list, func(e *entry) error {
		key := dnKey(e.dn)
		rids[key] = rid(sidText(e.first(objectSid)))
		for _, i := range w.named(e, key) {
			found[i] = append(found[i], e.dn)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m := newMembers()
	for i, dns := range found {
		if len(dns) > 1 {
			return nil, fmt.Errorf("gruppen %q finns %d gånger i %s; skriv dess DN: %w", w[i].ref, len(dns), s.facts.where, sdk.ErrBadInput)
		}
		for _, dn := range dns {
			w[i].found = true
			if err := s.expand(ctx, m, i, dn, rids); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// expand finds the members of one group: those who stand in it, those whom a
// nested group brings, and those whose primary group it or a nested one is,
// which no member list shows.
func (s *server) expand(ctx context.Context, m *members, i int, dn string, rids map[string]string) error {
	key := dnKey(dn)
	join(m.byGroup, key, membership{group: i})
	join(m.byRID, rids[key], membership{group: i})
	nested := false
	direct := query{base: dn, single: true, class: anything}
	direct.attrs.add(member)
	err := s.each(ctx, direct, func(e *entry) error {
		for _, dn := range e.v[member] {
			k := dnKey(dn)
			join(m.byDN, k, membership{group: i})
			_, isGroup := rids[k]
			nested = nested || isGroup
		}
		return nil
	})
	if err != nil || !nested {
		return err
	}
	add := func(key string) {
		x := membership{group: i, nested: true}
		join(m.byDN, key, x)
		if r, isGroup := rids[key]; isGroup {
			join(m.byGroup, key, x)
			join(m.byRID, r, x)
		}
	}
	chain := query{base: s.facts.root, class: anything, extra: "(memberOf:" + inChain + ":=" + goldap.EscapeFilter(dn) + ")"}
	err = s.each(ctx, chain, func(e *entry) error { add(dnKey(e.dn)); return nil })
	if unable := (*unevaluatedError)(nil); errors.As(err, &unable) {
		// Samba gives the rule up when it meets an object that the account may
		// not see.
		return s.walk(ctx, dn, rids, add)
	}
	return err
}

// walk follows nested groups by reading each of them.
func (s *server) walk(ctx context.Context, root string, rids map[string]string, add func(key string)) error {
	walked := map[string]bool{dnKey(root): true}
	for queue := []string{root}; len(queue) > 0; queue = queue[1:] {
		q := query{base: queue[0], single: true, class: anything}
		q.attrs.add(member)
		err := s.each(ctx, q, func(e *entry) error {
			for _, dn := range e.v[member] {
				key := dnKey(dn)
				add(key)
				if _, isGroup := rids[key]; isGroup && !walked[key] {
					walked[key] = true
					queue = append(queue, dn)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// isMissing tells that the object does not exist, or is hidden.
func isMissing(err error) bool {
	var nf *missingError
	return errors.As(err, &nf)
}

// unevaluatedError marks a search that the directory could not carry out.
type unevaluatedError struct{ err error }

func (u *unevaluatedError) Error() string { return u.err.Error() }
func (u *unevaluatedError) Unwrap() error { return u.err }

// missingError marks noSuchObject.
type missingError struct{ err error }

func (m *missingError) Error() string { return m.err.Error() }
func (m *missingError) Unwrap() error { return m.err }

// named finds the watched groups that a group entry is, for directories whose
// groups are followed here.
func (w watchlist) named(e *entry, key string) []int {
	var out []int
	sid := sidText(e.first(objectSid))
	for i := range w {
		g := &w[i]
		switch {
		case g.rid != "" && sid != "":
			if rid(sid) == g.rid && (strings.HasPrefix(sid, "S-1-5-21-") || strings.HasPrefix(sid, "S-1-5-32-")) {
				out = append(out, i)
			}
		case g.rid != "":
			if strings.EqualFold(e.first(cn), g.name) {
				out = append(out, i)
			}
		case isDN(g.ref):
			if refKey(g.ref) == key {
				out = append(out, i)
			}
		case strings.EqualFold(e.first(cn), g.ref), strings.EqualFold(e.first(sAMAccountName), g.ref):
			out = append(out, i)
		}
	}
	return out
}
