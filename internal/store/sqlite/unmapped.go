package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// nameUse is how many rows use a name, in all and by relation.
type nameUse struct {
	records int64
	in      map[string]int64
}

// most names the relation with the most rows of the name.
func (u *nameUse) most() string {
	best := ""
	for rel, n := range u.in {
		if best == "" || n > u.in[best] || n == u.in[best] && rel < best {
			best = rel
		}
	}
	return best
}

// countUses adds how many present rows of a table use each unresolved name.
func countUses(ctx context.Context, db *sql.DB, table string, cols []column, uses map[int64]*nameUse) error {
	for _, c := range cols {
		if c.scheme == "" {
			continue
		}
		if err := countColumn(ctx, db, fmt.Sprintf("SELECT %[1]s, count(*) FROM %[2]s_now WHERE %[1]s IN (SELECT no FROM ref WHERE id IS NULL) GROUP BY %[1]s", c.name, table), table, uses); err != nil {
			return err
		}
	}
	return nil
}

func countColumn(ctx context.Context, db *sql.DB, query, table string, uses map[int64]*nameUse) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var no, n int64
		if err := rows.Scan(&no, &n); err != nil {
			return err
		}
		if uses[no] == nil {
			uses[no] = &nameUse{in: map[string]int64{}}
		}
		uses[no].records += n
		uses[no].in[table] += n
	}
	return errors.Join(rows.Err(), rows.Close())
}

func sortUnmapped(names []store.UnmappedName) {
	slices.SortFunc(names, func(a, b store.UnmappedName) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name))
	})
}
