package ldap

import (
	"regexp"
	"strings"
)

// locator finds the name of an org unit. It remembers each OU's answer, as
// thousands of accounts share one.
type locator struct {
	slot    slot
	byOU    bool
	path    bool // the whole path and not one unit of it
	level   int
	bases   []string
	known   map[string]string
	refused int64 // values that look like a personal number
}

func newLocator(o OrgUnit, bases []string) *locator {
	l := &locator{byOU: o.From == "ou" || o.From == wholePath, path: o.From == wholePath, level: o.Level, bases: bases, known: map[string]string{}}
	if !l.byOU {
		l.slot, _ = orgUnitSlot(o.From) // validated
	}
	return l
}

// personalNumber is a Swedish personal or coordination number in any of its forms.
var personalNumber = regexp.MustCompile(`\b(\d{2})?\d{6}[-+ ]?\d{4}\b`)

// of gives the org unit's name, "" if there is none.
func (l *locator) of(e *entry) string {
	if !l.byOU {
		v := e.first(l.slot)
		if personalNumber.MatchString(v) {
			l.refused++
			return ""
		}
		return v
	}
	parent := parentDN(e.dn)
	if name, ok := l.known[parent]; ok {
		return name
	}
	units := ouPath(e.dn, baseOf(dnKey(e.dn), l.bases))
	name := pick(units, l.level)
	if l.path {
		name = pathText(units)
	}
	l.known[parent] = name
	return name
}

// wholePath as OrgUnit.From gives every OU of the path, which the decisions'
// own paths are held against.
const wholePath = "ou_path"

// pathText writes OUs as a path, the nearest first: "OU=Skola,OU=Utbildning".
func pathText(units []string) string {
	parts := make([]string, len(units))
	for i, u := range units {
		parts[i] = "OU=" + strings.NewReplacer(`\`, `\\`, ",", `\,`).Replace(u)
	}
	return strings.Join(parts, ",")
}

// baseOf is the longest of the bases that a DN stands beneath.
func baseOf(key string, bases []string) string {
	best := ""
	for _, b := range bases {
		if k := dnKey(b); len(k) > len(best) && beneath(key, k) {
			best = b
		}
	}
	return best
}
