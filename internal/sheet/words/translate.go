package words

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Translate turns a cell into a value of an Enum field, or of the few text
// fields with a fixed vocabulary (system.tier, system.class_model). ok is
// false if no translation is known.
func Translate(kind record.Kind, f record.Field, cell string) (string, bool) {
	t := strings.Trim(value.Fold(cell), " .!:")
	if f.Type == record.Enum {
		if slices.Contains(f.Enum, t) {
			return t, true
		}
		if u := strings.ReplaceAll(t, " ", "_"); slices.Contains(f.Enum, u) {
			return u, true
		}
	}
	for v, list := range Vocabulary(kind, f.Name) {
		if slices.Contains(list, t) {
			return v, true
		}
	}
	return "", false
}

// Vocabulary lists the words that mean each value of a field; nil if the field
// has no vocabulary.
func Vocabulary(kind record.Kind, field string) map[string][]string {
	return vocabulary[string(kind)+"."+field]
}

var vocabulary = map[string]map[string][]string{
	"system.tier": {
		"gold":   {"guld", "gold", "g"},
		"silver": {"silver", "s"},
		"bronze": {"brons", "bronze", "b"},
		"copper": {"koppar", "copper", "k"},
	},
	"system.kind": {
		"verksamhetssystem": {"verksamhetssystem", "verksamhets-system", "system", "vs", "business system", "business application"},
		"app":               {"app", "appar", "mobilapp", "applikation", "program", "klientprogram", "application"},
		"infrastruktur":     {"infrastruktur", "infrastruktursystem", "infra", "plattform", "it-infrastruktur", "driftsystem", "infrastructure", "bastjänst"},
	},
	"system.lifecycle": {
		"planned":  {"planerad", "planerat", "planeras", "planned", "under planering"},
		"procured": {"upphandlad", "upphandlat", "under upphandling", "inköpt", "köpt", "upphandlas", "ej driftsatt", "under införande", "införs", "införande"},
		"in_use":   {"i drift", "drift", "i bruk", "används", "aktiv", "aktivt", "active", "in use", "in production", "produktion", "i produktion", "driftsatt", "nuvarande", "förvaltning", "under förvaltning"},
		"retiring": {"under avveckling", "avvecklas", "ska avvecklas", "skall avvecklas", "utfasning", "fasas ut", "avveckling pågår", "avveckling", "retiring", "phase out"},
		"retired":  {"avvecklad", "avvecklat", "avslutad", "avslutat", "nedlagd", "nedlagt", "ur drift", "stängt", "stängd", "borttagen", "inaktiv", "retired", "decommissioned", "historiskt"},
	},
	"system.approval_status": {
		"approved": {"godkänd", "godkänt", "ja", "approved", "godkännes", "x"},
		"pending":  {"under prövning", "väntar", "pågår", "under utredning", "utreds", "pending", "ej prövad"},
		"refused":  {"ej godkänd", "ej godkänt", "nej", "avslag", "avslagen", "otillåten", "underkänd", "refused", "rejected"},
	},
	"system.sso_mode": {
		"none":          {"nej", "ingen", "ingen sso", "ej sso", "egen inloggning", "lokal", "lokal inloggning", "lokalt", "eget lösenord", "egna konton", "lokala konton", "separat inloggning", "eget konto", "no", "local", "0", "manuell", "lösenord"},
		"password_sync": {"lösenordssynk", "lösenordssynkning", "synkat lösenord", "synkade lösenord", "samma lösenord", "same sign-on", "password sync", "lösenordssynkronisering", "ad-lösenord", "ldap", "ad (ldap)"},
		"sso":           {"ja", "sso", "single sign-on", "single sign on", "saml", "adfs", "ad fs", "oidc", "openid connect", "entra", "entra id", "azure ad", "federerad", "federation", "kerberos", "windowsinloggning", "integrerad inloggning", "ja, sso", "sso via ad", "x", "1", "yes"},
	},
	"system.provisioning": {
		"local":       {"lokal", "lokalt", "manuell", "manuellt", "nej", "i systemet", "no", "handpåläggning"},
		"metacatalog": {"metakatalog", "metakatalogen", "ja", "automatisk", "automatiskt", "idm", "iam", "via metakatalog", "via ad", "yes", "x"},
	},
	"system.origin": {
		"standard":   {"standard", "standardsystem", "standardprodukt", "köpt", "inköpt"},
		"customised": {"anpassat", "anpassad", "anpassat standardsystem", "hårt anpassat", "kundanpassat", "customised", "customized"},
		"inhouse":    {"egenutvecklat", "egenutvecklad", "eget", "egen utveckling", "inhouse", "in-house"},
	},
	"system.hosting": {
		"own":          {"egen drift", "egen", "intern", "internt", "intern drift", "lokal", "lokal drift", "lokalt", "on-prem", "on prem", "on-premise", "on-premises", "kommunens drift", "it-avdelningen", "egen server", "eget datacenter", "kommunen"},
		"outsourced":   {"extern drift", "extern", "externt", "outsourcad", "outsourcat", "outsourcing", "driftpartner", "hos leverantör", "leverantörsdrift", "leverantör", "driftleverantör", "hostad", "hosting", "annan kommun", "gemensam drift"},
		"saas":         {"saas", "molntjänst", "molntjänst (saas)", "moln", "molnet", "molntjänst saas", "cloud", "webbtjänst", "privat moln"},
		"public_cloud": {"publikt moln", "publik molntjänst", "publika molnet", "azure", "aws", "google cloud", "gcp", "iaas", "paas", "public cloud"},
	},
	"system.earchive": {
		"none":      {"nej", "ingen", "ej ansluten", "ej anslutet", "inte ansluten", "no"},
		"planned":   {"planerad", "planerat", "planeras", "pågår", "planned"},
		"connected": {"ja", "ansluten", "anslutet", "kopplad", "levererar", "yes", "x", "connected"},
	},
	"system.class_model": {
		"klassa": {"klassa", "skr klassa", "skl klassa"},
		"own":    {"egen", "egen modell", "kommunens modell", "kommunens egen"},
		"lisa":   {"lisa"},
	},
	"ticket.kind": {
		"incident": {"incident", "incidenter", "felanmälan", "fel", "felärende", "störning", "driftstörning", "problemanmälan", "incident report"},
		"request":  {"fråga", "förfrågan", "request", "service request", "tjänstebegäran", "begäran", "support", "supportärende", "service", "serviceärende", "rådgivning", "behörighet", "call", "first line", "first line call", "rfi", "information", "case"},
		"order":    {"beställning", "order", "best", "beställningsärende", "inköp", "requested item", "catalog task", "leverans"},
		"change":   {"ändring", "change", "change request", "rfc", "förändring", "ändringsbegäran", "ändringsärende"},
		"problem":  {"problem", "grundorsak", "problemärende"},
		"proposal": {"förslag", "förbättringsförslag", "önskemål", "idé", "synpunkt"},
		"security": {"säkerhet", "säkerhetsincident", "it-säkerhet", "informationssäkerhet", "security", "security incident", "personuppgiftsincident"},
	},
	"ticket.channel": {
		"phone":   {"telefon", "tel", "telefonsamtal", "phone", "telephone", "samtal", "inringd"},
		"portal":  {"portal", "självservice", "self-service", "self service", "selfservice", "web", "webb", "webben", "webbformulär", "e-tjänst", "intranät", "serviceportal", "ssp"},
		"mail":    {"e-post", "epost", "mail", "mejl", "email", "e-mail", "mail import"},
		"walk_in": {"besök", "disk", "walk-in", "walk in", "på plats", "personligt besök", "walkin", "manuell"},
		"chat":    {"chatt", "chat", "teams", "virtual agent", "chattbot"},
		"auto":    {"automatisk", "auto", "övervakning", "event", "monitoring", "larm", "integration", "api", "system"},
	},
	"ticket.status": {
		"new":       {"nytt", "ny", "new", "registrerat", "registrerad", "inkommet", "inkommen", "skapad", "ej påbörjad", "ej påbörjat", "ohanterad", "logged", "submitted", "1"},
		"open":      {"öppet", "öppen", "open", "pågår", "pågående", "under arbete", "under behandling", "påbörjad", "påbörjat", "tilldelad", "tilldelat", "in progress", "work in progress", "assigned", "aktiv", "active", "handläggs", "vidarebefordrad", "återöppnad", "återöppnat", "reopened", "bearbetas", "hanteras", "escalated", "eskalerad", "2"},
		"waiting":   {"väntar", "väntande", "väntar på användare", "väntar på kund", "väntar på svar", "väntar på beställare", "väntar på leverantör", "väntar på tredje part", "vilande", "parkerad", "parkerat", "pausad", "pausat", "on hold", "pending", "awaiting user info", "awaiting user", "awaiting customer", "bevakning", "bevakas", "väntar svar", "väntar på användarsvar", "waiting for user", "waiting for supplier", "3"},
		"resolved":  {"löst", "lösta", "resolved", "åtgärdat", "åtgärdad", "klart", "klar", "utfört", "utförd", "färdig", "färdigt", "solved", "completed", "fulfilled", "besvarad", "besvarat", "levererad", "6"},
		"closed":    {"stängt", "stängd", "stängda", "closed", "avslutat", "avslutad", "closed complete", "afgesloten", "arkiverad", "arkiverat", "7"},
		"cancelled": {"makulerat", "makulerad", "avbrutet", "avbruten", "annullerat", "annullerad", "återkallat", "återtagen", "återtaget", "cancelled", "canceled", "avvisat", "avvisad", "avslag", "rejected", "closed incomplete", "closed skipped", "borttagen", "raderad", "spam", "8"},
	},
	"ticket.resolution_code": {
		"solved":    {"löst", "solved", "åtgärdat", "åtgärdad", "utfört", "solved (permanently)", "solved (work around)", "solved (workaround)", "resolved", "klart", "solution provided", "solved remotely (permanently)", "solved remotely (work around)", "löst permanent", "löst tillfälligt"},
		"cancelled": {"makulerat", "makulerad", "avbrutet", "återkallat", "cancelled", "canceled", "closed/resolved by caller", "resolved by caller", "not solved (too costly)", "ej åtgärdat", "avvisat", "ej aktuellt", "användaren drog tillbaka"},
		"duplicate": {"dubblett", "dublett", "duplicate", "dubbelanmälan", "dubbelt"},
		"other":     {"annat", "övrigt", "other", "not solved (not reproducible)", "kan ej återskapas", "hänvisat vidare"},
	},
	"account.category": {
		"employee":   {"anställd", "personal", "medarbetare", "tillsvidare", "vikarie", "employee", "staff"},
		"politician": {"politiker", "förtroendevald", "ledamot"},
		"contractor": {"konsult", "extern", "inhyrd", "contractor", "external"},
		"service":    {"tjänstekonto", "systemkonto", "servicekonto", "funktionskonto", "service account"},
		"admin":      {"adminkonto", "administratör", "admin", "administratörskonto"},
		"shared":     {"delat", "gruppkonto", "delat konto", "gemensamt konto", "shared"},
	},
	"asset.kind": {
		"desktop":         {"stationär", "stationär dator", "desktop", "stationär pc", "minidator"},
		"laptop":          {"bärbar", "bärbar dator", "laptop", "notebook", "bärbar pc"},
		"chromebook":      {"chromebook", "chrome book"},
		"tablet":          {"surfplatta", "platta", "tablet", "ipad", "lärplatta", "padda"},
		"phone":           {"telefon", "mobil", "mobiltelefon", "smartphone", "phone", "iphone"},
		"printer":         {"skrivare", "printer", "multifunktion", "multifunktionsskrivare", "mfp", "kopiator"},
		"server_physical": {"fysisk server", "server (fysisk)", "physical server"},
		"server_virtual":  {"virtuell server", "server (virtuell)", "vm", "virtual server"},
		"ap":              {"accesspunkt", "ap", "access point", "trådlös accesspunkt"},
		"switch":          {"switch", "växel", "nätverksswitch"},
	},
	"asset.status": {
		"active":  {"aktiv", "i bruk", "i drift", "used", "active", "in use", "utlämnad", "installerad"},
		"stored":  {"lager", "i lager", "förråd", "in stock", "stored", "på lager"},
		"retired": {"avvecklad", "skrotad", "kasserad", "retired", "såld", "återlämnad", "stulen", "disposed"},
	},
	"asset.user_category": {"staff": {"personal", "anställd", "lärare", "staff"}, "pupil": {"elev", "elever", "pupil", "student"}},
	"org_unit.kind": {
		"kommun": {"kommun", "kommunen", "stad", "region"}, "forvaltning": {"förvaltning", "kontor"}, "bolag": {"bolag", "kommunalt bolag"},
		"avdelning": {"avdelning", "enhet", "verksamhetsområde"}, "skola": {"skola", "förskola"}, "namnd": {"nämnd", "styrelse"}, "it_central": {"it-avdelning", "it-enhet", "it"},
	},
	"service.kind": {
		"it_service": {"it-tjänst", "tjänst"}, "e_service": {"e-tjänst", "etjänst"}, "manual_service": {"blankett", "manuell tjänst"}, "open_data": {"öppna data", "datamängd"},
	},
	"cost.kind":              {"opex": {"drift", "driftkostnad", "driftbudget"}, "capex": {"investering", "investeringsbudget"}},
	"cost.payer":             {"central": {"central", "centralt", "it-avdelningen", "kommungemensam"}, "forvaltning": {"förvaltning", "förvaltningen"}},
	"cost.category":          {"licence": {"licens", "licenser", "licence", "license"}, "hardware": {"hårdvara", "utrustning"}, "staff": {"personal", "lön", "löner"}, "consultant": {"konsult", "konsulter", "konsulttjänster"}, "network": {"nät", "nätverk", "kommunikation"}, "security": {"säkerhet"}, "service": {"tjänst", "tjänster", "drift"}, "other": {"övrigt", "annat"}},
	"project.benefit_method": {"peng": {"peng"}, "own": {"egen", "egen modell"}, "none": {"ingen", "nej"}},
	"assessment.answer":      {"fully": {"ja", "helt", "uppfyllt", "uppfylls", "i hög grad", "grön"}, "partly": {"delvis", "till viss del", "gul"}, "not": {"nej", "inte alls", "ej uppfyllt", "röd"}},
	"control.kind": {
		"policy": {"policy", "policydokument", "riktlinje", "riktlinjer", "styrdokument", "strategi"}, "plan": {"plan", "handlingsplan"}, "digitalisation_plan": {"digitaliseringsplan"},
		"maintenance_plan": {"förvaltningsplan"}, "ops_doc": {"driftdokumentation"}, "risk_analysis": {"riskanalys", "risk- och sårbarhetsanalys"}, "continuity_plan": {"kontinuitetsplan", "avbrottsplan"},
		"restart_plan": {"återstartsplan", "återställningsplan"}, "restore_test": {"återläsningstest", "återställningstest"}, "sla": {"sla", "servicenivåavtal", "driftavtal"}, "lok": {"lök", "lokal överenskommelse"},
		"contract": {"avtal", "kontrakt"}, "procurement": {"upphandling"}, "process_map": {"processkarta", "processkartläggning"}, "training": {"utbildning"}, "meeting": {"möte", "förvaltningsmöte"},
		"goal": {"mål"}, "activity": {"aktivitet"}, "audit_recommendation": {"revisionsrekommendation", "rekommendation"}, "collaboration": {"samverkan"}, "publication": {"publicering"},
		"incident_report": {"incidentrapport", "incidentanmälan"}, "processor_agreement": {"personuppgiftsbiträdesavtal", "pub-avtal", "biträdesavtal"}, "supplier_assessment": {"leverantörsbedömning"},
	},
	"control.status":   {"met": {"uppfylld", "uppfyllt", "klar", "klart", "genomförd", "åtgärdad", "avslutad", "uppnådd", "uppnått", "nått"}, "partly": {"delvis", "delvis uppfylld", "delvis uppnådd", "delvis uppnått", "delvis nått"}, "not_met": {"ej uppfylld", "inte uppfylld", "ej åtgärdad", "ej genomförd", "ej uppnådd", "ej uppnått", "inte uppnått", "inte nått"}, "waived": {"godtagen", "accepterad", "lagd åt sidan", "lagt åt sidan"}, "planned": {"planerad", "ej påbörjad"}, "ongoing": {"pågår", "pågående", "påbörjad"}},
	"observation.kind": {"probe": {"mätning"}, "outage": {"avbrott", "driftstörning", "störning", "driftstopp", "driftavbrott"}, "queue": {"kö"}, "counter": {"räknare", "antal"}, "benchmark": {"jämförelse", "nyckeltal"}},
}
