package demo

import "fmt"

// goal is a goal of the strategy; days are before now, negative ones ahead.
type goal struct {
	title, part, status string
	due, closed         int // 0 is not given
	owner, measure      string
	unit                string // "" is the whole municipality
}

// yearEnd is the last day of next year, which the decided targets have too.
const yearEnd = -1

// The goals of a strategy that was decided 900 days ago.
var goals = []goal{
	{"Alla anställda når sin e-post utanför kontoret", "En enkel arbetsdag", "Uppnått", 160, 410, "It-chef", "", ""},
	{"Fel och beställningar tas emot på ett ställe", "En enkel arbetsdag", "Uppnått", 120, 300, "Chef för servicedesk", "", ""},
	{"Varje verksamhetssystem har en ägare", "Tydligt ansvar", "Delvis uppnått", yearEnd, 0, "Kommundirektör", "system_owner_coverage", ""},
	{"Sju av tio fel är lösta inom ett dygn", "En enkel arbetsdag", "Uppnått", 40, 55, "Chef för servicedesk", "ticket_resolution_24h", ""},
	{"De viktigaste systemen nås med kommunens egen inloggning", "Säker åtkomst", "Pågår", yearEnd, 0, "It-chef", "sso_coverage", ""},
	{"Personal i vården loggar in med tjänstekort", "Säker åtkomst", "Uppnått", 200, 210, "Förvaltningschef", "", "Socialförvaltningen"},
	{"Uppgifterna i alla verksamhetssystem är klassade", "Säker åtkomst", "Ej uppnått", 30, 0, "Informationssäkerhetssamordnare", "classification_coverage", ""},
	{"Alla skolor har trådlöst nät i undervisningslokalerna", "Digital skola", "Uppnått", 330, 340, "Skolchef", "", "Utbildningsförvaltningen"},
	{"Bygglov söks och besvaras digitalt", "Digital service", "Uppnått", 80, 95, "Stadsbyggnadschef", "", "Stadsbyggnadskontoret"},
	{"Antalet skrivare är halverat", "En enkel arbetsdag", "Delvis uppnått", yearEnd, 0, "It-chef", "printer_count", ""},
	{"Kommunen har ett eget datacenter", "Drift", "Lagt åt sidan", -200, 0, "It-chef", "", ""},
	{"Hälften av systemen får gott betyg av dem som använder dem", "En enkel arbetsdag", "Uppnått", 20, 25, "It-chef", "system_satisfaction_share", ""},
}

func (f *followUp) goals() {
	for i, g := range goals {
		row := set{"Nr": fmt.Sprint(i + 1), "Gäller": g.part, "Beslutat": f.ago(900), "Senast": f.ago(g.due), "Läge": g.status, "Ansvarig roll": g.owner, "Mäts med": g.measure, "Förvaltning": g.unit, "Beslut": "KF 2024/77, § 8"}
		if g.closed != 0 {
			row["Åtgärdat"] = f.ago(g.closed)
		}
		if g.due == yearEnd {
			row["Senast"] = fmt.Sprintf("%d-12-31", f.now.Year()+1)
		}
		if g.status == "Lagt åt sidan" {
			row["Beslut"] = "KS 2026/98, § 41"
		}
		f.add("Mål", g.title, row)
	}
}

// recommendation is what the auditors recommended; days are before now.
type recommendation struct {
	title          string
	issued, due    int
	closed         int // 0 is still open
	owner, measure string
	unit           string
}

var recommendations = []recommendation{
	{"Utse ägare för alla system som hanterar personuppgifter", 420, 60, 0, "Kommundirektör", "system_owner_coverage", ""},
	{"Klassa informationen i de viktigaste systemen", 420, 90, 0, "Informationssäkerhetssamordnare", "classification_coverage", ""},
	{"Öva återställning av ekonomisystemet", 420, 200, 190, "It-chef", "", "IT-avdelningen"},
	{"Teckna avtal med alla personuppgiftsbiträden", 420, 150, 90, "Förvaltningschef", "", "Socialförvaltningen"},
	{"Följ upp behörigheter när någon slutar", 420, 240, 230, "Personalchef", "", "Kommunledningskontoret"},
	{"Redovisa nyttan av avslutade projekt för nämnden", 130, -120, 0, "Förvaltningschef", "", "Utbildningsförvaltningen"},
	{"Dokumentera driften av de viktigaste systemen", 130, -240, 0, "Driftchef", "operations_documentation_coverage", "IT-avdelningen"},
}

func (f *followUp) recommendations() {
	for i, r := range recommendations {
		row := set{"Nr": fmt.Sprintf("KR-%d-%d", f.day(r.issued).Year(), i+1), "Revisor": "Kommunrevisionen", "Utfärdat": f.ago(r.issued), "Senast": f.ago(r.due), "Ansvarig roll": r.owner, "Mäts med": r.measure, "Förvaltning": r.unit}
		if r.closed != 0 {
			row["Åtgärdat"] = f.ago(r.closed)
		}
		f.add("Revisionsrekommendation", r.title, row)
	}
}
