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
		if err := countColumn(ctx, db, fmt.Sprintf("SELECT %[1]s, count(*) FROM %[2]s_now WHERE %[1]s IN (SELECT no FROM ref WHERE id IS NULL) GROUP BY %[1]s", c.name, table), uses); err != nil {
			return err
		}
	}
	return nil
}

func countColumn(ctx context.Context, db *sql.DB, query string, uses map[int64]int64) error {
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
		uses[no] += n
	}
	return errors.Join(rows.Err(), rows.Close())
}

func sortUnmapped(names []store.UnmappedName) {
	slices.SortFunc(names, func(a, b store.UnmappedName) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name))
	})
}
