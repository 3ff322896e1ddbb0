package snapshot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// rekeyed returns content that has no pseudonym of the store, whoever reads it.
func (c Content) rekeyed() (Content, error) {
	if c.Pseudonyms == nil {
		return c, nil
	}
	var err error
	if c.Findings, err = anew(c.Pseudonyms, c.Findings); err != nil {
		return c, err
	}
	if c.Decided, err = anew(c.Pseudonyms, c.Decided); err != nil {
		return c, err
	}
	if c.Log, err = anew(c.Pseudonyms, c.Log); err != nil {
		return c, err
	}
	c.Rows = rekeyedRows{c.Rows, c.Pseudonyms}
	return c, nil
}

// anew makes the pseudonyms of anything anew that JSON can hold.
func anew[T any](k *seal.PseudonymKey, v T) (T, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return v, fmt.Errorf("pseudonyms: %w", err)
	}
	changed := k.Bytes(b)
	if &changed[0] == &b[0] {
		return v, nil
	}
	var out T
	if err := json.Unmarshal(changed, &out); err != nil {
		return v, fmt.Errorf("pseudonyms: %w", err)
	}
	return out, nil
}

// rekeyedRows are rows whose pseudonyms are the snapshot's own. Rows about a
// person lose what would give them away all the same: the line of the file that
// they stand on, and their order, which is that of the store's pseudonyms.
type rekeyedRows struct {
	stored
	key *seal.PseudonymKey
}

// stored are the rows as the store has them.
type stored = Rows

var lineOfFile = regexp.MustCompile(`, rad \d+$`)

// Evidence gives rows about persons sorted: those that fail first, then by unit
// and the snapshot's pseudonym. Other rows come as they are read.
func (r rekeyedRows) Evidence(ctx context.Context, kpi string, each func(finding.Row) error) error {
	var held []finding.Row
	if err := r.stored.Evidence(ctx, kpi, func(row finding.Row) error {
		id := r.key.Text(row.ID)
		person := id != row.ID
		row.ID, row.Label, row.Reason = id, r.key.Text(row.Label), r.key.Text(row.Reason)
		copied := false // the columns belong to whoever gave them
		for name, cell := range row.Columns {
			if text := r.key.Text(cell); text != cell {
				if !copied {
					row.Columns, copied = maps.Clone(row.Columns), true
				}
				row.Columns[name] = text
			}
		}
		if !person {
			return each(row)
		}
		row.Place = lineOfFile.ReplaceAllString(r.key.Text(row.Place), "")
		held = append(held, row)
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(held, func(a, b finding.Row) int {
		if a.Pass != b.Pass {
			if b.Pass {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.OrgUnit, b.OrgUnit), cmp.Compare(a.ID, b.ID))
	})
	return all(held, func(row *finding.Row) error { return each(*row) })
}

// Rows gives rows about persons sorted by the snapshot's pseudonym, after the
// others.
func (r rekeyedRows) Rows(ctx context.Context, relation string, each func(*finding.PopulationRow) error) error {
	var held []finding.PopulationRow
	if err := r.stored.Rows(ctx, relation, func(row *finding.PopulationRow) error {
		for i, cell := range row.Cells {
			row.Cells[i] = r.key.Text(cell)
		}
		id := r.key.Text(row.ID)
		if id == row.ID {
			return each(row)
		}
		held = append(held, finding.PopulationRow{ID: id, OrgUnit: row.OrgUnit, Place: lineOfFile.ReplaceAllString(r.key.Text(row.Place), ""), Cells: slices.Clone(row.Cells)})
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(held, func(a, b finding.PopulationRow) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), slices.Compare(a.Cells, b.Cells))
	})
	return all(held, each)
}

func all[T any](rows []T, each func(*T) error) error {
	for i := range rows {
		if err := each(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// pseudonymText is what LASMIG.txt says of the pseudonyms.
func pseudonymText(id string) string {
	return fmt.Sprintf(`
Personer och konton står som pseudonymer som bara finns i den här
ögonblicksbilden; de börjar med %s. Kommunen har nyckeln som leder från dem
till de egna uppgifterna, tills den förstörs. Rader om konton har inget radnummer.
`, id)
}
