// Package naming says what the fixed values of records are called in Swedish,
// wherever a person reads them.
package naming

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// values are the values of fields with fixed values.
var values = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"new": "nytt", "open": "pågår", "waiting": "väntar", "resolved": "löst", "closed": "stängt", "cancelled": "makulerat", "solved": "löst", "duplicate": "dubblett", "other": "annat",
		"incident": "felanmälan", "request": "fråga eller supportärende", "order": "beställning", "change": "ändring", "problem": "problem", "proposal": "förslag", "security": "säkerhetsincident",
		"planned": "planerat", "procured": "upphandlat, inte i drift", "in_use": "i drift", "retiring": "under avveckling", "retired": "avvecklat",
		"none": "egen inloggning", "password_sync": "samma lösenord, men egen inloggning", "sso": "gemensam inloggning", "own": "egen drift", "outsourced": "drift hos annan", "saas": "molntjänst", "public_cloud": "publikt moln",
		"local": "i systemet", "metacatalog": "via metakatalogen", "standard": "standard", "customised": "anpassat", "inhouse": "egenutvecklat", "connected": "anslutet", "siths": "tjänstekort (SITHS)", "eid": "e-legitimation", "mfa": "flera faktorer", "gold": "guld", "silver": "silver", "bronze": "brons", "employee": "anställda", "politician": "förtroendevalda", "contractor": "inhyrda", "service": "tjänstekonton", "admin": "administratörer", "shared": "delade konton", "copper": "koppar", "verksamhetssystem": "verksamhetssystem", "app": "app", "infrastruktur": "infrastruktur",
		"phone": "telefon", "portal": "portal", "mail": "e-post", "walk_in": "besök", "chat": "chatt", "auto": "automatiskt", "approved": "godkänt", "pending": "under prövning", "refused": "inte godkänt", "unknown": "okänt",
	}
})

// ofField are the values whose name depends on the field, by kind.field and value.
var ofField = sync.OnceValue(func() map[string]map[string]string {
	return map[string]map[string]string{
		"cost.kind": {"opex": "drift", "capex": "investering"},
		"cost.category": {"licence": "licenser", "hardware": "utrustning", "staff": "personal", "consultant": "konsulter", "network": "nät",
			"security": "säkerhet", "service": "tjänster", "other": "annat"},
		"cost.payer":             {"central": "centralt", "forvaltning": "förvaltningen"},
		"project.benefit_method": {"peng": "PENG", "own": "egen metod", "none": "ingen kalkyl"},
		"asset.kind": {"desktop": "stationära datorer", "laptop": "bärbara datorer", "chromebook": "Chromebook", "tablet": "surfplattor", "phone": "telefoner", "printer": "skrivare",
			"server_physical": "fysiska servrar", "server_virtual": "virtuella servrar", "ap": "accesspunkter", "switch": "växlar"},
		"asset.status":        {"active": "i bruk", "stored": "i förråd", "retired": "kasserad"},
		"asset.user_category": {"staff": "personal", "pupil": "elever"},
		"account.strong_auth": {"none": "enbart lösenord"},
		"org_unit.kind": {"kommun": "kommunen", "forvaltning": "förvaltning", "bolag": "bolag", "avdelning": "avdelning", "skola": "skola", "namnd": "nämnd",
			"it_central": "it-avdelning", "other": "annat"},
		"service.kind":      {"it_service": "it-tjänst", "e_service": "e-tjänst", "manual_service": "tjänst utan e-tjänst", "open_data": "öppna data"},
		"system.earchive":   {"none": "inte anslutet", "planned": "planerat"},
		"control.status":    {"met": "uppfyllt", "partly": "delvis", "not_met": "inte uppfyllt", "waived": "godtaget", "ongoing": "pågår"},
		"assessment.answer": {"fully": "helt", "partly": "delvis", "not": "inte"},
		"source.plugin":     {"table": "tabell", "ldap": "katalog", "sql": "databas", "http": "webbgränssnitt", "probe": "mätning av nätet", "prometheus": "Prometheus", "pingcastle": "PingCastle", "exchange": "andra kommuner"},
	}
})

// roles are what the roles of systems and org units are called.
var roles = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"owner": "systemägare", "manager": "systemansvarig", "manager_it": "systemförvaltare på it", "administrator": "systemadministratör", "object_manager": "objektsförvaltare",
		"information_security": "informationssäkerhet", "data_protection": "dataskyddsombud", "it_strateg": "it-strateg", "it_strategist": "it-strateg", "it_head": "it-chef",
	}
})

// Of is what a value of a field is called within a sentence; the field is
// kind.field, as the same word means different things in different fields.
func Of(field, v string) string {
	if n, ok := ofField()[field][v]; ok {
		return n
	}
	if strings.HasSuffix(field, ".role") {
		if n, ok := roles()[v]; ok {
			return n
		}
	}
	return Value(v)
}

// TitleOf is Of where the value stands alone.
func TitleOf(field, v string) string { return capital(Of(field, v)) }

// Value is what a value is called within a sentence.
func Value(v string) string {
	if n, ok := values()[v]; ok {
		return n
	}
	return strings.ReplaceAll(v, "_", " ")
}

// Title is what a value is called where it stands alone.
func Title(v string) string { return capital(Value(v)) }

func capital(n string) string {
	r, size := utf8.DecodeRuneInString(n)
	return string(unicode.ToUpper(r)) + n[size:]
}
