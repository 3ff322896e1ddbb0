package demo

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"time"
)

// Tickets of one year: 144 hundreds of counted incidents, 71 of each hundred
// solved within 24 hours.
const (
	ticketYears  = 3
	hundreds     = 144
	withinOf100  = 71
	ticketFormat = "2006-01-02 15:04:05"
)

var ticketHeader = []string{"Ärendenummer", "Typ", "Kategori", "Prioritet", "Kanal", "Kö", "Status", "Åtgärdskod", "Förvaltning", "System", "Användargrupp", "Skapad", "Bekräftad", "Första svar", "Löst", "Stängd", "Väntat på användare (min)", "Återöppnad", "Skapad av maskin"}

type ticketWriter struct {
	*world
	out *csv.Writer
	n   int
}

func (w *world) writeTickets(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	if _, err := b.WriteString("\ufeff"); err != nil {
		return errors.Join(err, f.Close())
	}
	t := &ticketWriter{world: w, out: csv.NewWriter(b)}
	t.out.Comma = ';'
	err = t.out.Write(ticketHeader)
	for y := ticketYears; y > 0 && err == nil; y-- {
		// Nothing is opened near the edges of the twelve-month window or near
		// the 24-hour edge, so the share is exact for hours after generation.
		err = t.year(w.now.AddDate(-y, 0, 0).Add(12*time.Hour), w.now.AddDate(-y+1, 0, 0).Add(-36*time.Hour), y == 1)
	}
	for range 45 {
		if err == nil {
			at := w.now.Add(-time.Duration(5+w.rnd.IntN(20*60)) * time.Minute)
			err = t.ticket(at, "Felanmälan", "", time.Duration(1+w.rnd.IntN(300))*time.Minute, 0)
		}
	}
	t.out.Flush()
	return errors.Join(err, t.out.Error(), b.Flush(), f.Close())
}

// year writes a year's tickets in the order they were opened.
func (t *ticketWriter) year(from, to time.Time, latest bool) error {
	step := to.Sub(from) / (hundreds * 100)
	for i := range hundreds * 100 {
		at := from.Add(time.Duration(i) * step).Truncate(time.Second)
		if err := t.incident(at, i%100 < withinOf100, latest && i >= (hundreds-12)*100); err != nil {
			return err
		}
		if err := t.others(at.Add(step/2).Truncate(time.Second), i); err != nil {
			return err
		}
	}
	return nil
}

// incident writes one counted incident.
func (t *ticketWriter) incident(at time.Time, within, recent bool) error {
	if within {
		took := time.Duration(10+t.rnd.IntN(23*60+50)) * time.Minute
		paused := 0
		switch t.rnd.IntN(40) {
		case 0:
			took = 24 * time.Hour
		case 1:
			paused = 60 * (1 + t.rnd.IntN(40))
			took += time.Duration(paused) * time.Minute
		}
		return t.ticket(at, "Felanmälan", "Löst", took, paused)
	}
	if recent && t.rnd.IntN(4) == 0 {
		return t.ticket(at, "Felanmälan", "", 0, 0)
	}
	return t.ticket(at, "Felanmälan", "Löst", 24*time.Hour+time.Duration(1+t.rnd.IntN(12*24*60))*time.Minute, 0)
}

// others writes what is not a counted incident: orders, requests, and
// incidents that were withdrawn, twins or made by a machine.
func (t *ticketWriter) others(at time.Time, i int) error {
	switch {
	case i%3 == 1:
		return t.ticket(at, "Beställning", "Löst", time.Duration(1+t.rnd.IntN(15*24))*time.Hour, 0)
	case i%5 == 0:
		return t.ticket(at, "Fråga", "Löst", time.Duration(1+t.rnd.IntN(90))*time.Hour, 0)
	case i%40 == 2:
		return t.ticket(at, "Felanmälan", "Makulerat", time.Hour, 0)
	case i%60 == 7:
		return t.ticket(at, "Felanmälan", "Dubblett", time.Hour, 0)
	case i%90 == 8:
		return t.ticket(at, "Ändring", "Löst", 70*time.Hour, 0)
	case i%70 == 14:
		return t.ticket(at, "Larm", "Löst", 20*time.Minute, 0)
	}
	return nil
}

// ticket writes one row. An empty code is an open ticket.
func (t *ticketWriter) ticket(at time.Time, kind, code string, took time.Duration, paused int) error {
	t.n++
	r := t.rnd
	at, took = t.outsideTwiceHour(at, took)
	unit := units[t.unitOf(r.IntN(14))]
	group, name := "Administration", unit.name
	switch unit.id {
	case "utb":
		group = "Lärare"
	case "soc":
		group = "Vård och omsorg"
	}
	if len(unit.aliases) > 0 && r.IntN(6) == 0 {
		name = unit.aliases[r.IntN(len(unit.aliases))]
	}
	category := pick(r, []string{"Behörighet", "Utskrift", "Nätverk", "Verksamhetssystem", "E-post", "Telefoni"})
	switch {
	case kind == "Beställning" && r.IntN(3) == 0:
		category = "PC"
	case kind == "Felanmälan" && r.IntN(25) == 0:
		category = "Datorhaveri"
	}
	auto, channel := "Nej", pick(r, []string{"Telefon", "Telefon", "Portal", "Portal", "Portal", "E-post", "Besök"})
	if kind == "Larm" {
		kind, auto, channel = "Felanmälan", "Ja", "Automatisk"
	}
	system := ""
	if r.IntN(3) == 0 {
		k := r.IntN(Systems)
		k = k * k / Systems // a few systems make most tickets
		system = subjects[k%len(subjects)] + " " + uses[k/len(subjects)]
	}
	response := at.Add(time.Duration(1+r.IntN(4*60)) * time.Minute)
	if took > 0 && at.Add(took).Before(response) {
		response = at.Add(took) // what is solved at once is answered by that
	}
	row := []string{fmt.Sprintf("INC%07d", t.n), kind, category, pick(r, []string{"1", "2", "3", "3", "3", "4"}), channel, pick(r, []string{"Servicedesk", "Servicedesk", "Klient", "Nät", "Applikation"}),
		"Stängt", code, name, system, group, t.stamp(at), t.stampIf(r.IntN(100) < 93, at.Add(2*time.Minute)), t.stamp(response), "", "", fmt.Sprint(paused), pick(r, []string{"0", "0", "0", "0", "0", "0", "0", "0", "1"}), auto}
	done := at.Add(took)
	switch {
	case code == "" && (took == 0 || done.After(t.now)):
		row[6], row[13] = pick(r, []string{"Nytt", "Pågår", "Pågår", "Väntar på användare"}), t.stampIf(response.Before(t.now), response)
	case code == "":
		row[6], row[7], row[14] = "Löst", "Löst", t.stamp(done)
	default:
		row[14], row[15] = t.stamp(done), t.stamp(done.Add(48*time.Hour))
		if done.After(t.now) { // it will be solved too late, and is open today
			row[6], row[7], row[14], row[15] = "Pågår", "", "", ""
		}
	}
	return t.out.Write(row)
}

// outsideTwiceHour moves a ticket away from the hour that autumn has twice: a
// local time there does not say which of the two it means.
func (t *ticketWriter) outsideTwiceHour(at time.Time, took time.Duration) (time.Time, time.Duration) {
	if t.twice(at) {
		at = at.Add(2 * time.Hour)
	}
	if took > 0 && t.twice(at.Add(took)) {
		if took > 24*time.Hour || took < 3*time.Hour {
			return at, took + 2*time.Hour
		}
		return at, took - 2*time.Hour
	}
	return at, took
}

func (t *ticketWriter) twice(at time.Time) bool {
	l := at.In(t.loc)
	return l.Add(time.Hour).Hour() == l.Hour() || l.Add(-time.Hour).Hour() == l.Hour()
}

func (t *ticketWriter) stamp(at time.Time) string { return at.In(t.loc).Format(ticketFormat) }

func (t *ticketWriter) stampIf(ok bool, at time.Time) string {
	if !ok || at.After(t.now) {
		return ""
	}
	return t.stamp(at)
}
