package ldap

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Bits of userAccountControl (MS-ADTS 2.2.16).
const (
	uacDisabled     = 0x2
	uacTrust        = 0x800
	uacNeverExpires = 0x10000
	uacSmartcard    = 0x40000
)

// lockedForGood is OpenLDAP's mark of an account that an administrator closed
// (draft-behera-ldap-password-policy 5.3.3).
const lockedForGood = "000001010000Z"

// accountFields are the fields that can be filled at all, by what they need.
func accountFields(known *slotSet, r *rules) []string {
	out := []string{"category", "org_unit", "privileged", "gmsa", "key", "group"}
	when := func(field string, any ...slot) {
		for _, s := range any {
			if known[s] {
				out = append(out, field)
				return
			}
		}
	}
	when("enabled", userAccountControl, pwdAccountLockedTime)
	when("password_never_expires", userAccountControl)
	when("expires_at", accountExpires, shadowExpire)
	when("last_login_at", lastLogonTimestamp, pwdLastSuccess, authTimestamp)
	when("created_at", whenCreated, createTimestamp)
	when("password_set_at", pwdLastSet, pwdChangedTime)
	when("locked", lockoutTime, pwdAccountLockedTime)
	if len(r.strongAuth) > 0 {
		out = append(out, "strong_auth")
	}
	if len(r.mobileMail) > 0 {
		out = append(out, "mobile_mail")
	}
	return out
}

// accountSlots are the attributes that an account is read with.
func accountSlots(known *slotSet) slotSet {
	var want slotSet
	want.add(objectClass, objectGUID, entryUUID, objectSid, sAMAccountName, uid, userPrincipalName, mail, displayName,
		givenName, sn, proxyAddresses, cn, userAccountControl, accountExpires, pwdLastSet, lastLogonTimestamp, lockoutTime,
		whenCreated, primaryGroupID, createTimestamp, modifyTimestamp, pwdChangedTime, pwdLastSuccess, authTimestamp,
		pwdAccountLockedTime, shadowExpire)
	for i := range want {
		want[i] = want[i] && known[i]
	}
	return want
}

// converter makes records of one directory's entries.
type converter struct {
	facts    *facts
	rules    *rules
	watch    watchlist
	unit     *locator
	pupils   *locator
	refs     *sdk.Pseudonymiser
	clock    clock
	now      int64
	layout   layout
	warnings counted
}

// counted counts what a person should look at, by code.
type counted map[string]int64

// account makes the record of one account.
func (c *converter) account(s *subject, category string) record.Record {
	r := c.layout.account.record(c.id(s.entry), c.place(s.entry))
	set := c.layout.account
	set.text(&r, "category", category)
	set.text(&r, "org_unit", c.unit.of(s.entry))
	c.state(&r, s)
	c.times(&r, s)
	set.flag(&r, "gmsa", s.managed())
	for i := range c.rules.strongAuth {
		if c.rules.strongAuth[i].holds(s) {
			set.text(&r, "strong_auth", c.rules.strongAuth[i].value)
			break
		}
		set.text(&r, "strong_auth", "none")
	}
	for i := range c.rules.mobileMail {
		on := c.rules.mobileMail[i].holds(s)
		set.flag(&r, "mobile_mail", on)
		if on {
			break
		}
	}
	r.Children[c.layout.keys] = c.keys(s.entry)
	r.Children[c.layout.groups] = c.groups(&r, s.members)
	return r
}

// state fills what the account's flags say.
func (c *converter) state(r *record.Record, s *subject) {
	set, known := c.layout.account, &c.facts.known
	closed := s.first(pwdAccountLockedTime)
	switch {
	case len(s.v[userAccountControl]) > 0:
		set.flag(r, "enabled", s.uac&uacDisabled == 0)
		set.flag(r, "password_never_expires", s.uac&uacNeverExpires != 0)
	case known[userAccountControl]:
		set.blank(r, "enabled")
		set.blank(r, "password_never_expires")
	case known[pwdAccountLockedTime]:
		set.flag(r, "enabled", closed != lockedForGood)
	}
	switch {
	case known[lockoutTime]:
		t, err := filetime(or(s.first(lockoutTime), "0"))
		set.flag(r, "locked", err == nil && (c.facts.lockout == 0 || c.now < t+int64(c.facts.lockout/time.Second)))
	case known[pwdAccountLockedTime]:
		set.flag(r, "locked", closed != "")
	}
}

// times fills the account's times, coarsened as the schema says.
func (c *converter) times(r *record.Record, s *subject) {
	c.when(r, s, "expires_at", exact, from{accountExpires, filetime}, from{shadowExpire, shadowDay})
	c.when(r, s, "last_login_at", c.clock.day, from{lastLogonTimestamp, filetime}, from{pwdLastSuccess, generalized}, from{authTimestamp, generalized})
	c.when(r, s, "created_at", c.clock.month, from{whenCreated, generalized}, from{createTimestamp, generalized})
	c.when(r, s, "password_set_at", c.clock.day, from{pwdLastSet, filetime}, from{pwdChangedTime, generalized})
}

// from is one attribute that may hold a time, and how it writes it.
type from struct {
	slot slot
	read func(string) (int64, error)
}

func exact(t int64) int64 { return t }

// shadowDay reads shadowExpire, days since 1970; -1 is never.
func shadowDay(s string) (int64, error) {
	d, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, err
	}
	if d < 0 {
		return 0, errNoTime
	}
	return d * 86400, nil
}

// when takes the newest time that any of the attributes has. None is blank.
func (c *converter) when(r *record.Record, s *subject, field string, coarsen func(int64) int64, sources ...from) {
	best, have, known := int64(0), false, false
	for _, f := range sources {
		known = known || c.facts.known[f.slot]
		v := s.first(f.slot)
		if v == "" {
			continue
		}
		t, err := f.read(v)
		switch {
		case err == nil && (!have || t > best):
			best, have = t, true
		case err != nil && err != errNoTime: //nolint:errorlint // our own sentinel, never wrapped
			c.warnings["bad_time:"+attributeNames[f.slot]]++
		}
	}
	switch {
	case have:
		c.layout.account.number(r, field, coarsen(best))
	case known:
		c.layout.account.blank(r, field)
	}
}

// keys are the pseudonyms by which a registry's owner is recognised.
func (c *converter) keys(e *entry) []record.Row {
	n := sdk.Names{
		Login: or(e.first(sAMAccountName), e.first(uid)), UPN: e.first(userPrincipalName),
		DisplayName: or(e.first(displayName), e.first(cn)), Given: e.first(givenName), Surname: e.first(sn),
		DN: e.dn, SID: sidText(e.first(objectSid)), Mails: e.v[mail],
	}
	for _, p := range e.v[proxyAddresses] {
		if len(p) > 5 && strings.EqualFold(p[:5], "smtp:") {
			n.Mails = append(n.Mails[:len(n.Mails):len(n.Mails)], p[5:])
		}
	}
	keys := c.refs.Keys(n)
	rows := make([]record.Row, len(keys))
	values := make([]record.Value, 2*len(keys))
	for i, k := range keys {
		row := values[2*i : 2*i+2 : 2*i+2]
		row[c.layout.keyAt] = record.Value{State: record.Set, S: k.Pseudonym}
		row[c.layout.ofAt] = record.Value{State: record.Set, S: k.Of}
		rows[i] = row
	}
	return rows
}

// groups lists the groups of interest and says whether any is privileged.
func (c *converter) groups(r *record.Record, in []membership) []record.Row {
	rows := []record.Row{}
	privileged := false
	for _, m := range in {
		g := &c.watch[m.group]
		privileged = privileged || g.privileged
		if g.name == "" || g.protected {
			continue
		}
		row := make(record.Row, 3)
		row[c.layout.groupAt] = record.Value{State: record.Set, S: g.name}
		row[c.layout.privilegedAt] = boolean(g.privileged)
		row[c.layout.nestedAt] = boolean(m.nested)
		rows = append(rows, row)
	}
	c.layout.account.flag(r, "privileged", privileged)
	// Servers and files tell groups in any order; one order is one state.
	slices.SortFunc(rows, func(a, b record.Row) int { return strings.Compare(a[c.layout.groupAt].S, b[c.layout.groupAt].S) })
	return rows
}

// id is the pseudonym of what never changes about an object.
func (c *converter) id(e *entry) string {
	if g := guidText(e.first(objectGUID)); g != "" {
		return c.refs.OfExact(g)
	}
	if u := e.first(entryUUID); u != "" {
		return c.refs.OfExact(strings.ToLower(u))
	}
	return c.refs.OfExact(dnKey(e.dn))
}

// place says which directory an object stands in, and the line in a file. The
// object's own name is personal and stays here.
func (c *converter) place(e *entry) record.Place {
	if c.facts.file {
		return record.Place{Doc: c.facts.where, Row: e.line}
	}
	return record.Place{Doc: baseOf(dnKey(e.dn), c.facts.bases)}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
