package ldap

import (
	"context"
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// graph is the groups of a directory that does not follow nested groups by
// itself, OpenLDAP or a file. Groups are keyed by DN, POSIX logins stand apart.
type graph struct {
	groups  map[string]*node
	watched map[int][]string // place in the watchlist → group keys
}

type node struct {
	members []string // DN keys
	uids    []string
	rid     string
}

// resolveHere reads every group and follows the nesting. Groups that are only
// known from an account's memberOf count as found when they are named by DN.
func resolveHere(ctx context.Context, d directory, w watchlist) (*members, error) {
	g := graph{groups: map[string]*node{}, watched: map[int][]string{}}
	q := query{base: d.about().root, class: groups}
	q.attrs.add(objectClass, cn, sAMAccountName, objectSid, member, uniqueMember, memberUID, memberOf)
	if err := d.each(ctx, q, func(e *entry) error { return g.read(e, w) }); err != nil {
		return nil, err
	}
	if d.about().file {
		if err := g.readBackLinks(ctx, d, w); err != nil {
			return nil, err
		}
	}
	m := newMembers()
	for i, keys := range g.watched {
		w[i].found = true
		for _, key := range keys {
			g.expand(m, i, key)
		}
	}
	return m, nil
}

func (g *graph) node(key string) *node {
	n := g.groups[key]
	if n == nil {
		n = &node{}
		g.groups[key] = n
	}
	return n
}

func (g *graph) read(e *entry, w watchlist) error {
	key := dnKey(e.dn)
	n := g.node(key)
	for _, s := range []slot{member, uniqueMember} {
		for _, dn := range e.v[s] {
			n.members = append(n.members, dnKey(dn))
		}
	}
	for _, u := range e.v[memberUID] {
		n.uids = append(n.uids, strings.ToLower(u))
	}
	n.rid = rid(sidText(e.first(objectSid)))
	for _, up := range e.v[memberOf] {
		parent := g.node(dnKey(up))
		parent.members = append(parent.members, key)
	}
	for _, i := range w.named(e, key) {
		if w[i].rid == "" && len(g.watched[i]) > 0 {
			return fmt.Errorf("gruppen %q finns flera gånger; skriv dess DN: %w", w[i].ref, sdk.ErrBadInput)
		}
		g.watched[i] = append(g.watched[i], key)
	}
	return nil
}

// readBackLinks finds groups that a file names only in its accounts' memberOf.
func (g *graph) readBackLinks(ctx context.Context, d directory, w watchlist) error {
	wanted := map[string]int{}
	for i := range w {
		if _, ok := g.watched[i]; !ok && isDN(w[i].ref) {
			wanted[dnKey(w[i].ref)] = i
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	return d.each(ctx, query{class: anything}, func(e *entry) error {
		for _, dn := range e.v[memberOf] {
			if i, ok := wanted[dnKey(dn)]; ok {
				g.watched[i] = []string{dnKey(dn)}
			}
		}
		return nil
	})
}

// expand walks from one group through the groups in it. A group that contains
// itself is walked once.
func (g *graph) expand(m *members, i int, root string) {
	walked := map[string]bool{root: true}
	for queue := []string{root}; len(queue) > 0; queue = queue[1:] {
		key := queue[0]
		x := membership{group: i, nested: key != root}
		join(m.byGroup, key, x)
		n := g.groups[key]
		if n == nil {
			continue
		}
		if n.rid != "" {
			join(m.byRID, n.rid, x)
		}
		for _, u := range n.uids {
			join(m.byUID, u, x)
		}
		for _, dn := range n.members {
			join(m.byDN, dn, x)
			if g.groups[dn] != nil && !walked[dn] {
				walked[dn] = true
				queue = append(queue, dn)
			}
		}
	}
}
