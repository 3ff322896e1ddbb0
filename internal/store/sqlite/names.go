package sqlite

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/kommunpuls/kommunpuls/internal/store/pattern"
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
	id       string
	standing int
	others   []string // further identities that it fits
}

func (e entry) ambiguous() bool { return len(e.others) > 0 }

// nameKey is a normalised name in one source; source 0 is every source.
type nameKey struct {
	scheme string
	source int64
	name   string
}

// form is a pattern of the settings.
type form struct {
	pattern.Matcher
	scheme, id         string
	source             int64
	standing, priority int
}

// names resolves the words of sources to identities.
type names struct {
	by       map[nameKey]entry
	patterns []form
}

func (n *names) add(scheme string, source int64, name, id string, standing int) {
	k := nameKey{scheme, source, normalise(name)}
	if k.name == "" {
		return
	}
	old, ok := n.by[k]
	switch {
	case !ok || standing < old.standing:
		n.by[k] = entry{id: id, standing: standing}
	case standing == old.standing && old.id != id && !slices.Contains(old.others, id):
		old.others = append(slices.Clone(old.others), id)
		n.by[k] = old
	}
}

// resolve finds the identity of a name, the source's own names first.
func (n *names) resolve(scheme string, source int64, name string) (string, bool) {
	e, ok := n.named(scheme, source, name)
	return e.id, ok && !e.ambiguous()
}

func (n *names) named(scheme string, source int64, name string) (entry, bool) {
	norm := normalise(name)
	for _, src := range []int64{source, 0} {
		if e, ok := n.by[nameKey{scheme, src, norm}]; ok {
			return e, true
		}
	}
	return entry{}, false
}

// resolveRef finds the identity of a reference: by name, else by pattern. It
// is "" where there is none, and several where more than one fits.
func (n *names) resolveRef(scheme string, source int64, name string) (id string, several []string) {
	e, ok := n.named(scheme, source, name)
	switch {
	case ok && e.ambiguous():
		several = append([]string{e.id}, e.others...)
		slices.Sort(several)
		return "", several
	case ok:
		return e.id, nil
	}
	return n.fitting(scheme, source, name)
}

// fitting finds the identity whose pattern a name fits: what holds now before
// what held once, the highest priority, the nearest unit of a path.
func (n *names) fitting(scheme string, source int64, name string) (string, []string) {
	type rank struct{ standing, priority, nearer int }
	var best rank
	var ids []string
	for i := range n.patterns {
		p := &n.patterns[i]
		if p.scheme != scheme || p.source != 0 && p.source != source {
			continue
		}
		nearer, ok := p.Match(name)
		if !ok {
			continue
		}
		r := rank{-p.standing, p.priority, nearer}
		switch c := cmp.Or(cmp.Compare(r.standing, best.standing), cmp.Compare(r.priority, best.priority), cmp.Compare(r.nearer, best.nearer)); {
		case len(ids) == 0 || c > 0:
			best, ids = r, []string{p.id}
		case c == 0 && !slices.Contains(ids, p.id):
			ids = append(ids, p.id)
		}
	}
	switch len(ids) {
	case 0:
		return "", nil
	case 1:
		return ids[0], nil
	}
	slices.Sort(ids)
	return "", ids
}
