package wording

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// dimensions are what the breakdowns are called.
func dimensions() map[string]finding.Text {
	return map[string]finding.Text{
		"org_unit": {SV: "Förvaltning", EN: "Department"}, "tier": {SV: "Viktighetsklass", EN: "Tier"}, "category": {SV: "Kategori", EN: "Category"},
		"priority": {SV: "Prioritet", EN: "Priority"}, "queue": {SV: "Kö", EN: "Queue"}, "channel": {SV: "Kanal", EN: "Channel"}, "age": {SV: "Ålder", EN: "Age"},
		"split": {SV: "Varav", EN: "Of which"}, "kind": {SV: "Slag", EN: "Kind"}, "class_c": {SV: "Konfidentialitet", EN: "Confidentiality"},
		"class_i": {SV: "Riktighet", EN: "Integrity"}, "class_a": {SV: "Tillgänglighet", EN: "Availability"},
		"system": {SV: "System", EN: "System"}, "supplier": {SV: "Leverantör", EN: "Supplier"}, "source": {SV: "Källa", EN: "Source"},
		"sso_mode": {SV: "Inloggning", EN: "Sign-on"}, "provisioning": {SV: "Hur behörighet ges", EN: "How access is given"},
		"maintenance_object": {SV: "Förvaltningsobjekt", EN: "Maintenance object"}, "object": {SV: "Förvaltningsobjekt", EN: "Maintenance object"},
		"forum": {SV: "Forum", EN: "Forum"}, "group": {SV: "Grupp", EN: "Group"}, "status": {SV: "Status", EN: "Status"},
		"hosting": {SV: "Var det körs", EN: "Where it runs"}, "approval_status": {SV: "Godkännande", EN: "Approval"}, "lifecycle": {SV: "Läge", EN: "Stage"},
		"role": {SV: "Roll", EN: "Role"}, "expiry": {SV: "Löper ut", EN: "Expires"}, "field": {SV: "Uppgift", EN: "Field"},
		"document_type": {SV: "Dokument", EN: "Document"}, "user_group": {SV: "Användargrupp", EN: "User group"}, "class_model": {SV: "Klassningsmodell", EN: "Classification model"},
		"strong_auth": {SV: "Inloggning", EN: "Sign-on"}, "subject": {SV: "Ämne", EN: "Subject"}, "auditor": {SV: "Granskare", EN: "Auditor"},
		"origin": {SV: "Ursprung", EN: "Origin"}, "plugin": {SV: "Slag av källa", EN: "Kind of source"}, "area": {SV: "Område", EN: "Area"},
		"benefit_method": {SV: "Kalkylmetod", EN: "Method of calculation"}, "cause": {SV: "Orsak", EN: "Cause"}, "committee": {SV: "Nämnd", EN: "Committee"},
		"image": {SV: "Plattform", EN: "Platform"}, "os": {SV: "Operativsystem", EN: "Operating system"}, "payer": {SV: "Vem som betalar", EN: "Who pays"},
		"platform": {SV: "Plattform", EN: "Platform"}, "product": {SV: "Produkt", EN: "Product"}, "project": {SV: "Projekt", EN: "Project"},
		"recharged": {SV: "Förs kostnaden vidare?", EN: "Is the cost passed on?"}, "school": {SV: "Skola", EN: "School"},
		"service": {SV: "Tjänst", EN: "Service"}, "site": {SV: "Plats", EN: "Site"}, "user_category": {SV: "Elever och personal", EN: "Pupils and staff"},
	}
}

// Dimension is what a breakdown is called; one of a municipality's own keeps its name.
func (w Words) Dimension(d string) string {
	if n, ok := dimensions()[d]; ok {
		return w.Text(n)
	}
	return Capital(strings.ReplaceAll(d, "_", " "))
}

// Cell is what a row of a breakdown is called: its name, its id, or that it is
// not known.
func (w Words) Cell(c finding.Cell) string {
	switch {
	case c.Key == "":
		return w.pick("Okänd", "Unknown")
	case c.Label != "":
		return c.Label
	}
	return c.Key
}

// TierPlace puts the most critical tier first; others keep their order, after.
func TierPlace(c finding.Cell) int {
	for i, key := range []string{"gold", "silver", "bronze", "copper"} {
		if c.Key == key {
			return i
		}
	}
	return 4
}
