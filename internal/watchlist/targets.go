package watchlist

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

var (
	idRE   = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._:/-]{0,99}$`)
	hostRE = regexp.MustCompile(`^(?i:[\p{L}0-9_]([\p{L}0-9_-]{0,61}[\p{L}0-9_])?)(\.(?i:[\p{L}0-9_]([\p{L}0-9_-]{0,61}[\p{L}0-9_])?))*\.?$`)
)

// target checks one target and adds it.
func (b *builder) target(at Fault, raw RawTarget, gateway bool) {
	t := Target{
		ID: strings.TrimSpace(raw.ID), Name: raw.Name, Query: raw.Query, Interface: raw.Interface, Site: raw.Site, OrgUnit: raw.OrgUnit,
		Users: raw.Users, Parent: strings.TrimSpace(raw.Parent), Gateway: gateway, Place: at.Place,
	}
	const number = "värdet liknar ett personnummer; skriv något annat, för det visas i vyer och larm"
	if sdk.HoldsPersonalNumber(t.Name) {
		b.fault(at, "name", number)
	}
	if sdk.HoldsPersonalNumber(t.Site) {
		b.fault(at, "site", number)
	}
	if sdk.HoldsPersonalNumber(t.OrgUnit) {
		b.fault(at, "org_unit", number)
	}
	switch other, twice := b.first[t.ID]; {
	case sdk.HoldsPersonalNumber(t.ID):
		b.fault(at, "id", number)
		t.ID = "" // so that no other fault says it
	case t.ID == "":
		b.fault(at, "id", "målet har inget id; ett kort ord som aldrig ändras")
	case !idRE.MatchString(t.ID):
		b.fault(at, "id", "%q går inte som id; bokstäver, siffror och . _ : / -, högst 100", t.ID)
		t.ID = "" // it is nobody's parent
	case twice:
		b.fault(at, "id", "%s finns redan (%s)", t.ID, other.Location())
	default:
		b.first[t.ID] = at
	}
	if t.Name == "" {
		t.Name = t.ID
	}
	if raw.Users < 0 {
		b.fault(at, "users", "%d är inget antal", raw.Users)
	}
	b.class(at, raw, &t)
	b.moduleOf(at, raw, &t)
	var err error
	if t.Opening, err = b.openings.find(raw.Hours, raw.Closed); err != nil {
		field := "hours"
		if c := (*closedError)(nil); errors.As(err, &c) {
			field = "closed"
		}
		b.fault(at, field, "%v", err)
	}
	t.Planned = append(b.windows(at, raw.Planned), b.planned...)
	if t.Parent != "" && t.Parent == t.ID {
		b.fault(at, "parent", "målet står bakom sig självt")
		t.Parent = ""
	}
	if gateway && t.Parent != "" {
		b.fault(at, "parent", "en gateway står inte bakom något")
	}
	if _, there := b.list.byID[t.ID]; !there && t.ID != "" {
		b.list.byID[t.ID] = len(b.list.Targets)
		b.list.Targets = append(b.list.Targets, t)
	}
}

func (b *builder) class(at Fault, raw RawTarget, t *Target) {
	t.Criticality = strings.TrimSpace(raw.Criticality)
	if _, ok := b.classes[defaultClass]; t.Criticality == "" && ok {
		t.Criticality = defaultClass
	}
	if t.Criticality == "" && t.Gateway && len(b.list.Classes) > 0 {
		t.Criticality = b.list.Classes[0].Name
	}
	c, ok := b.classes[t.Criticality]
	if !ok {
		var names []string
		for _, c := range b.list.Classes {
			names = append(names, c.Name)
		}
		c = b.base
		if t.Criticality == "" {
			b.fault(at, "criticality", "saknas%s", meant("", names))
		} else {
			b.fault(at, "criticality", "%q är ingen klass%s", t.Criticality, meant(t.Criticality, names))
		}
	}
	t.Interval, t.Timeout, t.Rules = c.Interval, c.Timeout, c.Rules
	b.timing(at, raw.Interval, raw.Timeout, &t.Interval, &t.Timeout)
	b.rules(at, raw.Failures, raw.Recovery, &t.Rules)
}

func (b *builder) moduleOf(at Fault, raw RawTarget, t *Target) {
	t.Module = strings.TrimSpace(raw.Module)
	if t.Module == "" {
		b.fault(at, "module", "saknas%s", meant("", append(keys(b.modules), string(SNMP))))
		return
	}
	m, ok := b.modules[t.Module]
	switch {
	case !ok && t.Module == string(SNMP):
		b.fault(at, "module", "snmp behöver en inloggning; skriv modules: {snmp: {community: ${env:NAMN}}}")
		return
	case !ok:
		b.fault(at, "module", "%q är ingen modul%s", t.Module, meant(t.Module, keys(b.modules)))
		return
	}
	if b.bad[t.Module] {
		return
	}
	t.Type = m.Type
	b.list.Modules[m.Name] = m
	if t.Query != "" && t.Type != DNS {
		b.fault(at, "query", "hör till dns, inte till %s", t.Type)
	}
	if t.Interface != "" && t.Type != SNMP {
		b.fault(at, "interface", "hör till snmp, inte till %s", t.Type)
	}
	var err error
	if t.Address, err = address(t.Type, strings.TrimSpace(raw.Address)); err != nil {
		b.fault(at, "address", "%v", err)
	}
	switch {
	case t.Type == DNS && t.Query == "":
		b.fault(at, "query", "saknas; namnet som namnservern tillfrågas om")
	case t.Type == DNS && !hostRE.MatchString(t.Query):
		b.fault(at, "query", "%q är inget namn", t.Query)
	case t.Type == SNMP && t.Interface == "":
		b.fault(at, "interface", "saknas; gränssnittets namn eller nummer, till exempel GigabitEthernet0/1 eller 3")
	}
}

// address checks an address and brings it to the form that its type wants.
func address(t Type, s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("saknas")
	}
	switch t {
	case HTTP:
		full := s
		if !strings.Contains(s, "://") {
			full = "http://" + s
		}
		u, err := url.Parse(full)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || !host(u.Hostname()) || u.Port() != "" && !port(u.Port()) {
			return s, fmt.Errorf("%q är ingen webbadress; skriv till exempel https://intranat.kommun.se/", s)
		}
		if u.User != nil {
			return s, fmt.Errorf("adressen får inte hålla någon inloggning")
		}
		return u.String(), nil
	case TCP, TLS:
		h, p, err := net.SplitHostPort(s)
		if err != nil || !host(h) || !port(p) {
			return s, fmt.Errorf("%q är ingen adress med port; skriv till exempel dc1.kommun.se:636", s)
		}
	case ICMP:
		if !host(strings.Trim(s, "[]")) {
			return s, fmt.Errorf("%q är ingen adress; skriv ett namn eller en IP-adress utan port", s)
		}
		return strings.Trim(s, "[]"), nil
	default:
		def := "53"
		if t == SNMP {
			def = "161"
		}
		h, p, err := net.SplitHostPort(s)
		if err != nil {
			h, p = strings.Trim(s, "[]"), def
		}
		if !host(h) || !port(p) {
			return s, fmt.Errorf("%q är ingen adress; skriv ett namn eller en IP-adress, med port om den inte är %s", s, def)
		}
		return net.JoinHostPort(h, p), nil
	}
	return s, nil
}

func host(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	// Digits and dots alone are an IP address that is not one.
	return hostRE.MatchString(s) && strings.Trim(s, "0123456789.") != "" && len(s) <= 253
}

func port(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 1<<16
}
