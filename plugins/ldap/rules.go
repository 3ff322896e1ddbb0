package ldap

import "strings"

// rules are the settings' conditions, ready to be tried on every account.
type rules struct {
	categories []categoryTest
	fallback   string
	strongAuth []strongAuthTest
	mobileMail []test
	computers  []computerTest
	protected  []test
	needs      slotSet
}

type categoryTest struct {
	category string
	test
}

type strongAuthTest struct {
	value string
	test
}

type computerTest struct {
	kind, userCategory string
	test
}

// test is one condition: everything in it must hold.
type test struct {
	ous       []string // DN keys, any
	groups    []int    // places in the watchlist, any
	attrs     []attrTest
	smartcard bool
}

type attrTest struct {
	slot   slot
	values []string // lower case, with *
}

// compile readies the conditions. Groups they name are added to the watchlist.
func compile(s *Settings, w *watchlist) *rules {
	r := &rules{fallback: s.DefaultCategory}
	for _, c := range s.Categories {
		r.categories = append(r.categories, categoryTest{c.Category, r.test(c.Condition, w)})
	}
	for _, c := range s.StrongAuth {
		r.strongAuth = append(r.strongAuth, strongAuthTest{c.Value, r.test(c.Condition, w)})
	}
	for _, c := range s.MobileMail {
		r.mobileMail = append(r.mobileMail, r.test(c, w))
	}
	for _, c := range s.Computers.Rules {
		r.computers = append(r.computers, computerTest{c.Kind, c.UserCategory, r.test(c.Condition, w)})
	}
	if p := s.Protected; p != nil {
		for _, g := range p.Groups {
			r.protected = append(r.protected, test{groups: []int{w.add(g)}})
		}
		for _, ou := range p.OUs {
			r.protected = append(r.protected, test{ous: []string{dnKey(ou)}})
		}
		for _, a := range p.Attributes {
			r.protected = append(r.protected, r.test(Condition{Attributes: []Attribute{a}}, w))
		}
	}
	return r
}

func (r *rules) test(c Condition, w *watchlist) test {
	t := test{smartcard: c.SmartcardRequired}
	for _, ou := range c.OUs {
		t.ous = append(t.ous, dnKey(ou))
	}
	for _, g := range c.Groups {
		t.groups = append(t.groups, w.add(g))
	}
	for _, a := range c.Attributes {
		i, _ := lookupSlot(a.Name) // validated
		r.needs.add(i)
		x := attrTest{slot: i}
		for _, v := range a.Values {
			x.values = append(x.values, strings.ToLower(v))
		}
		t.attrs = append(t.attrs, x)
	}
	return t
}

// subject is one object as the rules see it.
type subject struct {
	*entry
	key     string // of its DN
	uac     int64
	members []membership
}

func (t *test) holds(s *subject) bool {
	if t.smartcard && s.uac&uacSmartcard == 0 {
		return false
	}
	if len(t.ous) > 0 && !anyOU(t.ous, s.key) {
		return false
	}
	if len(t.groups) > 0 && !anyGroup(t.groups, s.members) {
		return false
	}
	for i := range t.attrs {
		if !t.attrs[i].holds(s.v[t.attrs[i].slot]) {
			return false
		}
	}
	return true
}

func anyOU(ous []string, key string) bool {
	for _, ou := range ous {
		if beneath(key, ou) {
			return true
		}
	}
	return false
}

func anyGroup(groups []int, in []membership) bool {
	for _, g := range groups {
		for _, m := range in {
			if m.group == g {
				return true
			}
		}
	}
	return false
}

func (a *attrTest) holds(values []string) bool {
	for _, v := range values {
		v = strings.ToLower(v)
		for _, p := range a.values {
			if glob(p, v) {
				return true
			}
		}
	}
	return false
}

// glob compares with a pattern in which * stands for anything, also nothing.
func glob(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	text = text[len(first):]
	for {
		part, more, again := strings.Cut(rest, "*")
		if !again {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text, rest = text[i+len(part):], more
	}
}

// isProtected tells whether a subject must never leave the plugin.
func (r *rules) isProtected(s *subject) bool {
	for i := range r.protected {
		if r.protected[i].holds(s) {
			return true
		}
	}
	return false
}

// category gives a subject its category.
func (r *rules) category(s *subject) string {
	for i := range r.categories {
		if r.categories[i].holds(s) {
			return r.categories[i].category
		}
	}
	if s.managed() {
		return "service"
	}
	return r.fallback
}
