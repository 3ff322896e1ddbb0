package words

import "github.com/kommunpuls/kommunpuls/plugins/sdk/record"

// otherHeaders are the columns of lists that are kept less often.
var otherHeaders = map[record.Kind][]Alias{
	record.Asset: {
		{"kind", []string{"enhetstyp", "typ", "tillgångstyp", "utrustningstyp", "produkttyp", "asset type", "device type", "model category"}},
		{"status", []string{"status", "tillgångsstatus", "läge", "state"}},
		{"user_category", []string{"användarkategori", "elev personal", "användartyp"}},
		{"org_unit", orgUnitNames}, {"site", []string{"plats", "skola", "lokal", "arbetsplats", "location", "site"}},
		{"purchased_on", []string{"inköpsdatum", "inköpt", "köpdatum", "leveransdatum", "purchase date", "purchased"}},
		{"os", []string{"operativsystem", "os", "operating system"}}, {"image", []string{"plattform", "image", "klientplattform"}},
		{"managed", []string{"hanterad", "centralt hanterad", "fjärrhanterad", "managed", "mdm"}}, {"vpn", []string{"vpn", "vpn-klient", "fjärranslutning", "säker fjärranslutning"}}, {"ipv6", []string{"ipv6", "stöd för ipv6"}}, {"host", []string{"värd", "värdmaskin", "virtuell värd", "fysisk värd", "host"}}, {"network_zone", []string{"nätzon", "domän", "zon", "vlan"}},
		{"last_seen_at", []string{"senast sedd", "senast inloggad", "last seen", "last logon", "senast ansluten"}},
		{"software", []string{"programvara", "installerad programvara", "software"}},
		{"id", []string{"inventarienummer", "serienummer", "datornamn", "märkning", "stöldskyddsnummer", "serial number", "asset tag", "computer name", "hostname"}},
	},
	record.OrgUnit: {
		{"name", []string{"namn", "förvaltning", "enhet", "enhetsnamn", "organisationsenhet", "name"}}, {"kind", []string{"enhetstyp", "typ", "slag"}},
		{"parent", []string{"överordnad", "överordnad enhet", "tillhör", "hör till", "parent"}}, {"headcount", []string{"antal anställda", "anställda", "årsarbetare", "headcount"}},
		{"turnover_sek", []string{"omsättning", "budget"}},
		{"site", []string{"plats", "lokal", "lokaler", "byggnad", "fastighet", "adress"}}, {"site.kind", []string{"lokaltyp", "typ av lokal", "byggnadstyp"}}, {"site.has_fibre", []string{"fiber", "bredband", "fiberansluten", "fiberanslutning"}},
		{"site.has_wifi", []string{"trådlöst nät", "wifi", "wi-fi", "wlan"}}, {"site.wifi_ok", []string{"trådlöst nät räcker", "wifi räcker", "tillräckligt wifi", "tillräckligt trådlöst nät", "kapacitet trådlöst nät"}}, {"site.opening_hours", []string{"öppettider", "öppethållande", "opening hours"}},
		{"role:information_security", []string{"informationssäkerhetssamordnare", "informationssäkerhetsansvarig", "informationssäkerhetschef", "ciso"}}, {"role:data_protection", []string{"dataskyddsombud", "dso", "personuppgiftsombud", "puo", "dpo"}}, {"succeeded_by", []string{"ersatt av", "uppgått i"}},
	},
	record.Service: {
		{"name", []string{"e-tjänst", "etjänst", "tjänst", "tjänstenamn", "namn", "service name"}}, {"kind", []string{"tjänstetyp", "typ"}}, {"org_unit", orgUnitNames},
		{"platform", []string{"plattform", "e-tjänsteplattform"}}, {"in_use", []string{"i bruk", "i drift", "aktiv", "används"}}, {"suitable", []string{"lämplig som e-tjänst", "passar som e-tjänst", "kan bli e-tjänst"}}, {"own_built", []string{"egenbyggd", "egenutvecklad", "egen e-tjänst"}},
		{"ordered_on", []string{"beställd", "uppdrag från", "beställningsdatum"}}, {"launched_on", []string{"lanserad", "publicerad", "i drift sedan"}}, {"retired_on", []string{"avvecklad", "nedlagd"}},
		{"lead_time_h", []string{"ledtid", "leveranstid"}}, {"price_sek", []string{"pris", "kostnad"}}, {"eid", []string{"e-legitimation", "bankid", "e-leg"}},
		{"cases_digital", []string{"digitala ärenden", "antal via e-tjänst"}}, {"cases_total", []string{"ärenden totalt", "alla ärenden"}}, {"automated", []string{"automatiserad", "automatisk handläggning"}},
		{"prefill", []string{"förifylld", "förifyllda uppgifter", "förifyllt"}}, {"system", []string{"integrerad med", "kopplad till", "verksamhetssystem", "integrerat system"}}, {"process_mapped", []string{"processkartlagd", "processanalys", "process kartlagd"}}, {"benefit_analysis", []string{"nyttoanalys", "nyttokalkyl"}},
		{"dev_cost_sek", []string{"utvecklingskostnad", "kostnad utveckling"}}, {"annual_cost_sek", []string{"årskostnad", "driftkostnad", "driftskostnad", "kostnad per år"}}, {"benefit_sek", []string{"årlig nytta", "nytta per år"}}, {"channel", []string{"kanaler", "kanal"}},
	},
	record.Cost: {
		{"booked_at", []string{"bokföringsdatum", "bokförd", "datum", "verifikationsdatum", "transaktionsdatum", "booking date"}}, {"amount_sek", []string{"belopp", "utfall", "kostnad", "summa", "amount"}},
		{"budget_sek", []string{"budget", "budgeterat"}}, {"org_unit", orgUnitNames}, {"account_code", []string{"konto", "kontonummer", "account"}}, {"supplier", []string{"leverantör", "motpart", "supplier"}},
		{"kind", []string{"drift investering", "kostnadsslag"}}, {"category", []string{"kostnadskategori", "kategori"}}, {"project", []string{"projekt", "projektnummer"}}, {"system", []string{"system"}},
		{"year", []string{"år"}}, {"period", []string{"period", "månad"}}, {"product", []string{"produkt", "artikel"}}, {"licences", []string{"antal licenser", "licenser"}},
		{"allocation_model", []string{"fördelningsmodell", "finansieringsmodell"}}, {"payer", []string{"betalas av", "betalare", "vem betalar"}}, {"recharged", []string{"vidaredebiterad", "förs vidare", "internfakturerad"}},
	},
	record.Project: {
		{"name", []string{"projektnamn", "projekt", "namn", "benämning", "project"}}, {"status", []string{"projektstatus", "status"}}, {"org_unit", orgUnitNames}, {"model", []string{"projektmodell", "modell"}},
		{"planned_start", []string{"planerad start", "planerat startdatum"}}, {"planned_end", []string{"planerat slut", "planerat slutdatum"}}, {"started_on", []string{"startad", "start", "startdatum"}}, {"ended_on", []string{"avslutad", "slut", "slutdatum"}},
		{"budget_sek", []string{"projektbudget", "budget"}}, {"cost_sek", []string{"projektkostnad", "utfall", "kostnad"}}, {"benefit_sek", []string{"nytta", "nettonytta", "beräknad nytta"}}, {"final_report_on", []string{"slutrapport", "slutrapporterad"}},
		{"board_reported_on", []string{"redovisad för nämnden", "till nämnd", "nämndredovisning"}}, {"benefit_method", []string{"kalkylmetod", "nyttometod"}}, {"benefit_calc_on", []string{"nyttokalkyl", "nyttokalkyl datum"}}, {"post_calc_on", []string{"efterkalkyl", "nyttan uppföljd", "effekthemtagning uppföljd"}}, {"run_cost_sek", []string{"driftkostnad per år", "årlig driftkostnad"}}, {"benefit_realised_sek", []string{"uppnådd nytta", "realiserad nytta", "faktisk besparing"}},
	},
	record.Control: {
		{"name", []string{"dokument", "dokumentnamn", "styrdokument", "policy", "avtal", "rekommendation", "aktivitet", "titel", "namn", "rubrik"}}, {"kind", []string{"dokumenttyp", "typ av dokument", "typ", "slag"}},
		{"adopted_at", []string{"antagen", "antaget", "beslutad", "beslutat", "beslutsdatum", "fastställd", "fastställt", "antagningsdatum"}}, {"valid_until", []string{"giltig till", "gäller till", "giltigt t o m", "löper ut", "avtalsslut", "slutdatum"}},
		{"reviewed_at", []string{"reviderad", "senast reviderad", "senaste översyn"}}, {"review_due", []string{"revideras senast", "nästa revidering", "översyn senast"}}, {"next_due", []string{"nästa", "nästa gång"}},
		{"planned_at", []string{"planerad", "planerat datum"}}, {"held_at", []string{"genomförd", "hölls", "genomfört"}}, {"closed_at", []string{"åtgärdad datum", "stängd", "avslutad"}}, {"issued_at", []string{"utfärdad", "granskningsdatum"}},
		{"status", []string{"status", "läge"}}, {"decision_ref", []string{"beslut", "diarienummer", "dnr", "paragraf"}}, {"org_unit", orgUnitNames}, {"system", []string{"system", "avser system"}}, {"supplier", []string{"leverantör", "avtalspart", "motpart"}},
		{"responsible_role", []string{"ansvarig roll", "ansvarig funktion", "dokumentansvarig", "ansvarig"}}, {"subject", []string{"avser", "ämne", "område"}},
		{"document_type", []string{"dokumentslag", "slag av upphandling", "utbildning för", "målgrupp"}}, {"forum", []string{"forum", "möte", "mötesforum"}}, {"completed", []string{"antal genomförda", "genomförda", "utbildade", "antal utbildade"}}, {"population", []string{"antal berörda", "antal i målgruppen", "antal som ska gå", "antal ledamöter"}},
		{"energy_req", []string{"energikrav", "miljökrav"}}, {"it_involved", []string{"it medverkade", "it-avdelningen medverkade", "it deltog"}}, {"classified_first", []string{"klassad före avtal", "klassning före avtal", "klassad före köp", "informationsklassad före upphandling"}}, {"successful", []string{"lyckades", "godkänt resultat", "utfall av prov"}},
		{"required", []string{"ska finnas", "obligatoriskt"}}, {"signed", []string{"undertecknat", "påskrivet"}}, {"priced", []string{"prissatt"}}, {"before_contract", []string{"före avtal", "innan avtal"}}, {"it_on_agenda", []string{"it på dagordningen", "digitalisering på dagordningen"}}, {"auditor", []string{"revisor", "granskare"}},
		{"reference", []string{"nr", "nummer", "målnummer", "mål nr", "rekommendation nr", "beteckning"}}, {"measured_by", []string{"mäts med", "mått", "mäts av", "indikator"}},
	},
	record.Observation: {
		{"started_at", []string{"störning började", "avbrott från", "starttid", "start", "från", "tidpunkt", "started"}}, {"ended_at", []string{"störning slutade", "avbrott till", "sluttid", "slut", "till", "åter i drift", "ended"}},
		{"subject", []string{"berör", "objekt", "tjänst", "system", "nät"}}, {"kind", []string{"störningstyp", "händelsetyp", "typ"}}, {"cause", []string{"orsak", "felorsak", "rotorsak", "cause"}}, {"planned", []string{"planerat avbrott", "planerat", "planerad"}},
		{"site", []string{"plats", "skola", "anläggning", "site"}}, {"org_unit", orgUnitNames}, {"users", []string{"antal berörda", "berörda användare", "drabbade"}}, {"metric", []string{"mått", "mätvärde"}}, {"value", []string{"värde", "antal"}},
		{"comparison_group", []string{"jämförelsegrupp", "kommungrupp"}}, {"external_source", []string{"statistikkälla"}}, {"method", []string{"metodversion"}}, {"period", []string{"mätår", "avser år"}},
	},
	record.Assessment: {
		{"assessed_at", []string{"bedömningsdatum", "besvarad", "mätdatum", "datum", "assessed"}}, {"framework", []string{"ramverk", "enkät", "undersökning"}}, {"framework_version", []string{"ramverksversion", "version"}}, {"indicator", []string{"indikator", "fråga", "kontrollpunkt"}},
		{"answer", []string{"svar", "bedömning", "utfall"}}, {"score", []string{"poäng", "resultat", "betyg"}}, {"area", []string{"område", "delområde"}}, {"org_unit", orgUnitNames}, {"respondents", []string{"antal svar", "svarande"}}, {"system", []string{"system"}},
		{"subject", []string{"bedömd enhet", "objekt"}}, {"period", []string{"mätperiod"}}, {"assessor", []string{"bedömare", "granskad av"}}, {"scale_min", []string{"skalans lägsta"}}, {"scale_max", []string{"skalans högsta"}}, {"step", []string{"steg"}},
	},
	record.Account: {
		{"id", []string{"användarnamn", "inloggningsnamn", "kontonamn", "samaccountname", "konto", "username", "login"}}, {"category", []string{"kontotyp", "kategori", "anställningsform"}}, {"org_unit", orgUnitNames},
		{"enabled", []string{"aktivt konto", "aktiverat", "aktivt", "enabled"}}, {"expires_at", []string{"upphör", "konto upphör", "accountexpires", "slutdatum"}}, {"last_login_at", []string{"senaste inloggning", "senast inloggad", "lastlogon", "last login"}},
		{"created_at", []string{"konto skapat", "skapat", "whencreated"}}, {"strong_auth", []string{"mfa", "stark autentisering", "tvåfaktor"}}, {"key:login", []string{"login", "inloggning"}}, {"key:mail", []string{"e-post", "epost", "mail", "e-postadress"}}, {"key:name", []string{"visningsnamn", "displayname"}},
	},
}
