// Package naming says what the fixed values of records are called in Swedish,
// wherever a person reads them.
package naming

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// values are the values of fields with fixed values.
func values() map[string]string {
	return map[string]string{
		"new": "nytt", "open": "pågår", "waiting": "väntar", "resolved": "löst", "closed": "stängt", "cancelled": "makulerat", "solved": "löst", "duplicate": "dubblett", "other": "annat",
		"incident": "felanmälan", "request": "fråga eller supportärende", "order": "beställning", "change": "ändring", "problem": "problem", "proposal": "förslag", "security": "säkerhetsincident",
		"planned": "planerat", "procured": "upphandlat, inte i drift", "in_use": "i drift", "retiring": "under avveckling", "retired": "avvecklat",
		"none": "egen inloggning", "password_sync": "samma lösenord, men egen inloggning", "sso": "gemensam inloggning", "own": "egen drift", "outsourced": "drift hos annan", "saas": "molntjänst", "public_cloud": "publikt moln",
		"local": "i systemet", "metacatalog": "via metakatalogen", "standard": "standard", "customised": "anpassat", "inhouse": "egenutvecklat", "connected": "anslutet", "siths": "tjänstekort (SITHS)", "eid": "e-legitimation", "mfa": "flera faktorer", "gold": "guld", "silver": "silver", "bronze": "brons", "employee": "anställda", "politician": "förtroendevalda", "contractor": "inhyrda", "service": "tjänstekonton", "admin": "administratörer", "shared": "delade konton", "copper": "koppar", "verksamhetssystem": "verksamhetssystem", "app": "app", "infrastruktur": "infrastruktur",
		"phone": "telefon", "portal": "portal", "mail": "e-post", "walk_in": "besök", "chat": "chatt", "auto": "automatiskt", "approved": "godkänt", "pending": "under prövning", "refused": "inte godkänt", "unknown": "okänt",
	}
}

// Value is what a value is called within a sentence.
func Value(v string) string {
	if n, ok := values()[v]; ok {
		return n
	}
	return strings.ReplaceAll(v, "_", " ")
}

// Title is what a value is called where it stands alone.
func Title(v string) string {
	n := Value(v)
	r, size := utf8.DecodeRuneInString(n)
	return string(unicode.ToUpper(r)) + n[size:]
}
