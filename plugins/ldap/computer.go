package ldap

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func computerSlots(known *slotSet) slotSet {
	var want slotSet
	want.add(objectClass, objectGUID, entryUUID, userAccountControl, lastLogonTimestamp, operatingSystem,
		operatingSystemVersion, primaryGroupID, modifyTimestamp, cn)
	for i := range want {
		want[i] = want[i] && known[i]
	}
	return want
}

func computerFields(known *slotSet, r *rules) []string {
	out := []string{"kind", "org_unit"}
	if known[userAccountControl] {
		out = append(out, "status")
	}
	if known[operatingSystem] {
		out = append(out, "os")
	}
	if known[lastLogonTimestamp] {
		out = append(out, "last_seen_at")
	}
	for i := range r.computers {
		if r.computers[i].userCategory != "" {
			return append(out, "user_category")
		}
	}
	return out
}

// computer makes the record of one computer account.
func (c *converter) computer(s *subject, servers string) record.Record {
	set := c.layout.asset
	r := set.record(c.id(s.entry), c.place(s.entry))
	os := strings.TrimSpace(s.first(operatingSystem) + " " + s.first(operatingSystemVersion))
	kind, category := "desktop", ""
	if strings.Contains(strings.ToLower(os), "server") {
		kind = servers
	}
	ruled := false
	for i := range c.rules.computers {
		t := &c.rules.computers[i]
		if !t.holds(s) {
			continue
		}
		if t.kind != "" && !ruled {
			kind, ruled = t.kind, true
		}
		if t.userCategory != "" && category == "" {
			category = t.userCategory
		}
	}
	if kind == "" {
		c.warnings["server_kind_unknown"]++
	}
	set.text(&r, "kind", kind)
	set.text(&r, "user_category", category)
	set.text(&r, "org_unit", c.unit.of(s.entry))
	set.text(&r, "os", os)
	if len(s.v[userAccountControl]) > 0 {
		status := "active"
		if s.uac&uacDisabled != 0 {
			status = "stored"
		}
		set.text(&r, "status", status)
	}
	if t, err := filetime(or(s.first(lastLogonTimestamp), "0")); err == nil {
		set.number(&r, "last_seen_at", c.clock.day(t))
	} else {
		set.blank(&r, "last_seen_at")
	}
	return r
}
