package sqlite

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalise makes two ways of writing one name equal: Unicode form, case and
// spaces. It goes no further: names are never matched by likeness.
func normalise(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(name))), " ")
}

// slug makes a stable id of a source's id: a-z, 0-9, - and _, with å, ä and ö
// as their base letters.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}

// The standing of a name: what the settings say goes before what a record says.
const (
	bySetting = iota + 1
	byExpiredSetting
	byRecord
	byGoneRecord
)

// entry is what a name leads to. A name that fits two identities fits none.
type entry struct {
	id        string
	standing  int
	ambiguous bool
}

// nameKey is a normalised name in one source; source 0 is every source.
type nameKey struct {
	scheme string
	source int64
	name   string
}

// names resolves the words of sources to identities.
type names struct{ by map[nameKey]entry }

func (n *names) add(scheme string, source int64, name, id string, standing int) {
	k := nameKey{scheme, source, normalise(name)}
	if k.name == "" {
		return
	}
	old, ok := n.by[k]
	switch {
	case !ok || standing < old.standing:
		n.by[k] = entry{id: id, standing: standing}
	case standing == old.standing && old.id != id:
		old.ambiguous = true
		n.by[k] = old
	}
}

// resolve finds the identity of a name, the source's own names first.
func (n *names) resolve(scheme string, source int64, name string) (string, bool) {
	norm := normalise(name)
	for _, src := range []int64{source, 0} {
		if e, ok := n.by[nameKey{scheme, src, norm}]; ok {
			return e.id, !e.ambiguous
		}
	}
	return "", false
}
