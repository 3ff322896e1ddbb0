package demo

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeDecisions writes the org units with the names that the other files use,
// and targets such as a municipality may have decided.
func (w *world) writeDecisions(path string) error {
	var b strings.Builder
	b.WriteString("# Beslut i " + Municipality + ": påhittade, för att visa hur mål och godtagna brister syns.\n")
	fmt.Fprintf(&b, "org_units:\n  - {id: kommun, name: %s, kind: kommun}\n", Municipality)
	for _, u := range units {
		kind := "forvaltning"
		if u.id == "it" {
			kind = "it_central"
		}
		fmt.Fprintf(&b, "  - {id: %s, name: %s, kind: %s, parent: kommun, aliases: [%s]}\n", u.id, u.name, kind, strings.Join(u.aliases, ", "))
	}
	for i := range schools {
		fmt.Fprintf(&b, "  - {id: skola-%02[1]d, name: Skola %02[1]d, kind: skola, parent: utb}\n", i+1)
	}
	b.WriteString("names:\n")
	for _, s := range suppliers {
		fmt.Fprintf(&b, "  - {kind: supplier, name: %s}\n", s)
	}
	from := w.now.AddDate(0, -8, 0).Format("2006-01-02")
	due := fmt.Sprintf("%d-12-31", w.now.Year()+1)
	fmt.Fprintf(&b, `targets:
  - {kpi: system_owner_coverage, value: 100 %%, due: %[1]s, decision: "KS 2026/101, § 14", base: 10 %%, base_date: %[2]s}
  - {kpi: sso_coverage, kind: count, value: 30, due: %[1]s, decision: "KS 2026/101, § 15"}
  - {kpi: ticket_resolution_24h, value: 70 %%, decision: "KS 2026/101, § 16"}
  - {kpi: classification_coverage, value: 100 %%, decision: "KS 2026/101, § 17"}
  - {kpi: printer_count, kind: count, value: 400, base: 800, base_date: %[2]s, due: %[1]s, decision: "KS 2026/101, § 18"}
  - {kpi: system_satisfaction_share, value: 50 %%, decision: "KS 2026/101, § 19"}
waivers:
  - kpi: policy_currency
    decision: "KS 2026/145, § 62"
    by: kommunstyrelsen
    reason: Styrdokumenten skrivs om i samband med ny nämndorganisation.
    instead: Äldre beslut gäller under tiden.
    from: %[2]s
rules:
  classification_max_age: %[3]s
`, due, from, classificationAge)
	return os.WriteFile(path, []byte(b.String()), 0o600)
}

// classificationAge is how old a classification may be.
const classificationAge = "12m"

// writeConfig writes the config and the two secrets that it refers to.
func writeConfig(path, listen string) error {
	dir := filepath.Join(filepath.Dir(path), "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"pseudonym.key", "api.token"} {
		secret := make([]byte, 32)
		if _, err := rand.Read(secret); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(hex.EncodeToString(secret)+"\n"), 0o600); err != nil {
			return err
		}
	}
	text := fmt.Sprintf(configText, Municipality, listen, SystemsFile, TicketsFile, DocumentsFile, DirectoryFile, baseDN, DecisionsFile, Code, Inhabitants, Employees, PeersFolder) + listSources
	return os.WriteFile(path, []byte(text), 0o600)
}

const configText = `# En påhittad kommun. Allt som visas är märkt DEMODATA.
municipality: %[1]s
municipality_code: "%[9]s"
size: {inhabitants: %[10]d, employees: %[11]d}
demo: true
data_dir: data
listen: %[2]s
pseudonym_key: ${file:data/pseudonym.key}
api_token: ${file:data/api.token}
decisions: [%[8]s]
# Öppna data: inget skrivs förrän någon kör kommunpuls export opendata.
open_data:
  kpis: [eservice_digital_share, eservice_coverage, service_desk_wait_time, pc_delivery_lead_time, strategy_goal_fulfilment, nki_it]
  breakdowns: [org_unit]
  base_url: https://oppnadata.example.org/it/
  publisher: {uri: "https://www.example.org/", contact: {name: Öppna data, email: oppnadata@example.org}}
# Vad andra kommuner får i en fil, och vilka kommuner siffrorna jämförs med.
exchange:
  kpis: [eservice_digital_share, eservice_count, service_desk_wait_time, pc_delivery_lead_time, it_cost_per_employee, system_owner_coverage]
  allow_security: [{id: system_owner_coverage, decision: "KS 2026/201, § 8"}]
peers:
  group: Kommunerna i Exempellän
  files: [%[12]s]
  show_values: true
sources:
  - name: katalog
    type: ldap
    every: 4h
    settings:
      file: %[6]s
      bases: ["%[7]s"]
      protected: {groups: [Skyddade personuppgifter]}
      categories:
        - {category: pupil, ous: ["OU=Elever,%[7]s"]}
        - {category: admin, ous: ["OU=Adminkonton,%[7]s"]}
        - {category: service, ous: ["OU=Tjänstekonton,%[7]s"]}
        - {category: employee, ous: ["OU=Personal,%[7]s"]}
      org_unit: {from: ou, level: 2}
      strong_auth:
        - {value: siths, groups: [Tjänstekort]}
        - {value: mfa, groups: [Stark inloggning]}
  - name: systemlista
    type: table
    content_max_age: 90d
    settings:
      file: %[3]s
      record: system
      sheet: System
      struck: retired
      constants: {kind: verksamhetssystem}
      columns:
        name: Systemnamn
        org_unit: Förvaltning
        "role:owner": Systemägare
        "role:manager": Systemansvarig
        "role:administrator": Systemadministratör
        "role:manager_it": Systemförvaltare IT
        tier: {header: Klass, values: {Guld: gold, Silver: silver, Brons: bronze, Koppar: copper}}
        lifecycle: {header: Status, values: {I drift: in_use, Drift: in_use}}
        approval_status: {header: Godkänd, values: {Ja: approved}}
        class_c: Konfidentialitet
        class_i: Riktighet
        class_a: Tillgänglighet
        classified_at: Klassad
        sso_mode: {header: Inloggning, values: {SSO: sso, Lösenordssynk: password_sync, Egen inloggning: none}}
        provisioning: {header: Behörighet via metakatalog, values: {Ja: metacatalog}}
        hosting: {header: Driftform, values: {Egen drift: own, Extern drift: outsourced, Molntjänst (SaaS): saas}}
        supplier: Leverantör
        maintenance_object: Förvaltningsobjekt
        end_of_support: Support upphör
        ops_documented_at: Driftdokumentation
        risk_analysed_at: Riskanalys
        continuity_plan_at: Kontinuitetsplan
        restore_tested_at: Återläsningstest
        personal_data: Personuppgifter
        processor_agreement: Biträdesavtal
        in_processing_register: Registerförteckning
        user_count: Antal användare
        row_changed_at: Ändrad
  - name: arenden
    type: table
    every: 15m
    settings:
      file: %[4]s
      record: ticket
      covers: all
      columns:
        ticket_no: Ärendenummer
        kind: {header: Typ, values: {Felanmälan: incident, Fråga: request, Beställning: order, Ändring: change}}
        category: Kategori
        priority: Prioritet
        channel: {header: Kanal, values: {Telefon: phone, Portal: portal, E-post: mail, Besök: walk_in, Automatisk: auto}}
        queue: Kö
        status: {header: Status, values: {Nytt: new, Pågår: open, Väntar på användare: waiting, Löst: resolved, Stängt: closed}}
        resolution_code: {header: Åtgärdskod, values: {Löst: solved, Makulerat: cancelled, Dubblett: duplicate}}
        org_unit: Förvaltning
        system: System
        user_group: Användargrupp
        opened_at: Skapad
        acknowledged_at: Bekräftad
        first_response_at: Första svar
        resolved_at: Löst
        closed_at: Stängd
        paused_minutes: Väntat på användare (min)
        reopened_count: Återöppnad
        auto_created: Skapad av maskin
  - name: styrdokument
    type: table
    settings:
      file: %[5]s
      record: control
      sheet: Styrdokument
      constants: {kind: policy}
      columns:
        name: Dokument
        document_type: Typ
        required: Krävs
        adopted_at: Antaget
        valid_until: Gäller till
        review_due: Ses över senast
        org_unit: Förvaltning
  - name: forvaltningsplaner
    type: table
    settings:
      file: %[5]s
      record: control
      sheet: Förvaltningsplaner
      constants: {kind: maintenance_plan}
      columns:
        name: Plan
        system: System
        adopted_at: Antagen
        org_unit: Förvaltning
`
