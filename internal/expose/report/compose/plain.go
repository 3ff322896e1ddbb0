package compose

import (
	"strings"
	"unicode"
)

// technical are the words that do not stand before those who run a
// municipality. One that ends in * stands for every word that begins so.
func technical() []string {
	return []string{
		"kpi*", "sso", "ad", "ldap*", "mfa", "coverage*", "p50", "p90", "p95", "quantile*", "kvantil*", "median*", "percentil*", "dashboard*", "metakatalog*", "plugin*", "insticksprogram*",
		"api", "sql*", "json", "csv", "xlsx", "entra*", "azure*", "vpn", "ipv6", "dns", "tls", "snmp", "klassa", "pingcastle*", "nis2", "siem", "itil*", "sla", "token*", "hash*", "prometheus*", "grafana*", "backup*",
	}
}

// isPlain tells whether a text has none of them.
func isPlain(s string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		for _, t := range technical() {
			if begin, open := strings.CutSuffix(t, "*"); w == begin || open && strings.HasPrefix(w, begin) {
				return false
			}
		}
	}
	return true
}
