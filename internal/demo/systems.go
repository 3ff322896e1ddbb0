package demo

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"
)

var subjects = []string{"Bygglov", "Miljötillsyn", "Skolskjuts", "Ekonomi", "Löner", "Hemtjänst", "Äldreboende", "Försörjningsstöd", "Barnomsorg", "Elevhälsa", "Bibliotek", "Kulturskola", "Fritidskort", "Föreningsbidrag", "Lokalbokning", "Vatten och avlopp", "Avfall", "Parkering", "Gatubelysning", "Fastigheter", "Larm", "Räddning", "Sotning", "Krisledning", "Diarium", "Nämndsekretariat", "Upphandling", "Avtal", "Fakturor", "Rekrytering", "Bemanning", "Rehabilitering", "Kompetens", "Kartor", "Detaljplaner", "Mark och exploatering", "Livsmedelstillsyn", "Alkohol och tobak", "Energirådgivning", "Konsumentvägledning", "Överförmyndare", "Familjerätt", "Missbruksvård", "Boendestöd", "Färdtjänst", "Måltider", "Intranät", "Kontaktcenter", "Självservice", "E-arkiv"}

var uses = []string{"handläggning", "planering", "uppföljning", "portal", "mobil", "statistik", "bokning", "signering", "dokument", "kassa"}

var suppliers = []string{"Nordsystem AB", "Kommunkod AB", "Fjällprogram AB", "Molnhuset AB", "Registerverket Data AB", "Västanvind IT AB"}

var systemHeader = []any{"Systemnamn", "Förvaltning", "Systemägare", "Systemansvarig", "Systemadministratör", "Systemförvaltare IT", "Klass", "Status", "Godkänd", "Konfidentialitet", "Riktighet", "Tillgänglighet", "Klassad", "Inloggning", "Behörighet via metakatalog", "Driftform", "Leverantör", "Förvaltningsobjekt", "Support upphör", "Driftdokumentation", "Riskanalys", "Kontinuitetsplan", "Återläsningstest", "Personuppgifter", "Biträdesavtal", "Registerförteckning", "Antal användare", "Ändrad"}

// writeSystems writes the registry as registries look: a title above the
// header, other words for "nobody", struck-through rows and a total.
func (w *world) writeSystems(path string) error {
	w.systems = w.systemRows()
	return writeRegistry(path, w.systems)
}

func writeRegistry(path string, systems [][]any) (err error) {
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	const sheet = "System"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		return err
	}
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	if err != nil {
		return err
	}
	rows := [][]any{{"Systemförteckning " + Municipality}, {"Ansvarig: IT-avdelningen. Överstrukna system är avvecklade."}, {}, systemHeader}
	rows = append(rows, systems...)
	last := len(rows)
	for i := range 12 {
		rows = append(rows, []any{fmt.Sprintf("Gammalt system %02d", i+1), units[i%len(units)].name, "", "", "", "", "Koppar", "I drift"})
	}
	rows = append(rows, []any{}, []any{"Summa", "", fmt.Sprintf("%d system", Systems)})
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := f.SetSheetRow(sheet, cell, &r); err != nil {
			return err
		}
	}
	for _, col := range []string{"M", "S", "T", "U", "V", "W", "AB"} {
		if err := f.SetCellStyle(sheet, fmt.Sprintf("%s5", col), fmt.Sprintf("%s%d", col, last), day); err != nil {
			return err
		}
	}
	if err := f.SetCellStyle(sheet, fmt.Sprintf("A%d", last+1), fmt.Sprintf("AB%d", last+12), struck); err != nil {
		return err
	}
	if err := f.SetColWidth(sheet, "A", "F", 26); err != nil {
		return err
	}
	return f.SaveAs(path)
}

func (w *world) systemRows() [][]any {
	order := w.rnd.Perm(Systems) // order[i] is the rank of system i: the first 10 are gold
	owner := w.ownerCells(order)
	managers := w.owners(60)
	rows := make([][]any, Systems)
	sso := 0
	for i := range rows {
		rank := order[i]
		tier, login := tierOf(rank), "Egen inloggning"
		switch {
		case rank < Gold+Silver && sso < WithSSO:
			login = "SSO"
			sso++
		case rank < Gold+Silver && rank%5 == 0, rank >= Gold+Silver && rank%23 == 0:
			login = "Lösenordssynk"
		case rank >= Gold+Silver && rank%17 == 0:
			login = "SSO"
		}
		classified := rank%3 != 2
		r := []any{
			subjects[i%len(subjects)] + " " + uses[i/len(subjects)], units[w.unitOf(i)].name, owner[i],
			w.some(55, managers[i%len(managers)].name), w.some(48, managers[(i*7)%len(managers)].name), w.some(35, managers[(i*3)%len(managers)].name),
			tier, pick(w.rnd, []string{"I drift", "I drift", "Drift", "i drift"}), w.some(72, "Ja"),
		}
		if classified {
			r = append(r, w.rnd.IntN(4)+1, w.rnd.IntN(4)+1, w.rnd.IntN(4)+1, w.date(30+w.rnd.IntN(900)))
		} else {
			r = append(r, nil, "?", nil, nil)
		}
		personal := w.rnd.IntN(100) < 70
		r = append(r, login, w.some(18, "Ja"), pick(w.rnd, []string{"Egen drift", "Egen drift", "Extern drift", "Molntjänst (SaaS)"}),
			pick(w.rnd, suppliers), w.some(60, fmt.Sprintf("Objekt %s", subjects[(i/4)%len(subjects)])),
			w.dateIf(40, -800+w.rnd.IntN(1400)), w.dateIf(38, w.rnd.IntN(1300)), w.dateIf(30, w.rnd.IntN(1100)), w.dateIf(22, w.rnd.IntN(1000)), w.dateIf(12, w.rnd.IntN(700)),
			yes(personal), w.some(40, "Ja"), w.some(65, "Ja"), w.rnd.IntN(900)+3, w.date(w.rnd.IntN(400)+2))
		rows[i] = r
	}
	return rows
}

func tierOf(rank int) string {
	switch {
	case rank < Gold:
		return "Guld"
	case rank < Gold+Silver:
		return "Silver"
	case rank < 200:
		return "Brons"
	}
	return "Koppar"
}

// unitOf spreads systems over the förvaltningar, the large ones having more.
func (w *world) unitOf(i int) int { return []int{0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2}[i%14] }

// ownerCells fills the owner column for 75 systems, the most critical first
// but not only, and finds the other 425 as empty as registries have them.
func (w *world) ownerCells(order []int) []string {
	people := w.owners(45)
	var gone []person
	for _, p := range w.people {
		if !p.enabled {
			gone = append(gone, p)
		}
	}
	titles := []string{"Skolchef", "IT-chef", "Enhetschef", "Förvaltningschef"}
	out := make([]string, len(order))
	for i, rank := range order {
		k := -1 // the how-manieth owned system
		if rank < 22 {
			k = rank
		} else if rank >= 60 && rank < 60+Owned-22 {
			k = rank - 60 + 22
		}
		switch {
		case k < 0:
			out[i] = []string{"", "", "Vakant", "", "ej utsedd", "?", ""}[i%7]
		case k >= Owned-6:
			out[i] = gone[k].name
		case k >= Owned-10:
			out[i] = titles[k%len(titles)]
		case k >= Owned-14:
			out[i] = []string{"Gunhild Tornérhjelm", "Sixten Wirsén", "Ragnvald Ödberg", "Signhild Ahlmark"}[k%4] // in no directory
		case k >= Owned-17:
			out[i] = people[k%len(people)].name + " / " + people[(k+1)%len(people)].name
		default:
			out[i] = people[k%len(people)].name
		}
	}
	return out
}

func (w *world) some(percent int, v string) any {
	if w.rnd.IntN(100) < percent {
		return v
	}
	return nil
}

func (w *world) date(daysAgo int) time.Time {
	d := w.day(daysAgo)
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

func (w *world) dateIf(percent, daysAgo int) any {
	if w.rnd.IntN(100) < percent {
		return w.date(daysAgo)
	}
	return nil
}

func yes(b bool) string {
	if b {
		return "Ja"
	}
	return "Nej"
}
