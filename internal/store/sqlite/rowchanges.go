package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// RowChanges counts the records that came, changed and went after one instant
// and no later than another, by source and kind. Older lists that were read as
// history count for nothing.
func (s *Store) RowChanges(ctx context.Context, from, to time.Time) ([]store.RowChange, error) {
	var out []store.RowChange
	for i := range s.tables.list {
		of, err := s.rowChanges(ctx, &s.tables.list[i], from.Unix(), to.Unix())
		if err != nil {
			return nil, fmt.Errorf("store: row changes of %s: %w", s.tables.list[i].kind, err)
		}
		out = append(out, of...)
	}
	slices.SortStableFunc(out, func(a, b store.RowChange) int { return cmp.Compare(a.Source, b.Source) })
	return out, nil
}

func (s *Store) rowChanges(ctx context.Context, kt *kindTable, from, to int64) (out []store.RowChange, err error) {
	ended, read := "coalesce(ended_at, recorded_to)", " WHERE reconstructed = 0"
	if kt.event {
		ended, read = "recorded_to", ""
	}
	versions := fmt.Sprintf("SELECT source_no, rid, first_seen, seen_at, NULL AS gone FROM %[1]s_now WHERE seen_at > ?1"+
		" UNION ALL SELECT source_no, rid, first_seen, seen_at, CASE WHEN rid NOT IN (SELECT rid FROM %[1]s_now) THEN %[2]s END FROM %[1]s_past%[3]s", kt.kind, ended, read)
	rows, err := s.read.QueryContext(ctx, "SELECT s.name, sum(came), sum(changed), sum(went) FROM ("+
		"SELECT source_no, rid, max(first_seen > ?1 AND first_seen <= ?2) AS came,"+
		" max(seen_at > ?1 AND seen_at <= ?2 AND seen_at > first_seen AND first_seen <= ?1) AS changed,"+
		" coalesce(max(gone) > ?1 AND max(gone) <= ?2, 0) AS went FROM ("+versions+") GROUP BY source_no, rid) v"+
		" JOIN source s ON s.no = v.source_no GROUP BY s.name HAVING sum(came) + sum(changed) + sum(went) > 0", from, to)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		c := store.RowChange{Kind: kt.kind}
		if err := rows.Scan(&c.Source, &c.Added, &c.Changed, &c.Removed); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
