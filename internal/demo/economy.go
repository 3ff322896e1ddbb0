package demo

import "fmt"

// Turnover is that of the municipality, SEK a year.
const Turnover = 4_500_000_000

func ledgerSuppliers() []string {
	var out []string
	for i := range 97 {
		out = append(out, fmt.Sprintf("Leverantör %02d AB", i+1))
	}
	return append(append([]string{}, suppliers...), out...)
}

var costKinds = []struct {
	category, account string
	monthly           int // SEK
}{
	{"Licenser", "5420", 2_100_000}, {"Utrustning", "5410", 1_900_000}, {"Personal", "7010", 2_600_000}, {"Konsulter", "6550", 640_000},
	{"Nät", "6210", 780_000}, {"Säkerhet", "6530", 450_000}, {"Tjänster", "6540", 720_000},
}

// writeLedger writes three years of IT costs.
func (w *world) writeLedger(path string) error {
	rows := [][]string{{"Bokföringsdatum", "Förvaltning", "Belopp", "Budget", "Kostnadsslag", "Kategori", "Fördelningsmodell", "Betalare", "Leverantör", "Konto"}}
	names := ledgerSuppliers()
	for month := 36; month >= 1; month-- {
		for k, kind := range costKinds {
			for part := range 4 {
				unit := units[(month*5+k*3+part*2)%len(units)]
				sum := kind.monthly / 4 * (92 + w.rnd.IntN(17)) / 100
				budget := kind.monthly / 4
				model, payer := amount(1+(k+part)%6), "Central"
				if part > 1 {
					payer = "Förvaltning"
				}
				if w.chance(12) {
					model = ""
				}
				supplier := names[w.rnd.IntN(len(names)*(4+month/6)/10)]
				if kind.category == "Personal" {
					supplier = ""
				}
				slag := "Drift"
				if kind.category == "Utrustning" && part == 0 {
					slag = "Investering"
				}
				rows = append(rows, []string{w.monthsAgo(month - 1), unit.name, amount(sum), amount(budget), slag, kind.category, model, payer, supplier, kind.account})
			}
		}
	}
	return writeList(path, rows)
}

// writeProjects writes the portfolio: ended ones that reported and ones that
// never did, and those under way.
func (w *world) writeProjects(path string) error {
	rows := [][]string{{"Projektnamn", "Förvaltning", "Projektmodell", "Status", "Planerad start", "Planerat slut", "Startat", "Avslutat", "Slutrapport", "Redovisat i nämnd", "Budget", "Kostnad", "Nytta per år", "Driftkostnad per år", "Realiserad nytta per år", "Nyttometod", "Nytta beräknad", "Efterkalkyl"}}
	for i := range 34 {
		start, length := 300+w.rnd.IntN(750), 90+w.rnd.IntN(400)
		if i < 13 { // under way
			start, length = 30+w.rnd.IntN(200), 260+w.rnd.IntN(300)
		}
		cost := 300_000 + w.rnd.IntN(4_000_000)
		benefit := cost * (20 + w.rnd.IntN(160)) / 100
		status, ended, report, board, post, realised := "Pågår", "", "", "", "", ""
		if start > length {
			status, ended = "Avslutat", w.ago(start-length)
			if w.chance(60) {
				report = w.ago(max(1, start-length-40-w.rnd.IntN(80)))
				if w.chance(40) {
					board = w.ago(max(1, start-length-120))
				}
			}
			if w.chance(25) {
				post, realised = w.ago(max(1, start-length-200)), amount(benefit*(40+w.rnd.IntN(60))/100)
			}
		}
		method, calculated := "PENG", w.ago(start+30)
		if w.chance(45) {
			method, calculated = "Ingen", ""
		}
		rows = append(rows, []string{subjects[i%len(subjects)] + ", införande", units[w.unitOf(i*7)].name, "Egen", status, w.ago(start + 10), w.day(start - length + 30).Format("2006-01-02"), w.ago(start), ended, report, board,
			amount(cost * 95 / 100), amount(cost), amount(benefit), amount(cost / 20), realised, method, calculated, post})
	}
	return writeList(path, rows)
}
