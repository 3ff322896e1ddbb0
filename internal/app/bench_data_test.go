//go:build linux

package app

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

const ticketFile = "arenden.csv"

// ticketColumns are the columns of the generated export: the header, the field
// it is mapped to and the type of its column in the store.
var ticketColumns = []struct{ header, field, typ string }{
	{"Ärendenummer", "ticket_no", "TEXT"}, {"Ärendetyp", "kind", "TEXT"}, {"Kategori", "category", "TEXT"}, {"Prioritet", "priority", "TEXT"},
	{"Kanal", "channel", "TEXT"}, {"Kö", "queue", "TEXT"}, {"Status", "status", "TEXT"}, {"Förvaltning", "org_unit", "TEXT"}, {"System", "system", "TEXT"},
	{"Skapad", "opened_at", "INTEGER"}, {"Första svar", "first_response_at", "INTEGER"}, {"Löst", "resolved_at", "INTEGER"}, {"Stängd", "closed_at", "INTEGER"},
	{"Återöppnad", "reopened_count", "INTEGER"}, {"Automatiskt", "auto_created", "INTEGER"},
}

// ticketSettings map the export. It holds all history, so that rows may vanish.
func ticketSettings() map[string]any {
	columns := map[string]any{}
	for _, c := range ticketColumns {
		columns[c.field] = c.header
	}
	columns["channel"] = map[string]any{"header": "Kanal", "values": map[string]string{"Telefon": "phone", "Webb": "portal", "E-post": "mail", "Automatiskt larm": "auto"}}
	return map[string]any{"file": ticketFile, "record": "ticket", "covers": "all", "columns": columns}
}

// draws is splitmix64: each row is a pure function of its number.
type draws uint64

func (d *draws) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func (d *draws) below(n int) int         { return int(d.next() % uint64(n)) }
func (d *draws) unit() float64           { return float64(d.next()>>11) / (1 << 53) }
func (d *draws) pick(of []string) string { return of[d.below(len(of))] }

// ticketExport is a generated export: rows tickets of the five years before
// until, the first skip of them left out. changed of them are in a later state;
// shuffled is an order that has nothing to do with ids.
type ticketExport struct {
	rows, skip, changed int
	shuffled            bool
	until               time.Time
}

// ticketsUntil is when the export ends that imports are compared with.
func ticketsUntil() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, calendar.Location()) }

func writeTickets(path string, x ticketExport) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	headers := make([]string, len(ticketColumns))
	for i, c := range ticketColumns {
		headers[i] = c.header
	}
	_, err = fmt.Fprintln(w, strings.Join(headers, ","))
	for i := x.skip; err == nil && i < x.rows; i++ {
		j := i
		if x.shuffled {
			j = int(uint64(i) * 7_368_787 % uint64(x.rows)) // a prime: every number once, for rows it does not divide
		}
		_, err = fmt.Fprintln(w, strings.Join(ticketRow(j, x.rows, x.changed > 0 && j%(x.rows/x.changed) == 0, x.until), ","))
	}
	return errors.Join(err, w.Flush(), f.Close())
}

func ticketRow(i, n int, changed bool, now time.Time) []string {
	d := draws(uint64(i)*0x2545F4914F6CDD1D + 23)
	const span = 1826 * 24 * time.Hour
	opened := now.Add(-span + time.Duration(float64(span)*float64(i)/float64(n)) - time.Duration(d.below(3600))*time.Second)
	response := opened.Add(time.Duration(math.Exp(d.unit()*6+4)) * time.Second)
	resolved := response.Add(time.Duration(math.Exp(d.unit()*7+7)) * time.Second)
	closed := resolved.Add(48 * time.Hour)
	status := "Stängt"
	switch {
	case response.After(now):
		status = "Ny"
	case resolved.After(now):
		status = "Pågår"
	case closed.After(now):
		status = "Löst"
	}
	stamp := func(t time.Time) string {
		if t.After(now) {
			return ""
		}
		return t.Format("2006-01-02 15:04:05")
	}
	reopened, queue := d.below(20)/19, d.below(20)
	if changed {
		reopened, queue = reopened+1, (queue+1)%20
	}
	x := d.unit()
	return []string{
		fmt.Sprintf("INC%08d", i), d.pick([]string{"Felanmälan", "Felanmälan", "Beställning", "Fråga"}), "Kategori " + strconv.Itoa(d.below(40)), strconv.Itoa(1 + d.below(4)),
		d.pick([]string{"Telefon", "Webb", "E-post", "Automatiskt larm"}), "Kö " + strconv.Itoa(queue), status,
		"Förvaltning " + strconv.Itoa(int(30*d.unit()*d.unit())), "System " + strconv.Itoa(int(3000*x*x*x)),
		stamp(opened), stamp(response), stamp(resolved), stamp(closed), strconv.Itoa(reopened), strconv.Itoa(d.below(4) / 3),
	}
}
