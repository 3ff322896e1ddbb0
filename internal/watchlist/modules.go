package watchlist

import (
	"regexp"
	"slices"
	"strings"
)

// moduleList checks the modules of the settings; those without options are
// made as they are asked for.
func (b *builder) moduleList() {
	for _, name := range keys(b.raw.Modules) {
		at, raw := Fault{Field: "modules." + name}, b.raw.Modules[name]
		before := len(b.faults)
		m := b.module(at, name, raw)
		b.bad[name] = len(b.faults) > before
		b.modules[name] = m
	}
	for _, t := range Types() {
		if _, own := b.raw.Modules[string(t)]; !own && t != SNMP {
			b.modules[string(t)] = plain(t)
		}
	}
}

// plain is a module without options.
func plain(t Type) Module {
	return Module{Name: string(t), Type: t, Method: "GET", FollowRedirects: true, MaxBody: defaultBody, QueryType: "A", Transport: "udp"}
}

func (b *builder) module(at Fault, name string, raw RawModule) Module {
	if raw.Type == "" {
		raw.Type = name
	}
	m := plain(Type(raw.Type))
	m.Name = name
	if !slices.Contains(Types(), m.Type) {
		var names []string
		for _, t := range Types() {
			names = append(names, string(t))
		}
		b.fault(at, "type", "%s är inget sätt att mäta%s", raw.Type, meant(raw.Type, names))
		return m
	}
	b.misplaced(at, m.Type, raw)
	if raw.IP != 0 && raw.IP != 4 && raw.IP != 6 {
		b.fault(at, "ip", "%d är ingen version; 4 eller 6", raw.IP)
	}
	m.IP, m.CAFile, m.ServerName, m.Insecure = raw.IP, raw.CAFile, raw.ServerName, raw.Insecure
	if raw.Method != "" {
		if m.Method = strings.ToUpper(raw.Method); !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, m.Method) {
			b.fault(at, "method", "%s ändrar något hos den som mäts; GET, HEAD eller OPTIONS", m.Method)
		}
	}
	for _, code := range raw.Status {
		if code < 100 || code > 599 {
			b.fault(at, "status", "%d är ingen HTTP-status", code)
		}
	}
	m.Status = raw.Status
	if raw.FollowRedirects != nil {
		m.FollowRedirects = *raw.FollowRedirects
	}
	if raw.MaxBody < 0 {
		b.fault(at, "max_body", "%d är ingen längd i byte", raw.MaxBody)
	}
	if raw.MaxBody > 0 {
		m.MaxBody = raw.MaxBody
	}
	m.Contains = b.pattern(at, "contains", raw.Contains)
	m.Lacks = b.pattern(at, "lacks", raw.Lacks)
	m.Greeting = b.pattern(at, "greeting", raw.Greeting)
	m.Answer = b.pattern(at, "answer", raw.Answer)
	if raw.QueryType != "" {
		m.QueryType = strings.ToUpper(raw.QueryType)
		b.oneOf(at, "query_type", m.QueryType, "A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")
	}
	if raw.Transport != "" {
		m.Transport = raw.Transport
		if m.Transport != "udp" && m.Transport != "tcp" {
			b.fault(at, "transport", "%s finns inte; udp eller tcp", m.Transport)
		}
	}
	if m.Type == SNMP {
		b.login(at, raw, &m)
	}
	return m
}

func (b *builder) pattern(at Fault, field, text string) *regexp.Regexp {
	if text == "" {
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		b.fault(at, field, "uttrycket går inte att läsa: %v", err)
	}
	return re
}

// misplaced reports options that the type does not have.
func (b *builder) misplaced(at Fault, t Type, raw RawModule) {
	for _, o := range []struct {
		field string
		set   bool
		types []Type
	}{
		{"method", raw.Method != "", []Type{HTTP}},
		{"status", len(raw.Status) > 0, []Type{HTTP}},
		{"contains", raw.Contains != "", []Type{HTTP}},
		{"lacks", raw.Lacks != "", []Type{HTTP}},
		{"follow_redirects", raw.FollowRedirects != nil, []Type{HTTP}},
		{"max_body", raw.MaxBody != 0, []Type{HTTP}},
		{"greeting", raw.Greeting != "", []Type{TCP, TLS}},
		{"ca_file", raw.CAFile != "", []Type{HTTP, TLS}},
		{"server_name", raw.ServerName != "", []Type{HTTP, TLS}},
		{"insecure", raw.Insecure, []Type{HTTP, TLS}},
		{"query_type", raw.QueryType != "", []Type{DNS}},
		{"answer", raw.Answer != "", []Type{DNS}},
		{"transport", raw.Transport != "", []Type{DNS}},
		{"version", raw.Version != "", []Type{SNMP}},
		{"community", raw.Community != "", []Type{SNMP}},
		{"user", raw.User != "", []Type{SNMP}},
		{"auth", raw.Auth != "", []Type{SNMP}},
		{"auth_password", raw.AuthPassword != "", []Type{SNMP}},
		{"privacy", raw.Privacy != "", []Type{SNMP}},
		{"privacy_password", raw.PrivacyPassword != "", []Type{SNMP}},
	} {
		if o.set && !slices.Contains(o.types, t) {
			b.fault(at, o.field, "hör inte till %s", t)
		}
	}
}

func (b *builder) login(at Fault, raw RawModule, m *Module) {
	m.SNMP = Login{
		Version: raw.Version, Community: raw.Community, User: raw.User,
		Auth: strings.ToLower(raw.Auth), AuthPassword: raw.AuthPassword, Privacy: strings.ToLower(raw.Privacy), PrivacyPassword: raw.PrivacyPassword,
	}
	l := &m.SNMP
	if l.Version == "" {
		l.Version = "2c"
		if l.User != "" {
			l.Version = "3"
		}
	}
	switch l.Version {
	case "2c":
		if l.Community == "" {
			b.fault(at, "community", "saknas; skriv ${env:NAMN} eller ${file:sökväg}")
		}
		if l.User != "" {
			b.fault(at, "user", "hör till version 3")
		}
		return
	case "3":
	default:
		b.fault(at, "version", "%s finns inte; 2c eller 3", l.Version)
		return
	}
	if l.User == "" {
		b.fault(at, "user", "saknas; version 3 loggar in med en användare")
	}
	b.oneOf(at, "auth", l.Auth, "md5", "sha", "sha224", "sha256", "sha384", "sha512")
	b.oneOf(at, "privacy", l.Privacy, "des", "aes", "aes192", "aes256")
	if (l.Auth == "") != (l.AuthPassword == "") {
		b.fault(at, "auth_password", "auth och auth_password hör ihop")
	}
	if (l.Privacy == "") != (l.PrivacyPassword == "") {
		b.fault(at, "privacy_password", "privacy och privacy_password hör ihop")
	}
	if l.Privacy != "" && l.Auth == "" {
		b.fault(at, "privacy", "går inte utan auth")
	}
	const shortest = 8 // RFC 3414
	if l.Auth != "" && len(l.AuthPassword) < shortest || l.Privacy != "" && len(l.PrivacyPassword) < shortest {
		b.fault(at, "auth_password", "lösenord i SNMP är minst %d tecken", shortest)
	}
}

func (b *builder) oneOf(at Fault, field, got string, known ...string) {
	if got != "" && !slices.Contains(known, got) {
		b.fault(at, field, "%s finns inte; %s", got, strings.Join(known, ", "))
	}
}
