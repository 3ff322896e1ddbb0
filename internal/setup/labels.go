package setup

import "strings"

// label says in Swedish what a target of the table source is.
func label(target string) string {
	words := labels()
	if w, ok := words[target]; ok {
		return w
	}
	base, part, _ := strings.Cut(target, ".")
	if w, ok := words[base]; ok {
		if p := map[string]string{"since": "sedan", "fte": "tjänstgöringsgrad", "function": "funktion", "vacant_since": "vakant sedan"}[part]; p != "" {
			part = p
		}
		return w + ", " + part
	}
	if role, ok := strings.CutPrefix(base, "role:"); ok {
		return "roll: " + role
	}
	return strings.ReplaceAll(target, "_", " ")
}

func labels() map[string]string {
	return map[string]string{
		"name": "namn", "id": "id", "org_unit": "förvaltning", "kind": "slag", "tier": "viktighetsklass", "lifecycle": "läge (i drift, avvecklat …)",
		"role:owner": "systemägare", "role:manager": "systemansvarig", "role:administrator": "systemadministratör",
		"role:it_system_manager": "systemförvaltare it", "role:it_object_manager": "objektsförvaltare it", "role:object_manager": "objektsförvaltare",
		"approval_status": "godkänt", "procured_on": "upphandlat", "deployed_on": "i drift sedan", "end_of_support": "stöd upphör",
		"replace_priority": "ska bytas ut", "user_count": "antal användare", "class_model": "klassningsmodell", "class_c": "konfidentialitet",
		"class_i": "riktighet", "class_a": "tillgänglighet", "class_trace": "spårbarhet", "classified_at": "klassat den",
		"sso_mode": "inloggning", "provisioning": "hur behörighet ges", "personal_data": "personuppgifter", "processor_agreement": "biträdesavtal",
		"in_processing_register": "i registerförteckningen", "origin": "ursprung", "hosting": "var det körs", "supplier": "leverantör",
		"maintenance_object": "förvaltningsobjekt", "earchive": "e-arkiv", "sla_signed": "driftavtal", "sla_priced": "prissatt driftavtal",
		"risk_analysed_at": "riskanalys", "continuity_plan_at": "kontinuitetsplan", "restore_tested_at": "återläsning provad",
		"ops_documented_at": "driftdokumentation", "row_changed_at": "raden ändrad", "alias": "andra namn", "user_org_unit": "används av",
		"integration": "kopplat till", "ticket_no": "ärendenummer", "category": "kategori", "priority": "prioritet", "channel": "kanal",
		"queue": "kö", "status": "status", "status_raw": "status", "resolution_code": "hur det slutade", "site": "plats", "system": "system",
		"user_group": "användargrupp", "opened_at": "skapat", "acknowledged_at": "bekräftat", "first_response_at": "första svar",
		"resolved_at": "löst", "closed_at": "stängt", "due_at": "utlovat", "last_activity_at": "senast ändrat", "reopened_count": "antal återöppningar",
		"paused_minutes": "väntetid på användaren", "csat": "nöjdhet", "work_minutes": "arbetstid", "auto_created": "skapat av system",
		"previous_id": "tidigare id", "enabled": "aktivt", "expires_at": "upphör", "last_login_at": "senast inloggad", "created_at": "skapat",
		"purchased_on": "inköpt", "os": "operativsystem", "user_category": "användarslag", "last_seen_at": "senast sedd",
		"booked_at": "bokfört", "amount_sek": "belopp", "budget_sek": "budget", "account_code": "konto", "": "används inte",
	}
}
