package words

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Alias lists what a column that fills Target may be called, most telling first.
type Alias struct {
	Target string
	Names  []string
}

// Aliases returns the columns that a kind's lists have, in order of preference.
func Aliases(kind record.Kind) []Alias {
	switch kind {
	case record.System:
		return systemHeaders
	case record.Ticket:
		return ticketHeaders
	default:
		return otherHeaders[kind]
	}
}

// Known tells whether a header is, word for word, one that some list has.
func Known(header string) bool {
	h := Plain(header)
	if h == "" {
		return false
	}
	for _, s := range record.Schemas() {
		for _, a := range Aliases(s.Kind) {
			for _, n := range a.Names {
				if n == h {
					return true
				}
			}
		}
	}
	return false
}

// Plain makes headers comparable: lower case, no brackets, no punctuation
// other than & and hyphens within words, single spaces.
func Plain(header string) string {
	h := value.Fold(header)
	if out := strings.TrimSpace(remark.ReplaceAllString(h, " ")); out != "" {
		h = out
	}
	h = strings.Map(func(r rune) rune {
		if strings.ContainsRune(".,:;/\\*?!\"'()[]_|", r) {
			return ' '
		}
		return r
	}, h)
	return strings.Join(strings.Fields(h), " ")
}

// Match tells how well a header fits one of a target's names, 0–1.
func Match(header string, a Alias) float64 {
	h := Plain(header)
	best := 0.0
	for i, n := range a.Names {
		best = max(best, similar(h, n)-0.005*float64(min(i, 8)))
	}
	return best
}

func similar(h, name string) float64 {
	if h == name {
		return 1
	}
	if len([]rune(name)) < 4 {
		return 0
	}
	switch {
	case strings.HasPrefix(h, name+" "), strings.HasSuffix(h, " "+name):
		return 0.8
	case strings.Contains(" "+h+" ", " "+name+" "):
		return 0.7
	case len([]rune(name)) >= 6 && near(h, name):
		return 0.78
	case len([]rune(name)) >= 6 && strings.HasSuffix(h, name):
		return 0.62 // huvudsystemägare
	case len([]rune(name)) >= 7 && strings.Contains(h, name):
		return 0.55
	}
	return 0
}

// near tells texts that differ by one slip of the finger.
func near(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) == len(y) {
		return string(x[min(i+1, len(x)):]) == string(y[min(i+1, len(y)):]) ||
			i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
	}
	return string(x[i:]) == string(y[i+1:])
}

var orgUnitNames = []string{"förvaltning", "förv", "förvaltn", "ägande förvaltning", "ansvarig förvaltning", "systemägande förvaltning", "förvaltning bolag", "förvaltning/bolag", "nämnd", "verksamhet", "verksamhetsområde", "organisation", "org enhet", "kontor", "sektor", "avdelning", "enhet", "department", "business unit", "company"}

var systemHeaders = []Alias{
	{"name", []string{"systemnamn", "system", "namn på system", "systemets namn", "verksamhetssystem", "it-system", "namn", "applikation", "applikationsnamn", "system applikation", "benämning", "program", "produkt", "tjänst", "application name", "system name", "name"}},
	{"org_unit", orgUnitNames},
	{"role:owner", []string{"systemägare", "sys ägare", "ägare", "systemäg", "sys äg", "sys ansv ägare", "ansvarig systemägare", "informations- och systemägare", "objektägare", "objektsägare", "objektägare verksamhet", "system owner", "owner", "business owner", "ansvarig chef"}},
	{"role:information_owner", []string{"informationsägare", "info ägare", "information owner"}},
	{"role:manager_business", []string{"systemansvarig", "sys ansv", "sys ansvarig", "systemansv", "systemförvaltare verksamhet", "systemförvaltare", "förvaltare", "objektförvaltare", "objektsförvaltare", "förvaltningsledare", "förvaltningsledare verksamhet", "ansvarig", "kontaktperson", "system manager"}},
	{"role:manager_it", []string{"it-systemförvaltare", "systemförvaltare it", "objektförvaltare it", "objektsförvaltare it", "förvaltningsledare it", "it-ansvarig", "it-kontakt", "teknisk förvaltare", "teknisk systemförvaltare", "teknisk ansvarig", "teknikansvarig", "it-förvaltare", "driftansvarig", "technical owner", "it manager"}},
	{"role:administrator", []string{"systemadministratör", "sys adm", "sysadmin", "administratör", "applikationsansvarig", "applikationsförvaltare", "administrator"}},
	{"role:superuser", []string{"superanvändare", "superuser", "nyckelanvändare"}},
	{"tier", []string{"klass", "systemklass", "nivå", "prioritet", "prioklass", "kritikalitet", "verksamhetskritisk", "verksamhetskritiskt", "systemkategori", "kategori", "guld silver brons", "servicenivå", "tier", "criticality", "sla-nivå"}},
	{"lifecycle", []string{"livscykel", "livscykelstatus", "status", "systemstatus", "driftstatus", "läge", "i drift", "avvecklad", "avvecklat", "avvecklas", "fas", "lifecycle", "lifecycle status"}},
	{"kind", []string{"systemtyp", "typ av system", "typ", "slag", "application type", "type"}},
	{"class", []string{"k r t", "krt", "k-r-t", "klassning krt", "informationsklassning", "informationsklass", "klassning", "säkerhetsklassning", "cia"}},
	{"class_c", []string{"konfidentialitet", "k", "klassning k", "sekretess", "konf", "klassning konfidentialitet", "informationsklassning k", "informationsklassning konfidentialitet", "confidentiality", "krt k"}},
	{"class_i", []string{"riktighet", "r", "klassning r", "klassning riktighet", "informationsklassning r", "informationsklassning riktighet", "integrity", "integritet", "krt r"}},
	{"class_a", []string{"tillgänglighet", "t", "klassning t", "klassning tillgänglighet", "informationsklassning t", "informationsklassning tillgänglighet", "availability", "krt t"}},
	{"class_trace", []string{"spårbarhet", "s", "klassning s", "klassning spårbarhet", "informationsklassning s", "informationsklassning spårbarhet", "traceability"}},
	{"classified_at", []string{"klassad", "klassningsdatum", "datum för klassning", "klassad datum", "klassning datum", "senast klassad", "informationsklassning datum", "informationsklassad", "klassning utförd", "klassificerad", "classified"}},
	{"class_model", []string{"klassningsmodell", "modell för klassning", "klassningsmetod"}},
	{"sso_mode", []string{"inloggning", "sso", "inloggningsmetod", "inloggningssätt", "single sign-on", "single sign on", "autentisering", "inloggning sso", "autentiseringsmetod", "sso ad", "login", "authentication"}},
	{"provisioning", []string{"behörighet via metakatalog", "metakatalog", "provisionering", "behörighetstilldelning", "användarprovisionering", "kontohantering", "provisioning"}},
	{"hosting", []string{"driftform", "driftsform", "drift", "driftmodell", "var driftas systemet", "driftas", "driftställe", "driftplats", "hosting", "leveransform", "molntjänst", "moln", "driftleverans"}},
	{"supplier", []string{"leverantör", "systemleverantör", "lev", "leverantörsnamn", "tillverkare", "supplier", "vendor", "avtalspart"}},
	{"approval_status", []string{"godkänd", "godkännande", "godkänt", "godkänd av it", "approved"}},
	{"procured_on", []string{"inköpt", "upphandlad", "inköpsdatum", "upphandlingsdatum", "köpt"}},
	{"deployed_on", []string{"i drift sedan", "driftsatt", "driftsättning", "driftstart", "infört", "införd", "driftsattes", "idrifttagen", "startdatum", "in use since"}},
	{"end_of_support", []string{"support upphör", "supportslut", "support till", "end of support", "eol", "end of life", "support t o m", "supporteras till"}},
	{"replace_priority", []string{"ska ersättas", "byts ut", "ersätts", "prioriterat byte", "utbytesprioritet", "utbyte"}},
	{"user_count", []string{"antal användare", "användare", "ant användare", "antal anv", "users", "user count", "number of users"}},
	{"user_org_unit", []string{"används av", "användande förvaltningar", "berörda förvaltningar", "nyttjas av", "användande verksamhet"}},
	{"personal_data", []string{"personuppgifter", "innehåller personuppgifter", "behandlar personuppgifter", "pu", "gdpr", "personal data"}},
	{"processor_agreement", []string{"personuppgiftsbiträdesavtal", "biträdesavtal", "pub-avtal", "pub", "puba", "pubavtal", "processor agreement"}},
	{"in_processing_register", []string{"registerförteckning", "i registerförteckning", "registerförteckningen", "artikel 30", "behandlingsregister"}},
	{"origin", []string{"ursprung", "standard eller egenutvecklat", "egenutvecklat", "systemursprung"}},
	{"maintenance_object", []string{"förvaltningsobjekt", "objekt", "pm3-objekt", "pm3 objekt", "systemfamilj"}},
	{"earchive", []string{"e-arkiv", "earkiv", "arkivering", "ansluten till e-arkiv"}},
	{"archive_duty", []string{"ska bevaras", "bevaras", "arkivplikt", "bevarandeplikt", "ska arkiveras"}},
	{"sla_signed", []string{"sla", "sla tecknat", "sla finns", "driftavtal", "servicenivåavtal"}},
	{"sla_priced", []string{"sla prissatt", "prissatt sla", "prissatt"}},
	{"risk_analysed_at", []string{"riskanalys", "senaste riskanalys", "risk- och sårbarhetsanalys", "riskanalys datum", "rsa"}},
	{"continuity_plan_at", []string{"kontinuitetsplan", "avbrottsplan", "kontinuitetsplan datum", "reservrutin"}},
	{"restore_tested_at", []string{"återläsningstest", "återställningstest", "senaste återläsningstest", "test av återläsning", "backuptest"}},
	{"ops_documented_at", []string{"driftdokumentation", "driftdokumentation datum", "systemdokumentation", "dokumentation"}},
	{"integration", []string{"integrationer", "integration mot", "kopplingar", "kopplat till", "integrerat med"}},
	{"alias", []string{"alias", "andra namn", "kallas även", "tidigare namn", "även kallat"}},
	{"row_changed_at", []string{"ändrad", "senast ändrad", "uppdaterad", "senast uppdaterad", "ändringsdatum", "reviderad", "senast reviderad", "uppdaterat", "modified", "updated", "last updated"}},
}

var ticketHeaders = []Alias{
	{"ticket_no", []string{"ärendenummer", "ärendenr", "ärende-id", "ärende nr", "ärende", "ärendeid", "ärende id", "referens", "referensnummer", "id", "nummer", "number", "ticket", "ticket id", "ticket number", "incident number", "call number", "case number", "löpnummer", "nr"}},
	{"opened_at", []string{"skapad", "skapat", "skapad datum", "skapades", "registrerad", "registrerat", "registreringsdatum", "inkom", "inkommen", "inkommet", "anmäld", "anmält", "anmälningsdatum", "öppnad", "öppnat", "startdatum", "ärendedatum", "skapandedatum", "created", "opened", "opened at", "created on", "creation date", "date created", "sys created on", "call date", "registered", "submit date"}},
	{"resolved_at", []string{"löst", "löst datum", "lösningsdatum", "löstes", "åtgärdat", "åtgärdad", "åtgärdsdatum", "klart", "klardatum", "klar", "färdig", "lösningstid", "utförd", "resolved", "resolved at", "resolution date", "date resolved", "completed", "completion date", "completed on", "solved"}},
	{"closed_at", []string{"stängd", "stängt", "stängd datum", "stängdes", "stängningsdatum", "avslutad", "avslutat", "avslutsdatum", "avslutningsdatum", "slutdatum", "closed", "closed at", "close date", "closure date", "date closed", "closed on"}},
	{"acknowledged_at", []string{"bekräftad", "bekräftelse", "kvitterad", "kvittens", "mottaget", "acknowledged"}},
	{"first_response_at", []string{"första svar", "första kontakt", "första åtgärd", "besvarad", "påbörjad", "påbörjat", "tilldelad datum", "first response", "first response at", "first reply", "responded", "response date"}},
	{"due_at", []string{"förfaller", "förfallodatum", "utlovad", "utlovat", "måldatum", "deadline", "sla-tid", "lovat klart", "due", "due date", "target date", "sla due"}},
	{"last_activity_at", []string{"senast ändrad", "senaste aktivitet", "senaste händelse", "uppdaterad", "senast uppdaterad", "ändrad", "last activity", "updated", "updated on", "modified", "last modified", "sys updated on", "modification date"}},
	{"status", []string{"status", "ärendestatus", "läge", "tillstånd", "state", "incident state", "ticket status", "processing status"}},
	{"kind", []string{"ärendetyp", "typ", "typ av ärende", "ärendeslag", "call type", "ticket type", "type", "process", "record type", "task type"}},
	{"category", []string{"kategori", "ärendekategori", "huvudkategori", "område", "ämnesområde", "tjänst", "category", "subcategory", "underkategori", "service"}},
	{"priority", []string{"prioritet", "prio", "allvarlighet", "angelägenhet", "priority", "severity", "urgency"}},
	{"channel", []string{"kanal", "inkommen via", "kontaktväg", "kontaktsätt", "kontakttyp", "inkomstsätt", "ingång", "inkom via", "källa", "ursprung", "channel", "contact type", "source", "entry", "entry type", "origin"}},
	{"queue", []string{"kö", "grupp", "handläggargrupp", "kö grupp", "ansvarig grupp", "supportgrupp", "team", "tilldelad grupp", "lösargrupp", "tilldelningsgrupp", "resursgrupp", "assignment group", "assigned group", "operator group", "queue", "group", "handläggande grupp"}},
	{"org_unit", append([]string{"anmälarens förvaltning", "kundens förvaltning", "kund", "organisationsenhet", "företag", "filial", "caller branch", "caller department", "branch"}, orgUnitNames...)},
	{"system", []string{"system", "berört system", "objekt", "configuration item", "ci", "konfigurationsobjekt", "tillgång", "applikation", "object", "affected system", "business service"}},
	{"service", []string{"beställd tjänst", "katalogtjänst", "tjänst ur katalogen", "katalogartikel", "catalog item", "requested item", "service item"}},
	{"site", []string{"plats", "ort", "adress", "skola", "location", "site", "lokal", "arbetsplats"}},
	{"supplier", []string{"leverantör", "supplier", "vendor"}},
	{"user_group", []string{"användargrupp", "målgrupp", "kundgrupp", "anmälartyp", "user group"}},
	{"resolution_code", []string{"åtgärdskod", "lösningskod", "avslutskod", "orsakskod", "resolution code", "close code", "closure code", "completion code"}},
	{"reopened_count", []string{"återöppnad", "återöppnat", "antal återöppningar", "reopen count", "reopened"}},
	{"paused_minutes", []string{"väntetid", "väntat minuter", "pausad tid", "tid på väntan", "on hold minutes", "hold time", "business pause duration"}},
	{"work_minutes", []string{"arbetad tid", "nedlagd tid", "tidsåtgång", "minuter", "arbetstid minuter", "work minutes", "time spent", "time worked"}},
	{"csat", []string{"betyg", "nöjdhet", "kundnöjdhet", "omdöme", "csat", "satisfaction", "rating"}},
	{"auto_created", []string{"automatiskt skapad", "automatskapad", "maskinellt", "auto created"}},
	{"previous_id", []string{"tidigare ärendenummer", "gammalt ärendenummer", "ursprungligt id", "external number", "externt ärendenummer", "legacy id"}},
}
