package demo

import (
	"fmt"
	"time"
)

// writeSurveys writes answers as they come back, added up: customers, users of
// systems, and the auditors' view of how each department governs IT.
func (w *world) writeSurveys(path string) error {
	rows := [][]string{{"Undersökning", "Version", "Område", "Gäller", "Förvaltning", "System", "Datum", "Period", "Bedömare", "Poäng", "Lägst", "Högst", "Antal svar"}}
	year := w.now.Year()
	for back := 2; back >= 0; back-- {
		for i, u := range units[:8] {
			rows = append(rows, []string{"nki", "Egen", "", "", u.name, "", w.ago(60 + back*365), fmt.Sprint(year - back), "", amount(66 + i + 2*(2-back)), "0", "100", amount(9 + i*11)})
		}
	}
	for i := range 60 {
		rows = append(rows, []string{"system_survey", "Egen", "", "", "", subjects[i%len(subjects)] + " " + uses[i/len(subjects)], w.ago(100), fmt.Sprint(year), "", fmt.Sprintf("%d,%d", 3+w.rnd.IntN(2), w.rnd.IntN(10)), "1", "5", amount(6 + w.rnd.IntN(60))})
	}
	for i, u := range units[:6] {
		for k, area := range []string{"Strategi", "Organisation", "Processer", "Kompetens", "Information", "Teknik", "Leverantörer", "Uppföljning"} {
			score := amount((i+k)%4 + k%2)
			if (i+k)%7 == 6 {
				score = ""
			}
			rows = append(rows, []string{"kpmg_it_governance", "2022", area, "", u.name, "", w.ago(300), fmt.Sprint(year), "Kommunrevisionen", score, "0", "4", ""})
		}
	}
	return writeList(path, rows)
}

// writeDisruptions writes two years of breaks in the network: short ones that come
// and go at the fire station, planned work at night, one long at a school, and
// one at another school that goes on.
func (w *world) writeDisruptions(path string) error {
	rows := [][]string{{"Id", "Störningstyp", "Avbrott från", "Avbrott till", "Plats", "Förvaltning", "Planerat", "Orsak", "Antal berörda", "Öppet"}}
	add := func(days, hour, minute, length int, kind, site, unit, planned, cause string, users int) {
		at := w.day(days)
		open := "" // the working time
		if site == "Brandstationen" || site == "Lindens äldreboende" {
			open = "Dygnet runt"
		}
		start := time.Date(at.Year(), at.Month(), at.Day(), hour, minute, 0, 0, w.loc)
		rows = append(rows, []string{fmt.Sprintf("S%03d", len(rows)), kind, start.Format(ticketFormat), start.Add(time.Duration(length) * time.Minute).Format(ticketFormat), site, unit, planned, cause, amount(users), open})
	}
	add(40, 9, 38, 41, "Störning", "Centralskolan", "Utbildningsförvaltningen", "Nej", "fiberbrott", 60)
	for n := range 3 {
		add(40, 13, 5+n*15, 6, "Störning", "Brandstationen", "Räddningstjänsten", "Nej", "okänd", 24)
	}
	sites := []struct {
		name, unit string
		users      int
	}{{"Stadshuset", "Kommunledningskontoret", 310}, {"Skola 04", "Utbildningsförvaltningen", 45}, {"Skola 17", "Utbildningsförvaltningen", 38}, {"Lindens äldreboende", "Socialförvaltningen", 52}, {"Brandstationen", "Räddningstjänsten", 24}, {"Badhuset", "Kultur- och fritidsförvaltningen", 14}}
	for i := range 22 {
		s := sites[w.rnd.IntN(len(sites))]
		add(8+i*16, 7+w.rnd.IntN(10), w.rnd.IntN(60), 4+w.rnd.IntN(45), "Störning", s.name, s.unit, "Nej", pick(w.rnd, []string{"strömavbrott", "utrustningsfel", "leverantör", "okänd", "felkonfiguration"}), s.users)
	}
	for i := range 6 {
		s := sites[i]
		add(20+i*55, 22, 0, 120, "Störning", s.name, s.unit, "Ja", "planerat arbete", s.users)
	}
	for i := range 24 { // the year before, so that there is something to compare with
		s := sites[i*5%len(sites)]
		add(372+i*16, 7+i*7%10, i*13%60, 6+i*11%60, "Störning", s.name, s.unit, "Nej", []string{"utrustningsfel", "leverantör", "strömavbrott"}[i%3], s.users)
	}
	rows = append(rows, []string{fmt.Sprintf("S%03d", len(rows)), "Störning", w.now.Add(-38 * time.Minute).Format(ticketFormat), "", "Skola 04", "Utbildningsförvaltningen", "Nej", "felsökning pågår", amount(45), ""})
	return writeList(path, rows)
}

// writeUnits writes how many work where, and who holds the roles that must be held.
func (w *world) writeUnits(path string) error {
	rows := [][]string{{"Enhet", "Slag", "Antal anställda", "Omsättning", "Informationssäkerhetssamordnare", "Dataskyddsombud"}}
	total := 0
	for i, u := range units {
		total += u.employees
		security, officer := "Informationssäkerhetssamordnare", "Dataskyddsombud"
		if i%4 == 3 {
			security = "Vakant"
		}
		if i%3 == 2 {
			officer = "Vakant"
		}
		rows = append(rows, []string{u.name, "Förvaltning", amount(u.employees), "", security, officer})
	}
	return writeList(path, append(rows, []string{Municipality, "Kommun", amount(total), amount(Turnover), "Säkerhetschef", "Dataskyddsombud"}))
}
