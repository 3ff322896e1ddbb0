package naming

import (
	"strings"
	"sync"
)

// fields are what the fields of the records are called, by kind.field and
// kind.list. Fields that several kinds share stand under their name alone.
var fields = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"name": "namn", "kind": "slag", "org_unit": "förvaltning", "site": "plats", "system": "system", "supplier": "leverantör", "category": "kategori", "status": "läge", "decision_ref": "beslut",
		"account.enabled": "om kontot är aktivt", "account.expires_at": "när kontot upphör", "account.last_login_at": "senaste inloggning", "account.created_at": "när kontot skapades",
		"account.password_set_at": "när lösenordet byttes", "account.password_never_expires": "om lösenordet aldrig går ut", "account.strong_auth": "stark inloggning", "account.mobile_mail": "e-post i mobilen",
		"account.privileged": "hög behörighet", "account.locked": "om kontot är låst", "account.gmsa": "hanterade tjänstekonton", "account.key": "inloggningsnamn och adresser", "account.group": "grupper", "account.category": "slag av konto",
		"system.lifecycle": "om systemet är i bruk", "system.tier": "hur viktigt systemet är", "system.approval_status": "om systemet är godkänt", "system.procured_on": "när systemet köptes in", "system.deployed_on": "när systemet togs i drift",
		"system.end_of_support": "när supporten upphör", "system.replace_priority": "om systemet ska bytas ut", "system.user_count": "antal användare", "system.class_model": "klassningsmodell",
		"system.class_c": "klass för konfidentialitet", "system.class_i": "klass för riktighet", "system.class_a": "klass för tillgänglighet", "system.class_trace": "klass för spårbarhet", "system.classified_at": "när systemet klassades",
		"system.sso_mode": "hur man loggar in", "system.provisioning": "hur behörigheter ges", "system.personal_data": "om det finns personuppgifter", "system.processor_agreement": "personuppgiftsbiträdesavtal",
		"system.in_processing_register": "registerförteckning", "system.origin": "om systemet är egenutvecklat", "system.hosting": "var systemet drivs", "system.maintenance_object": "förvaltningsobjekt", "system.earchive": "e-arkiv", "system.archive_duty": "om informationen ska bevaras",
		"system.sla_signed": "undertecknat driftavtal", "system.sla_priced": "prissatt driftavtal", "system.risk_analysed_at": "senaste riskanalys", "system.continuity_plan_at": "senaste kontinuitetsplan",
		"system.restore_tested_at": "senaste prov av återställning", "system.ops_documented_at": "senaste driftdokumentation", "system.row_changed_at": "när raden ändrades",
		"system.role": "roller", "system.role:owner": "systemägare", "system.role:manager": "systemansvarig", "system.role:manager_it": "systemförvaltare på it", "system.role:administrator": "systemadministratör",
		"system.role:object_manager": "objektsförvaltare", "system.role.fte": "rollens omfattning", "system.role.competence_ok": "rollens kompetens", "system.user_org_unit": "vilka som använder systemet",
		"system.integration": "integrationer", "system.alias": "andra namn",
		"ticket.ticket_no": "ärendenummer", "ticket.priority": "prioritet", "ticket.channel": "kanal", "ticket.queue": "kö", "ticket.resolution_code": "åtgärdskod", "ticket.user_group": "användargrupp",
		"ticket.opened_at": "när ärendet kom in", "ticket.acknowledged_at": "när ärendet bekräftades", "ticket.first_response_at": "första svar", "ticket.resolved_at": "när ärendet löstes", "ticket.closed_at": "när ärendet stängdes",
		"ticket.due_at": "utlovad tid", "ticket.last_activity_at": "senaste aktivitet", "ticket.reopened_count": "återöppningar", "ticket.paused_minutes": "väntan på användaren", "ticket.csat": "användarens betyg",
		"ticket.work_minutes": "arbetad tid", "ticket.auto_created": "om en maskin skapade ärendet", "ticket.service": "beställd tjänst",
		"observation.users": "antal berörda", "observation.started_at": "början", "observation.ended_at": "slut", "observation.planned": "om det var planerat", "observation.cause": "orsak",
		"observation.secondary": "om det följer av en annan störning", "observation.opening": "öppettider", "observation.subject": "vad mätvärdet gäller",
		"control.subject": "vad det gäller", "control.forum": "forum", "control.document_type": "slag av dokument", "control.required": "om det krävs", "control.adopted_at": "när det antogs", "control.valid_until": "hur länge det gäller",
		"control.reviewed_at": "när det sågs över", "control.review_due": "när det ska ses över", "control.planned_at": "planerad dag", "control.held_at": "dag det hölls", "control.next_due": "senaste dag", "control.issued_at": "när det lämnades",
		"control.closed_at": "när det åtgärdades", "control.signed": "undertecknat", "control.priced": "prissatt", "control.completed": "antal genomförda", "control.population": "antal berörda", "control.successful": "om det lyckades",
		"control.energy_req": "energikrav", "control.it_involved": "om it var med", "control.before_contract": "om det skedde före avtalet", "control.classified_first": "om informationen klassades före avtalet", "control.responsible_role": "ansvarig roll", "control.auditor": "revisor",
		"control.reference": "nummer", "control.measured_by": "mått som visar hur det går",
		"asset.user_category": "elev eller personal", "asset.purchased_on": "inköpsdatum", "asset.os": "operativsystem", "asset.image": "plattform", "asset.managed": "om datorn sköts centralt", "asset.vpn": "säker fjärranslutning", "asset.ipv6": "IPv6",
		"asset.network_zone": "nätzon", "asset.host": "värdmaskin", "asset.last_seen_at": "när enheten senast syntes", "asset.software": "installerade program", "asset.kind": "slag av utrustning",
		"service.platform": "plattform", "service.in_use": "om tjänsten är i bruk", "service.suitable": "om tjänsten passar som e-tjänst", "service.own_built": "om kommunen byggt tjänsten själv", "service.ordered_on": "när tjänsten beställdes", "service.launched_on": "när tjänsten lanserades",
		"service.retired_on": "när tjänsten lades ned", "service.lead_time_h": "utlovad leveranstid", "service.eid": "e-legitimation", "service.automated": "automatiserad handläggning", "service.prefill": "förifyllda uppgifter", "service.system": "kopplat verksamhetssystem",
		"service.process_mapped": "kartlagd process", "service.benefit_analysis": "nyttoanalys", "service.cases_digital": "ärenden via e-tjänsten", "service.cases_total": "alla ärenden", "service.dev_cost_sek": "utvecklingskostnad", "service.annual_cost_sek": "driftkostnad per år",
		"service.channel":    "kanaler",
		"org_unit.headcount": "antal anställda", "org_unit.site": "platser och lokaler", "org_unit.site.has_fibre": "om lokalen har fiber", "org_unit.site.has_wifi": "om lokalen har trådlöst nät", "org_unit.site.wifi_ok": "om det trådlösa nätet räcker till", "org_unit.role": "roller i organisationen",
		"observation.metric": "vad som mätts", "observation.value": "mätvärde", "assessment.framework": "enkät eller ramverk", "assessment.respondents": "antal svar", "assessment.answer": "svar på bedömningens frågor",
		"cost.amount_sek": "belopp", "cost.category": "kostnadskategori", "cost.product": "licensierad produkt", "cost.licences": "antal licenser", "cost.booked_at": "bokföringsdatum",
		"control.it_on_agenda": "om it togs upp",
		"cost.budget_sek":      "budget", "cost.allocation_model": "hur kostnaden fördelas", "cost.payer": "vem som betalar", "cost.recharged": "om kostnaden förs vidare", "cost.account_code": "konto", "cost.project": "projekt",
		"project.started_on": "startdag", "project.ended_on": "slutdag", "project.planned_end": "planerat slut", "project.final_report_on": "slutrapport", "project.board_reported_on": "när nämnden fick slutrapporten", "project.cost_sek": "kostnad",
		"project.benefit_sek": "beräknad nytta", "project.run_cost_sek": "driftkostnad", "project.benefit_realised_sek": "uppnådd nytta", "project.benefit_method": "kalkylmetod", "project.benefit_calc_on": "nyttokalkyl", "project.post_calc_on": "efterkalkyl", "project.effect_goal": "effektmål",
		"assessment.framework_version": "ramverkets version", "assessment.area": "område", "assessment.indicator": "bedömningens enskilda punkter", "assessment.subject": "vad som bedömdes", "assessment.assessed_at": "när bedömningen gjordes", "assessment.period": "period",
		"assessment.score": "betyg", "assessment.assessor": "vem som bedömde", "assessment.scale_min": "skalans lägsta", "assessment.scale_max": "skalans högsta", "assessment.step": "arbetssteg",
		"observation.method": "metodens version", "observation.period": "period", "observation.comparison_group": "jämförelsegrupp", "observation.external_source": "varifrån värdet kommer",
		"org_unit.turnover_sek": "omsättning", "org_unit.role.fte": "rollens omfattning", "org_unit.role.function": "om rollen är drift eller utveckling", "org_unit.role.vacant_since": "sedan när rollen är vakant", "org_unit.parent": "överordnad enhet", "org_unit.kind": "slag av enhet",
		"service.scope": "vad som ingår", "service.how_to_order": "hur man beställer", "service.how_to_report": "hur man felanmäler", "service.response_h": "svarstid", "service.price_sek": "pris", "service.how_to_cancel": "hur man säger upp",
	}
})

// Field is what a field is called, with its own name after it so that it can
// be found in the configuration: "systemägare (system.role:owner)".
func Field(name string) string {
	if n, ok := fields()[name]; ok {
		return n + " (" + name + ")"
	}
	if _, last, ok := strings.Cut(name, "."); ok {
		if n, ok := fields()[last]; ok {
			return n + " (" + name + ")"
		}
	}
	return name
}
