package sqlite

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// draws is splitmix64: each generated row is a pure function of its number.
type draws uint64

func (d *draws) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func (d *draws) below(n int) int        { return int(d.next() % uint64(n)) }
func (d *draws) unit() float64          { return float64(d.next()>>11) / (1 << 53) }
func pick(d *draws, of []string) string { return of[d.below(len(of))] }

// ticketFields are the columns of the generated export, after the id.
var ticketFields = []string{"kind", "category", "priority", "channel", "queue", "status", "org_unit", "system", "opened_at", "first_response_at", "resolved_at", "closed_at", "reopened_count", "auto_created"}

const (
	genNow = int64(1_795_000_000)
	genDay = int64(86400)
)

// genTicket makes row i of n tickets spread over five years, as text. A
// changed ticket is the same one in a later state.
func genTicket(i, n int, changed bool, row []string) []string {
	d := draws(uint64(i)*0x2545F4914F6CDD1D + 11)
	opened := genNow - 1826*genDay + int64(float64(1826*genDay)*float64(i)/float64(n)) - int64(d.below(3600))
	response := opened + int64(math.Exp(d.unit()*6+4))
	resolved := response + int64(math.Exp(d.unit()*7+7))
	closed := resolved + 2*genDay
	status := "closed"
	switch {
	case response > genNow:
		status, response, resolved, closed = "new", 0, 0, 0
	case resolved > genNow:
		status, resolved, closed = "open", 0, 0
	case closed > genNow:
		status, closed = "resolved", 0
	}
	reopened := 0
	if d.below(20) == 0 {
		reopened = 1
	}
	queue := d.below(20)
	if changed {
		queue, reopened = (queue+1)%20, reopened+1
	}
	x := d.unit()
	return append(row[:0], "INC"+fmt.Sprintf("%08d", i),
		pick(&d, []string{"incident", "incident", "request", "order"}), "kategori-"+strconv.Itoa(d.below(40)), strconv.Itoa(1+d.below(4)),
		pick(&d, []string{"phone", "portal", "mail", "auto"}), "kö-"+strconv.Itoa(queue), status,
		"Förvaltning "+strconv.Itoa(int(30*d.unit()*d.unit())), "System "+strconv.Itoa(int(3000*x*x*x)),
		stamp(opened), stamp(response), stamp(resolved), stamp(closed), strconv.Itoa(reopened), strconv.Itoa(d.below(2)*d.below(2)))
}

func stamp(t int64) string {
	if t == 0 {
		return ""
	}
	return strconv.FormatInt(t, 10)
}

// writeTickets writes the export. Every n/changes-th ticket is in its later
// state; shuffled puts the rows in an order that has nothing to do with the ids.
func writeTickets(t testing.TB, n, changes int, shuffled bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "arenden.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	w := csv.NewWriter(buf)
	check(t, w.Write(append([]string{"id"}, ticketFields...)))
	var row []string
	for i := range n {
		j := i
		if shuffled {
			j = int(uint64(i) * 7_368_787 % uint64(n)) // a prime: every number once, for n it does not divide
		}
		row = genTicket(j, n, changes > 0 && j%(n/max(changes, 1)) == 0, row)
		check(t, w.Write(row))
	}
	w.Flush()
	check(t, w.Error())
	check(t, buf.Flush())
	check(t, f.Close())
	return path
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// readTickets reads the export into a staging as a source would, in batches
// of a thousand, and returns how many rows it saw.
func readTickets(path string, out sdk.Sink) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	in := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	in.ReuseRecord = true
	if _, err := in.Read(); err != nil {
		return 0, err
	}
	schema, _ := record.Lookup(record.Ticket)
	pos := make([]int, len(ticketFields))
	for i, name := range ticketFields {
		pos[i] = schema.Index(name)
	}
	batch := make([]record.Record, 0, 1000)
	spare := make([][]record.Value, cap(batch))
	seen := int64(0)
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return seen, err
		}
		seen++
		i := len(batch)
		if spare[i] == nil {
			spare[i] = make([]record.Value, len(schema.Fields))
		}
		r := record.Record{Kind: record.Ticket, ID: row[0], Values: spare[i], Place: record.Place{Doc: "arenden.csv", Row: seen + 1}}
		for c, p := range pos {
			if r.Values[p], err = cell(schema.Fields[p].Type, row[c+1]); err != nil {
				return seen, err
			}
		}
		if batch = append(batch, r); len(batch) == cap(batch) {
			if err := out.Write(batch); err != nil {
				return seen, err
			}
			batch = batch[:0]
		}
	}
	return seen, out.Write(batch)
}

func cell(t record.Type, text string) (record.Value, error) {
	if text == "" {
		return record.Value{State: record.Blank}, nil
	}
	switch t {
	case record.Int, record.Time, record.Bool:
		n, err := strconv.ParseInt(text, 10, 64)
		return record.Value{State: record.Set, I: n}, err
	}
	return record.Value{State: record.Set, S: text}, nil
}

// ticketHeader opens a collection of the generated export.
func ticketHeader() sdk.Header {
	return sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.Ticket: ticketFields}}
}
