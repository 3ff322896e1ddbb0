package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// generation returns a number that grows whenever a source's records are
// written; 0 for a source never seen.
func (s *Store) generation(ctx context.Context, source string) (int64, error) {
	var g int64
	err := s.read.QueryRowContext(ctx, "SELECT generation FROM source WHERE name = ?", source).Scan(&g)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return g, translate(err)
}

// loadKnown reads the hashes of a source's present records. A source that has
// the table to itself is read in storage order, another by its keys.
func (s *Store) loadKnown(ctx context.Context, kt *kindTable, source string, set *known) error {
	low, high := source+":", source+";"
	var others bool
	q := fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %[1]s_now WHERE rid < ?) OR EXISTS (SELECT 1 FROM %[1]s_now WHERE rid >= ?)", kt.kind)
	if err := s.read.QueryRowContext(ctx, q, low, high).Scan(&others); err != nil {
		return err
	}
	q = fmt.Sprintf("SELECT no, rid, hash FROM %s_now", kt.kind)
	var args []any
	if others {
		q, args = q+" WHERE rid >= ? AND rid < ?", []any{low, high}
	} else {
		var n int64
		if err := s.read.QueryRowContext(ctx, fmt.Sprintf("SELECT coalesce(max(no), 0) FROM %s_now", kt.kind)).Scan(&n); err != nil {
			return err
		}
		set.reserve(n)
	}
	rows, err := s.read.QueryContext(ctx, q, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var no, hash int64
	var rid sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&no, &rid, &hash); err != nil {
			return err
		}
		set.add(xxhash.Sum64(rid[len(low):]), uint64(hash), uint32(no))
	}
	return errors.Join(rows.Err(), rows.Close())
}
