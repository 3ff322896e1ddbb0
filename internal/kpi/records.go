package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Records are records of one time that were read from elsewhere than a store,
// such as the populations of a snapshot, in a database of their own in memory.
// They are filled, then ready, then read by an engine. Not safe for use by
// several at once until they are ready.
type Records struct {
	*memory
	columns map[string][]string // of every relation that was filled
}

// OpenRecords makes room for records. Close ends it.
func OpenRecords(ctx context.Context) (*Records, error) {
	m, err := openMemory(ctx)
	if err != nil {
		return nil, fmt.Errorf("kpi: records: %w", err)
	}
	return &Records{memory: m, columns: map[string][]string{}}, nil
}

// Close forgets the records.
func (r *Records) Close() error { return r.db.Close() }

// Fill adds the rows of a relation. Columns that no relation of that name has
// are left out, so that no name from elsewhere becomes SQL; it is false where
// there is no such relation. rows is called once, with a function that takes the
// cells of a row; an empty cell is NULL.
func (r *Records) Fill(ctx context.Context, relation string, columns []string, rows func(add func(cells []string) error) error) (ok bool, err error) {
	known := r.known(ctx, relation)
	var names []string
	var at []int
	for i, c := range columns {
		if slices.Contains(known, c) && !slices.Contains(names, c) {
			names, at = append(names, c), append(at, i)
		}
	}
	if len(names) == 0 {
		return false, nil
	}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("kpi: records: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO `+relation+` ("`+strings.Join(names, `", "`)+`") VALUES (?`+strings.Repeat(", ?", len(names)-1)+`)`)
	if err != nil {
		return false, fmt.Errorf("kpi: records: %w", err)
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	args := make([]any, len(names))
	err = rows(func(cells []string) error {
		for i, n := range at {
			args[i] = nil
			if cells[n] != "" {
				args[i] = cells[n]
			}
		}
		_, err := insert.ExecContext(ctx, args...)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("kpi: records: %s: %w", relation, err)
	}
	r.columns[relation] = append(r.columns[relation], names...)
	return true, tx.Commit()
}

// known are the columns of a relation, none where there is no such relation.
func (r *Records) known(ctx context.Context, relation string) []string {
	if relation == "calendar" {
		return []string{"day_start", "open_from", "open_to", "cumulative"}
	}
	fields, ok := relationSchema(relation)
	kind := record.Kind(relation)
	if !ok || kind == catalogue.SourceStateRelation || kind == catalogue.WaiverRelation {
		return nil
	}
	out := []string{"parent"}
	if _, isKind := record.Lookup(kind); isKind {
		out = []string{"id", "source", "source_id", "place", "seen_at"}
	} else if slices.Contains(catalogue.StoredRelations(), kind) {
		out = []string{"id", "place"}
	}
	for _, f := range fields {
		out = append(out, f.Name)
		if f.Type == record.Ref {
			out = append(out, f.Name+"_raw")
		}
	}
	return out
}

// Ready says which sources fed the records and ends the filling: from now on
// nothing can be written. A field that no source mapped, or whose column is not
// there, is missing.
func (r *Records) Ready(ctx context.Context, sources []store.SourceState) error {
	r.sources = sources
	for _, s := range sources {
		for kind, fields := range s.Mapped {
			for _, f := range fields {
				if !r.has(kind, f) {
					continue
				}
				if r.mapped[kind] == nil {
					r.mapped[kind] = map[string]bool{}
				}
				r.mapped[kind][f] = true
			}
		}
	}
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("kpi: records: %w", err)
	}
	return errors.Join(protect(ctx, conn), conn.Close())
}

// has tells whether the column of a mapped field is there: "tier", a list
// ("role"), rows of it ("role:owner") or a field of it ("role.fte").
func (r *Records) has(kind record.Kind, field string) bool {
	if slices.Contains(r.columns[string(kind)], field) {
		return true
	}
	list, part, ofList := strings.Cut(field, ".")
	if !ofList {
		list, _, _ = strings.Cut(field, ":")
	}
	have, ok := r.columns[string(kind)+"_"+list]
	return ok && (!ofList || slices.Contains(have, part))
}

// protect keeps a connection from writing and from other files.
func protect(ctx context.Context, conn *sql.Conn) error {
	for id, limit := range map[int]int{sqlite3.SQLITE_LIMIT_ATTACHED: 0, sqlite3.SQLITE_LIMIT_LENGTH: 16 << 20, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20} {
		if _, err := sqlitedriver.Limit(conn, id, limit); err != nil {
			return fmt.Errorf("kpi: records: %w", err)
		}
	}
	for _, p := range []string{"PRAGMA trusted_schema = 0", "PRAGMA query_only = 1"} {
		if _, err := conn.ExecContext(ctx, p); err != nil {
			return fmt.Errorf("kpi: records: %w", err)
		}
	}
	return nil
}
