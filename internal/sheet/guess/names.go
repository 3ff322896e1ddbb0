package guess

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// KindName is what a list of a kind is called in Swedish.
func KindName(k record.Kind) string {
	return map[record.Kind]string{
		record.System: "en systemförteckning", record.Ticket: "ärenden från en servicedesk", record.Asset: "en lista över datorer och annan utrustning",
		record.OrgUnit: "kommunens organisation", record.Account: "konton", record.Observation: "störningar och mätningar", record.Service: "tjänster och e-tjänster",
		record.Cost: "kostnader", record.Project: "projekt", record.Assessment: "enkät- eller bedömningssvar", record.Control: "styrdokument, avtal och åtgärder",
	}[k]
}

// targetNames are the targets that a person is asked about, in Swedish. The
// others are called by their first alias.
var targetNames = map[string]string{
	"role:owner": "systemägare", "role:information_owner": "informationsägare", "role:manager_business": "systemansvarig eller systemförvaltare i verksamheten",
	"role:manager_it": "systemförvaltare på it", "role:administrator": "systemadministratör", "role:superuser": "superanvändare",
	"org_unit": "förvaltning", "tier": "hur viktigt systemet är (guld, silver, brons)", "lifecycle": "om systemet är i drift eller avvecklat", "kind": "typ",
	"class": "konfidentialitet, riktighet och tillgänglighet i samma cell", "class_c": "klass för konfidentialitet", "class_i": "klass för riktighet", "class_a": "klass för tillgänglighet", "class_trace": "klass för spårbarhet",
	"classified_at": "när systemet klassades", "sso_mode": "hur man loggar in (gemensam inloggning eller egen)", "hosting": "var systemet drivs", "supplier": "leverantör",
	"row_changed_at": "när raden senast ändrades", "resolved_at": "när ärendet löstes", "closed_at": "när ärendet stängdes", "opened_at": "när ärendet kom in",
	"queue": "kö eller grupp", "ticket_no": "ärendenummer", "first_response_at": "första svar", "last_activity_at": "senaste aktivitet", "id": "det som skiljer raderna åt",
	"name": "namn", "status": "status", "category": "kategori", "priority": "prioritet", "user_count": "antal användare",
}

// TargetName is what a target is called in Swedish.
func TargetName(kind record.Kind, target string) string {
	if n, ok := targetNames[target]; ok {
		return n
	}
	for _, a := range words.Aliases(kind) {
		if a.Target == target && len(a.Names) > 0 {
			return a.Names[0]
		}
	}
	return strings.ReplaceAll(target, "_", " ")
}
