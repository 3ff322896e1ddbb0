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

// countUses adds how many present rows of a table use each unresolved name.
func countUses(ctx context.Context, db *sql.DB, table string, cols []column, uses map[int64]int64) error {
	for _, c := range cols {
		if c.scheme == "" {
			continue
		}
		rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT %[1]s, count(*) FROM %[2]s_now WHERE %[1]s IN (SELECT no FROM ref WHERE id IS NULL) GROUP BY %[1]s", c.name, table))
		if err != nil {
			return err
		}
		for rows.Next() {
			var no, n int64
			if err := rows.Scan(&no, &n); err != nil {
				return errors.Join(err, rows.Close())
			}
			uses[no] += n
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

func sortUnmapped(names []store.UnmappedName) {
	slices.SortFunc(names, func(a, b store.UnmappedName) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name))
	})
}
