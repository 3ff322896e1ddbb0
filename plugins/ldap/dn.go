package ldap

import (
	"strings"

	goldap "github.com/go-ldap/ldap/v3"
)

// dnKey gives a DN one form, so that the same object named by two servers, or
// in a member list, compares equal. What is no DN is only lower-cased.
func dnKey(dn string) string {
	if !strings.ContainsAny(dn, `\"+#;<>`) && !strings.Contains(dn, ", ") && !strings.Contains(dn, " ,") &&
		!strings.Contains(dn, "= ") && !strings.Contains(dn, " =") {
		return strings.ToLower(dn)
	}
	p, err := goldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	var b strings.Builder
	for i, r := range p.RDNs {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, a := range r.Attributes {
			if j > 0 {
				b.WriteByte('+')
			}
			escapeInto(&b, strings.ToLower(strings.TrimSpace(a.Type)))
			b.WriteByte('=')
			escapeInto(&b, strings.ToLower(a.Value))
		}
	}
	return b.String()
}

func escapeInto(b *strings.Builder, v string) {
	for i := range len(v) {
		if strings.IndexByte(`\,+"#;<>=`, v[i]) >= 0 || v[i] == ' ' && (i == 0 || i == len(v)-1) {
			b.WriteByte('\\')
		}
		b.WriteByte(v[i])
	}
}

// parentDN is what stands after the first comma that is not escaped; "" for a
// DN of one part.
func parentDN(dn string) string {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',':
			return strings.TrimLeft(dn[i+1:], " ")
		}
	}
	return ""
}

// beneath tells whether a DN key is a base, or stands anywhere under it.
func beneath(key, base string) bool {
	if len(key) == len(base) || base == "" {
		return key == base || base == ""
	}
	return len(key) > len(base) && strings.HasSuffix(key, base) && key[len(key)-len(base)-1] == ','
}

// ouPath lists the OUs that an object stands in beneath a base, the nearest
// first. With the base itself an OU, the base counts only when nothing stands
// between.
func ouPath(dn, base string) []string {
	p, err := goldap.ParseDN(dn)
	if err != nil || len(p.RDNs) == 0 {
		return nil
	}
	top := len(p.RDNs)
	if b, err := goldap.ParseDN(base); err == nil && len(b.RDNs) < top && beneath(dnKey(dn), dnKey(base)) {
		top -= len(b.RDNs)
	}
	path := organizational(p.RDNs[1:max(top, 1)])
	if len(path) == 0 {
		if rest := organizational(p.RDNs[max(top, 1):]); len(rest) > 0 {
			return rest[:1]
		}
	}
	return path
}

func organizational(rdns []*goldap.RelativeDN) []string {
	var out []string
	for _, r := range rdns {
		for _, a := range r.Attributes {
			if strings.EqualFold(a.Type, "OU") && strings.TrimSpace(a.Value) != "" {
				out = append(out, strings.TrimSpace(a.Value))
			}
		}
	}
	return out
}

// pick takes the level that the settings ask for: 1 is the highest OU beneath
// the base, -1 the nearest. A shallower path gives its nearest.
func pick(path []string, level int) string {
	if len(path) == 0 {
		return ""
	}
	i := len(path) - level
	if level < 0 {
		i = -level - 1
	}
	return path[min(max(i, 0), len(path)-1)]
}
