package diff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// mostKept is how many rows of one population are held against each other. More
// of a kind that stands by validity is no municipality's.
const mostKept = 1_000_000

// held is a row as it is held against another: its cells are one byte each.
type held struct {
	unit, place, name string
	cells             string
}

// table is the rows of one population.
type table struct {
	rows   map[string]held
	n      int
	person bool
}

// readRows reads the flags of a population's rows. What is about persons is
// counted and not kept.
func readRows(ctx context.Context, s *snapshot.Snapshot, p finding.Population, columns []string, keep bool) (table, error) {
	t := table{rows: map[string]held{}}
	cells := make([]byte, len(columns))
	err := s.Rows(ctx, p.Relation, func(r snapshot.Row) error {
		t.n++
		if !keep || t.person {
			return nil
		}
		if about(r.ID) {
			t.person, t.rows = true, nil
			return nil
		}
		if len(t.rows) >= mostKept {
			return fmt.Errorf("fler än %d rader", mostKept)
		}
		for i, c := range columns {
			cells[i] = ' '
			if v, ok := r.Cell(c); ok && v != "" {
				cells[i] = v[0]
			}
		}
		name, _ := r.Cell("name")
		t.rows[strings.Clone(r.ID)] = held{unit: strings.Clone(r.OrgUnit), place: strings.Clone(r.Place), name: strings.Clone(name), cells: string(cells)}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	return t, err
}

// about tells whether an id is a person's: a pseudonym, after its source.
func about(id string) bool {
	_, own, ok := strings.Cut(id, ":")
	return sdk.IsPseudonym(id) || ok && sdk.IsPseudonym(own)
}

// uncompared says why rows of a kind are only counted; "" where they are compared.
func uncompared(relation string) string {
	s, ok := catalogue.Relation(record.Kind(relation))
	switch {
	case ok && s.PersonBearing:
		return personal
	case ok && s.Placing == record.ByEvent:
		return "händelser kommer och går med tiden; de räknas men jämförs inte en och en"
	}
	return ""
}

const personal = "raderna gäller personer och har pseudonymer som är olika i varje ögonblicksbild; de räknas men jämförs inte en och en"

// rows finds what became of every row in one column.
func (m *Measure) rows(column int, x, y map[string]held) {
	for _, id := range keysOf(x, y) {
		was, hadRow := x[id]
		is, hasRow := y[id]
		c, d := flag(was, column), flag(is, column)
		r := Row{ID: id, Name: is.name, OrgUnit: is.unit, Place: is.place, Pass: d == '1'}
		switch {
		case c == d:
		case c == ' ':
			r.Is = !hadRow
			m.Entered = append(m.Entered, r)
		case d == ' ':
			m.Left = append(m.Left, Row{ID: id, Name: was.name, OrgUnit: was.unit, Place: was.place, Pass: c == '1', Gone: !hasRow})
		case d == '1':
			m.Gained = append(m.Gained, r)
		default:
			m.Lost = append(m.Lost, r)
		}
	}
}

func flag(h held, column int) byte {
	if column >= len(h.cells) {
		return ' '
	}
	return h.cells[column]
}

// byUnit counts the rows of each förvaltning, by name.
func (m *Measure) byUnit(units map[string]unitOf) {
	counts := map[string]*Units{}
	count := func(rows []Row, add func(*Units)) {
		for i := range rows {
			u := units[rows[i].OrgUnit].or(rows[i].OrgUnit)
			rows[i].Unit = u.name
			if counts[u.top] == nil {
				counts[u.top] = &Units{OrgUnit: u.top, Name: units[u.top].or(u.top).name}
			}
			add(counts[u.top])
		}
	}
	count(m.Gained, func(u *Units) { u.Gained++ })
	count(m.Lost, func(u *Units) { u.Lost++ })
	count(m.Entered, func(u *Units) { u.Entered++ })
	count(m.Left, func(u *Units) { u.Left++ })
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		m.Units = append(m.Units, *counts[k])
	}
	slices.SortStableFunc(m.Units, func(x, y Units) int { return cmp.Compare(wording.SortKey(x.Name), wording.SortKey(y.Name)) })
}

// lists are all rows that changed.
func (m *Measure) lists() [][]Row { return [][]Row{m.Gained, m.Lost, m.Entered, m.Left} }

// named gives the rows that changed the names that the evidence has for them.
func named(ctx context.Context, a, b *snapshot.Snapshot, columns []finding.Recompute, p *Population) error {
	names := map[string]string{}
	for i := range p.Measures {
		for _, rows := range p.Measures[i].lists() {
			for _, r := range rows {
				if r.Name == "" {
					names[r.ID] = ""
				}
			}
		}
	}
	for _, s := range []*snapshot.Snapshot{b, a} {
		for _, c := range columns {
			if !slices.Contains(slices.Collect(maps.Values(names)), "") {
				break
			}
			if err := s.Evidence(ctx, c.KPI, func(r finding.Row) error {
				if n, ok := names[r.ID]; ok && n == "" {
					names[r.ID] = r.Label
				}
				return nil
			}); err != nil {
				return err
			}
		}
	}
	for i := range p.Measures {
		for _, rows := range p.Measures[i].lists() {
			for k := range rows {
				if rows[k].Name == "" {
					rows[k].Name = cmp.Or(names[rows[k].ID], rows[k].ID)
				}
			}
			slices.SortFunc(rows, func(x, y Row) int {
				return cmp.Or(cmp.Compare(wording.SortKey(x.Unit), wording.SortKey(y.Unit)), cmp.Compare(wording.SortKey(x.Name), wording.SortKey(y.Name)), cmp.Compare(x.ID, y.ID))
			})
		}
	}
	return nil
}
