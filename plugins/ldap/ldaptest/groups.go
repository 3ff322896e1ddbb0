//go:build !windows

package ldaptest

import "io"

// group is one generated group.
type group struct {
	name    string
	members []string // DNs
}

// groups sorts the generated persons into groups: protected persons partly
// through a nested group, contractors and administrators only through one.
type groupBook struct {
	base                                   string
	protected, nested, contractors, admins []string
}

func (g *groupBook) take(p *person) {
	dn := p.dn(g.base)
	switch p.category {
	case "protected":
		if p.n == 9 {
			g.nested = append(g.nested, dn)
		} else {
			g.protected = append(g.protected, dn)
		}
	case "contractor":
		g.contractors = append(g.contractors, dn)
	case "admin":
		g.admins = append(g.admins, dn)
	}
}

func (g *groupBook) dn(name string) string { return "CN=" + name + ",OU=Grupper," + g.base }

func (g *groupBook) list() []group {
	return []group{
		{"Skyddade familjer", g.nested},
		{"Skyddade uppgifter", append(g.protected, g.dn("Skyddade familjer"))},
		{"Konsulter Bygg", g.contractors},
		{"Inhyrda", []string{g.dn("Konsulter Bygg")}},
		{"IT Drift", g.admins},
	}
}

func (g *group) write(w io.Writer, base, class string) {
	put(w, "dn: CN=%s,OU=Grupper,%s", g.name, base)
	put(w, "objectClass: top\nobjectClass: %s\ncn: %s", class, g.name)
	for _, m := range g.members {
		put(w, "member: %s", m)
	}
}
