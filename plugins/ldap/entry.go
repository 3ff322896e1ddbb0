package ldap

import (
	"fmt"
	"strings"
)

// entry is one object of a directory, reduced to the allow list.
type entry struct {
	dn   string
	line int64 // in a file, 0 on a server
	v    [slots][]string
	used []slot
}

func (e *entry) reset(dn string, line int64) {
	for _, s := range e.used {
		e.v[s] = nil
	}
	e.used, e.dn, e.line = e.used[:0], dn, line
}

func (e *entry) set(s slot, values []string) {
	if e.v[s] == nil {
		e.used = append(e.used, s)
	}
	e.v[s] = values
}

func (e *entry) add(s slot, value string) {
	if e.v[s] == nil {
		e.used = append(e.used, s)
	}
	e.v[s] = append(e.v[s], value)
}

// first is the first value of an attribute, "" if it has none.
func (e *entry) first(s slot) string {
	if len(e.v[s]) == 0 {
		return ""
	}
	return e.v[s][0]
}

// class sorts an entry by its object classes.
func (e *entry) class() class {
	var user, computer, group, managed bool
	for _, c := range e.v[objectClass] {
		switch {
		case strings.EqualFold(c, "user"), strings.EqualFold(c, "inetOrgPerson"), strings.EqualFold(c, "posixAccount"), strings.EqualFold(c, "account"):
			user = true
		case strings.EqualFold(c, "computer"):
			computer = true
		case strings.EqualFold(c, "group"), strings.EqualFold(c, "groupOfNames"), strings.EqualFold(c, "groupOfUniqueNames"), strings.EqualFold(c, "posixGroup"):
			group = true
		case strings.EqualFold(c, "msDS-GroupManagedServiceAccount"), strings.EqualFold(c, "msDS-ManagedServiceAccount"):
			managed = true
		}
	}
	switch {
	case managed, user && !computer:
		return accounts
	case computer:
		return computers
	case group:
		return groups
	}
	return other
}

// managed tells a (group) managed service account.
func (e *entry) managed() bool {
	for _, c := range e.v[objectClass] {
		if strings.EqualFold(c, "msDS-GroupManagedServiceAccount") || strings.EqualFold(c, "msDS-ManagedServiceAccount") {
			return true
		}
	}
	return false
}

// guidText writes an objectGUID the way Windows does.
func guidText(raw string) string {
	if len(raw) != 16 {
		return ""
	}
	return fmt.Sprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%x-%x",
		raw[3], raw[2], raw[1], raw[0], raw[5], raw[4], raw[7], raw[6], raw[8:10], raw[10:])
}

// sidText writes an objectSid as S-1-5-21-…; "" if it is not one.
func sidText(raw string) string {
	if len(raw) < 8 || len(raw) != 8+4*int(raw[1]) {
		return ""
	}
	var auth uint64
	for i := 2; i < 8; i++ {
		auth = auth<<8 | uint64(raw[i])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "S-%d-%d", raw[0], auth)
	for i := 8; i < len(raw); i += 4 {
		fmt.Fprintf(&b, "-%d", uint32(raw[i])|uint32(raw[i+1])<<8|uint32(raw[i+2])<<16|uint32(raw[i+3])<<24)
	}
	return b.String()
}

// rid is the last part of a SID in text.
func rid(sid string) string { return sid[strings.LastIndexByte(sid, '-')+1:] }
