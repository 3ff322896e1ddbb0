package demo

import (
	"fmt"
	"time"
)

// followUp gathers rows of the list of agreements, plans, meetings and findings.
type followUp struct {
	*world
	rows [][]string
}

var followUpHeader = []string{"Slag", "Benämning", "Gäller", "System", "Förvaltning", "Forum", "Dokumenttyp", "Beslutat", "Gäller till", "Planerat", "Hållet", "Senast", "Utfärdat", "Åtgärdat", "Läge", "It medverkade", "Energikrav", "Före avtal", "Klassat före", "It på dagordningen", "Genomfört", "Av", "Revisor", "Leverantör", "Nr", "Ansvarig roll", "Beslut", "Mäts med"}

// add adds a row; fields are header → text.
func (f *followUp) add(kind, name string, fields map[string]string) {
	row := make([]string, len(followUpHeader))
	row[0], row[1] = kind, name
	for i, h := range followUpHeader {
		if v, ok := fields[h]; ok {
			row[i] = v
		}
	}
	f.rows = append(f.rows, row)
}

type set = map[string]string

// writeFollowUp writes what is agreed, planned, held and recommended.
func (w *world) writeFollowUp(path string) error {
	f := &followUp{world: w, rows: [][]string{followUpHeader}}
	f.agreements()
	f.meetings()
	f.goals()
	f.recommendations()
	f.security()
	return writeList(path, f.rows)
}

func (f *followUp) agreements() {
	for i, u := range units {
		if i%4 != 3 {
			f.add("LÖK", "Leveransöverenskommelse "+u.name, set{"Förvaltning": u.name, "Beslutat": f.ago(300 + i*20), "Gäller till": f.ahead(200 - i*20)})
		}
		if i < 4 {
			f.add("Processkarta", "Arbetsprocesser "+u.name, set{"Förvaltning": u.name, "Beslutat": f.ago(400 - i*50), "Läge": []string{"Klart", "Delvis", "Klart", "Planerad"}[i]})
		}
		if i%3 != 2 {
			f.add("Digitaliseringsplan", "Digitaliseringsplan "+u.name, set{"Förvaltning": u.name, "Beslutat": f.ago(90 + i*70)})
		}
	}
	for i, s := range suppliers {
		f.add("Avtal", "Avtal med "+s, set{"Leverantör": s, "Gäller till": f.ahead(100 + i*130), "Senast": f.ahead(i*130 - 80)})
		if i < 3 {
			f.add("Leverantörsbedömning", "Säkerhet hos "+s, set{"Leverantör": s, "Hållet": f.ago(120 + i*90)})
		}
	}
	for i := range 9 {
		kind := "System"
		if i%3 == 0 {
			kind = "Hårdvara"
		}
		f.add("Upphandling", fmt.Sprintf("Upphandling %d", i+1), set{"Dokumenttyp": kind, "Hållet": f.ago(20 + i*35), "Beslutat": f.ago(10 + i*35), "Förvaltning": units[i%len(units)].name,
			"It medverkade": yes(i%4 != 1), "Före avtal": yes(i%5 != 2), "Klassat före": yes(i%3 == 0), "Energikrav": yes(i%6 != 3)})
	}
	for _, name := range []string{"Gemensam e-arkivlösning", "Länets nätsamverkan", "Delad e-tjänsteplattform"} {
		f.add("Samverkan", name, set{"Gäller": name, "Beslutat": f.ago(700), "Läge": "Pågår"})
	}
}

func (f *followUp) meetings() {
	for month := 12; month >= 1; month-- {
		day := f.ago(month*30 - 10)
		held := day
		if month == 7 || month == 4 {
			held = ""
		}
		f.add("Möte", fmt.Sprintf("It-råd %d", 13-month), set{"Forum": "It-råd", "Planerat": day, "Hållet": held, "It på dagordningen": "Ja"})
		f.add("Möte", fmt.Sprintf("Driftmöte %d", 13-month), set{"Forum": "Driftmöte", "Planerat": f.ago(month*30 - 5), "Hållet": f.ago(month*30 - 5), "It på dagordningen": "Ja"})
		f.add("Möte", fmt.Sprintf("Ledningsgrupp %d", 13-month), set{"Forum": "Kommunens ledningsgrupp", "Hållet": f.ago(month*30 - 2), "Planerat": f.ago(month*30 - 2), "It på dagordningen": yes(month%3 == 0)})
	}
	for i, system := range []string{"Bygglov handläggning", "Löner handläggning", "Hemtjänst handläggning"} {
		for n := range 6 {
			held := f.ago(30 + n*60)
			if (i+n)%5 == 4 {
				held = ""
			}
			f.add("Möte", fmt.Sprintf("Förvaltningsmöte %s %d", system, n+1), set{"System": system, "Forum": "Systemförvaltning", "Planerat": f.ago(30 + n*60), "Hållet": held})
		}
	}
}

func (f *followUp) security() {
	for i, u := range units {
		f.add("Utbildning", "Informationssäkerhet "+u.name, set{"Gäller": "Informationssäkerhet", "Dokumenttyp": "Informationssäkerhet", "Förvaltning": u.name, "Hållet": f.ago(60 + i*15), "Genomfört": amount(u.employees * (45 + i*6) / 100), "Av": amount(u.employees)})
	}
	f.add("Utbildning", "Cybersäkerhet för ledningen", set{"Gäller": "Ledning", "Dokumenttyp": "Ledning", "Förvaltning": "Kommunledningskontoret", "Hållet": f.ago(200), "Genomfört": "9", "Av": "13"})
	f.add("Policy", "Informationssäkerhetspolicy", set{"Dokumenttyp": "Informationssäkerhetspolicy", "Beslutat": f.monthsAgo(20), "Gäller till": f.ahead(850)})
	for i, late := range []bool{false, false, true} {
		due := 100 + i*80
		held := due
		if late {
			held -= 2
		}
		f.add("Incidentanmälan", fmt.Sprintf("Anmälan %d", i+1), set{"Gäller": "Personuppgifter", "Senast": f.ago(due), "Hållet": f.ago(held)})
	}
}

// ahead is the day n days from now.
func (w *world) ahead(n int) string { return w.now.AddDate(0, 0, n).Format(time.DateOnly) }
