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

// found is one group as the directory has it.
type found struct {
	dn  string
	rid string // last part of its SID, "" without one
}

// resolveAD finds the members of every watched group, nested ones included, by
// the in-chain rule. keep is called with the DN of each member that stands in a
// protected group.
func (s *server) resolveAD(ctx context.Context, w watchlist) (*members, error) {
	m := newMembers()
	for i := range w {
		gs, err := s.find(ctx, &w[i])
		if err != nil {
			return nil, err
		}
		for _, g := range gs {
			w[i].found = true
			if err := s.expand(ctx, m, i, g); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// find looks a group up by well-known SID, by DN or by name.
func (s *server) find(ctx context.Context, g *watched) ([]found, error) {
	q := query{base: s.facts.root, class: groups}
	q.attrs.add(objectSid)
	switch {
	case g.rid != "":
		q.extra = "(objectSid=" + s.wellKnownSID(g.rid) + ")"
	case isDN(g.ref):
		if !beneath(dnKey(g.ref), dnKey(s.facts.root)) {
			return nil, nil // another domain's
		}
		q.base, q.single = g.ref, true
	default:
		n := goldap.EscapeFilter(g.ref)
		q.extra = "(|(cn=" + n + ")(sAMAccountName=" + n + "))"
	}
	var out []found
	err := s.each(ctx, q, func(e *entry) error {
		out = append(out, found{dn: e.dn, rid: rid(sidText(e.first(objectSid)))})
		return nil
	})
	if q.single && isMissing(err) {
		return nil, nil
	}
	if err == nil && len(out) > 1 {
		err = fmt.Errorf("gruppen %q finns %d gånger i %s; skriv dess DN: %w", g.ref, len(out), s.facts.where, sdk.ErrBadInput)
	}
	return out, err
}

func (s *server) wellKnownSID(rid string) string {
	if len(rid) == 3 && rid >= "544" {
		return "S-1-5-32-" + rid // BUILTIN
	}
	return s.facts.domain + "-" + rid
}

// expand finds the members of one group: those who stand in it, those whom a
// nested group brings, and those whose primary group it or a nested one is,
// which no member list shows.
func (s *server) expand(ctx context.Context, m *members, i int, g found) error {
	join(m.byGroup, dnKey(g.dn), membership{group: i})
	if g.rid != "" {
		join(m.byRID, g.rid, membership{group: i})
	}
	chain := query{base: s.facts.root, class: anything, extra: "(memberOf:" + inChain + ":=" + goldap.EscapeFilter(g.dn) + ")"}
	chain.attrs.add(objectClass, objectSid)
	err := s.each(ctx, chain, func(e *entry) error {
		key := dnKey(e.dn)
		join(m.byDN, key, membership{group: i, nested: true})
		if e.class() == groups {
			join(m.byGroup, key, membership{group: i, nested: true})
			if r := rid(sidText(e.first(objectSid))); r != "" {
				join(m.byRID, r, membership{group: i, nested: true})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	direct := query{base: g.dn, single: true, class: anything}
	direct.attrs.add(member)
	return s.each(ctx, direct, func(e *entry) error {
		for _, dn := range e.v[member] {
			join(m.byDN, dnKey(dn), membership{group: i})
		}
		return nil
	})
}

// isMissing tells that the object does not exist, or is hidden.
func isMissing(err error) bool {
	var nf *missingError
	return errors.As(err, &nf)
}

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
			if dnKey(g.ref) == key {
				out = append(out, i)
			}
		case strings.EqualFold(e.first(cn), g.ref), strings.EqualFold(e.first(sAMAccountName), g.ref):
			out = append(out, i)
		}
	}
	return out
}
