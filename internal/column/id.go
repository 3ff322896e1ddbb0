package column

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// WholeRow is the setting that makes an id of the whole row.
const WholeRow = "*"

// IDColumns settles which columns identify a row: those of the setting, else
// the column of "ticket_no" or "name". Each has its alternatives. whole says
// that the id is made of the whole row.
func IDColumns(setting []string, specs map[string]Spec) (columns [][]string, whole bool, ps []sdk.Problem) {
	if slices.Contains(setting, WholeRow) {
		if len(setting) > 1 {
			ps = append(ps, sdk.Problem{Field: "id", Message: "”*” betyder hela raden och står ensam."})
		}
		return nil, true, ps
	}
	for _, h := range setting {
		columns = append(columns, []string{h})
	}
	for _, name := range []string{"ticket_no", "name"} {
		if s, ok := specs[name]; ok && len(columns) == 0 && len(s.Header) > 0 {
			columns = [][]string{s.Header}
		}
	}
	if len(columns) == 0 && len(specs) > 0 {
		ps = append(ps, sdk.Problem{Field: "id", Message: "Ange vilken kolumn som skiljer raderna åt, eller ”*” för hela raden."})
	}
	return columns, false, ps
}

// maxIDs bounds how many ids are remembered to find those that stand twice.
const maxIDs = 500_000

// IDs makes the ids of rows, and finds those that stand twice. It is not safe
// for concurrent use.
type IDs struct {
	plan   *Plan
	copies map[[16]byte]int    // of ids made from the whole row
	seen   map[[16]byte]placed // of kinds that hold by validity
}

// placed is an id as it was first written, and where it stood last.
type placed struct {
	id    string
	place record.Place
}

// IDs makes the ids of one reading.
func (p *Plan) IDs() *IDs {
	d := &IDs{plan: p, copies: make(map[[16]byte]int)}
	if p.Event < 0 {
		d.seen = make(map[[16]byte]placed)
	}
	return d
}

// Of makes an id of the cells that identify a row, joined by "|"; of a kind
// about persons it is a pseudonym. missing is the cell that is empty, or -1.
func (d *IDs) Of(cells []Cell) (id string, missing int) {
	var b strings.Builder
	for i := range cells {
		t := oneLine(cells[i].text(false))
		if cells[i].Type == Fault || cells[i].Type == Garbled || d.plan.nulls.Is(t) {
			return "", i
		}
		if len(cells) == 1 {
			return d.person(t), -1
		}
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(t)
	}
	return d.person(b.String()), -1
}

func (d *IDs) person(id string) string {
	if d.plan.Schema.PersonBearing {
		return d.plan.people.Of(id)
	}
	return id
}

// Whole makes an id of everything that is read of a row. Rows that are alike
// are counted apart.
func (d *IDs) Whole(texts func(yield func(string) bool)) string {
	sum := sha256.New()
	for t := range texts {
		sum.Write([]byte(t + "\x1f")) // a hash never fails
	}
	key := [16]byte(sum.Sum(nil))
	d.copies[key]++
	return fmt.Sprintf("%s-%d", hex.EncodeToString(key[:]), d.copies[key])
}

// Twice tells whether a record's id has been seen before, and where, and gives
// it the id as it was first written: "Treserva" and "treserva" are one system.
// Of events it is always false: there the last row holds, and nothing is told.
func (d *IDs) Twice(rec *record.Record) (before record.Place, twice bool) {
	if d.seen == nil {
		return record.Place{}, false
	}
	sum := sha256.Sum256([]byte(strings.ToLower(rec.ID)))
	key := [16]byte(sum[:])
	first, twice := d.seen[key]
	if twice {
		rec.ID = first.id
	}
	if twice || len(d.seen) < maxIDs {
		d.seen[key] = placed{rec.ID, rec.Place}
	}
	return first.place, twice
}
