package ldap

import (
	"slices"
	"strings"
)

// wellKnown are the privileged groups that every domain has, by the last part
// of their SID (MS-DTYP 2.4.2.4), with the names that figures know them by.
var wellKnown = [...]struct{ rid, name string }{
	{"512", "Domain Admins"}, {"518", "Schema Admins"}, {"519", "Enterprise Admins"},
	{"526", "Key Admins"}, {"527", "Enterprise Key Admins"}, {"544", "Administrators"},
	{"548", "Account Operators"}, {"549", "Server Operators"}, {"550", "Print Operators"}, {"551", "Backup Operators"},
}

// watched is a group that the settings or the well-known list ask for.
type watched struct {
	ref        string // DN or name in the settings; "" for a well-known group
	rid        string // of a well-known group
	name       string // in figures; "" if it is not listed there
	privileged bool
	protected  bool
	found      bool
}

// watchlist gathers every group that the settings name. Groups that are named
// twice are watched once.
type watchlist []watched

func newWatchlist(s *Settings) watchlist {
	var w watchlist
	for _, k := range wellKnown {
		w = append(w, watched{rid: k.rid, name: k.name, privileged: true})
	}
	for _, g := range s.PrivilegedGroups {
		x := &w[w.add(g.ref())]
		x.name, x.privileged = g.Name, true
	}
	for _, g := range s.Groups {
		w[w.add(g.ref())].name = g.Name
	}
	if s.Protected != nil {
		for _, ref := range s.Protected.Groups {
			w[w.add(ref)].protected = true
		}
	}
	return w
}

func (g Group) ref() string {
	if g.DN != "" {
		return g.DN
	}
	return g.Name
}

// add returns the place of a group that the settings name.
func (w *watchlist) add(ref string) int {
	key := refKey(ref)
	i := slices.IndexFunc(*w, func(x watched) bool { return x.ref != "" && refKey(x.ref) == key })
	if i < 0 {
		i = len(*w)
		*w = append(*w, watched{ref: ref})
	}
	return i
}

// missing lists groups of the settings that no directory has.
func (w watchlist) missing() []string {
	var out []string
	for _, g := range w {
		if g.ref != "" && !g.found {
			out = append(out, g.ref)
		}
	}
	return out
}

func isDN(ref string) bool { return strings.Contains(ref, "=") }

func refKey(ref string) string {
	if isDN(ref) {
		return dnKey(ref)
	}
	return strings.ToLower(ref)
}

// membership is one group that an account is in.
type membership struct {
	group  int // place in the watchlist
	nested bool
}

// members tells which watched groups an object is in, however a directory says
// so: by DN, by POSIX login, by primary group, by its own memberOf.
type members struct {
	byDN    map[string][]membership
	byUID   map[string][]membership
	byRID   map[string][]membership
	byGroup map[string][]membership
}

func newMembers() *members {
	return &members{byDN: map[string][]membership{}, byUID: map[string][]membership{}, byRID: map[string][]membership{}, byGroup: map[string][]membership{}}
}

func join(m map[string][]membership, key string, x membership) {
	list := m[key]
	for i := range list {
		if list[i].group == x.group {
			list[i].nested = list[i].nested && x.nested
			return
		}
	}
	m[key] = append(list, x)
}

// of appends the memberships of an entry to buf, each group once, and returns it.
func (m *members) of(e *entry, key string, buf []membership) []membership {
	buf = merge(buf[:0], m.byDN[key])
	if id := e.first(primaryGroupID); id != "" {
		buf = merge(buf, m.byRID[id])
	}
	if len(m.byUID) > 0 {
		for _, u := range e.v[uid] {
			buf = merge(buf, m.byUID[strings.ToLower(u)])
		}
	}
	if len(m.byGroup) > 0 {
		for _, g := range e.v[memberOf] {
			buf = merge(buf, m.byGroup[dnKey(g)])
		}
	}
	return buf
}

func merge(buf, more []membership) []membership {
next:
	for _, x := range more {
		for i := range buf {
			if buf[i].group == x.group {
				buf[i].nested = buf[i].nested && x.nested
				continue next
			}
		}
		buf = append(buf, x)
	}
	return buf
}
