package ldap

import (
	"strings"

	goldap "github.com/go-ldap/ldap/v3"
)

// schemaNames takes the names out of an attribute's definition (RFC 4512 4.1.2):
// ( 2.5.4.3 NAME ( 'cn' 'commonName' ) … ) or NAME 'cn'.
func schemaNames(def string) []string {
	_, rest, ok := strings.Cut(def, "NAME ")
	if !ok {
		return nil
	}
	rest = strings.TrimLeft(rest, " ")
	if strings.HasPrefix(rest, "(") {
		rest, _, _ = strings.Cut(rest[1:], ")")
	} else if parts := strings.SplitN(rest, "'", 3); len(parts) == 3 {
		return parts[1:2]
	}
	var out []string
	for i, part := range strings.Split(rest, "'") {
		if i%2 == 1 {
			out = append(out, part)
		}
	}
	return out
}

// baseRequest reads one object.
func baseRequest(dn string, names []string) *goldap.SearchRequest {
	return goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", names, nil)
}
