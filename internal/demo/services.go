package demo

import "fmt"

var itServices = []string{"Dator", "Mobiltelefon", "Användarkonto", "E-post", "Trådlöst nät", "Utskrift", "Mötesrum", "Lagring", "Fjärranslutning", "Programpaket", "Systemdrift", "Nätanslutning"}

var eServices = []string{"Bygglov", "Skolval", "Förskoleplats", "Parkeringstillstånd", "Serveringstillstånd", "Lokalbokning", "Felanmälan gata", "Bidrag till förening", "Kulturskola", "Färdtjänst", "Bostadsanpassning", "Ekonomiskt bistånd", "Avfall", "Vattenanslutning", "Miljötillsyn", "Livsmedel", "Grävtillstånd", "Skolskjuts", "Modersmål", "Synpunkter"}

// writeServices writes the service catalogue, the e-services and what could
// become one.
func (w *world) writeServices(path string) error {
	rows := [][]string{{"Namn", "Slag", "Förvaltning", "I bruk", "Lämplig som e-tjänst", "Egen", "Beställd", "Lanserad", "Omfattning", "Så beställs den", "Ledtid timmar", "Så anmäls fel", "Svarstid timmar", "Pris", "Så sägs den upp", "E-legitimation", "Automatiserad", "Förifylld", "Integrerat system", "Process kartlagd", "Nytta analyserad", "Digitala ärenden", "Alla ärenden", "Utvecklingskostnad", "Driftkostnad", "Kanaler"}}
	blank := func(n int) []string { return make([]string, n) }
	for i, name := range itServices {
		answers := []string{"Se tjänstekatalogen", "I portalen", amount(8 + 16*(i%4)), "Till servicedesk", amount(4 + i%3*4), amount(90 + 45*i), "I portalen"}
		if i%4 == 3 {
			answers[i%7] = ""
		}
		rows = append(rows, append(append(append([]string{name, "IT-tjänst", "IT-avdelningen", "Ja", "", "Ja", "", ""}, answers...), blank(10)...), ""))
	}
	for i := range 50 {
		name := eServices[i%len(eServices)]
		if i >= len(eServices) {
			name += fmt.Sprintf(", anmälan %d", i/len(eServices)+1)
		}
		total := 120 + w.rnd.IntN(2400)
		launched := 100 + w.rnd.IntN(1600)
		channels := "webb"
		if w.chance(15) {
			channels = "webb, app"
		}
		system := ""
		if w.chance(30) {
			system = subjects[i%len(subjects)] + " " + uses[0]
		}
		rows = append(rows, append(append([]string{name, "E-tjänst", units[w.unitOf(i)].name, "Ja", "Ja", yes(i < 30), w.ago(launched + 25 + w.rnd.IntN(40)), w.ago(launched)}, blank(7)...),
			yes(w.chance(92)), yes(w.chance(20)), yes(w.chance(70)), system, yes(w.chance(85)), yes(w.chance(75)),
			amount(total*(35+w.rnd.IntN(60))/100), amount(total), amount(30_000+w.rnd.IntN(220_000)), amount(12_000+w.rnd.IntN(16_000)), channels))
	}
	for i := range 35 {
		total := 40 + w.rnd.IntN(600)
		rows = append(rows, append(append([]string{fmt.Sprintf("Blankett %02d", i+1), "Blankett", units[w.unitOf(i*3)].name, "Ja", yes(w.chance(70)), "", "", ""}, blank(7)...),
			"", "", "", "", "", "", "0", amount(total), "", "", ""))
	}
	for i, name := range []string{"Luftkvalitet", "Lekplatser", "Badplatser", "Parkeringar", "Cykelvägar", "Leverantörsfakturor"} {
		rows = append(rows, append([]string{name, "Öppna data", units[w.unitOf(i*2)].name, "Ja", "", "Ja", "", w.ago(200 + i*150)}, blank(18)...))
	}
	return writeList(path, rows)
}
