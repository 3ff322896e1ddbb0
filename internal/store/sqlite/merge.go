package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// merge rebuilds the relation of a kind that several sources describe: per
// field the value of the source with the lowest precedence that has one, per
// list the rows of the first source that has any. Other names of a system are
// taken from all.
func (s *Store) merge(ctx context.Context, tx *sql.Tx, kt *kindTable, settings []store.Identity) error {
	order, err := mergeRows(ctx, tx, kt)
	if err != nil {
		return fmt.Errorf("merge %s: %w", kt.kind, err)
	}
	if kt.kind == schemeOrgUnit {
		if err := addSettingUnits(ctx, tx, settings); err != nil {
			return fmt.Errorf("merge %s: %w", kt.kind, err)
		}
	}
	for i := range kt.children {
		if err := mergeList(ctx, tx, kt, &kt.children[i], order); err != nil {
			return fmt.Errorf("merge %s: %w", kt.children[i].name, err)
		}
	}
	return nil
}

// contributor is one record behind an identity.
type contributor struct{ rid, id string }

// mergeRows merges the fields and returns the records behind them, the most
// trusted first. What only supplementing sources describe is nothing of its own;
// of what they complete, the name and the place are an owner's.
func mergeRows(ctx context.Context, tx *sql.Tx, kt *kindTable) ([]contributor, error) {
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s", kt.kind)); err != nil {
		return nil, err
	}
	q := fmt.Sprintf("SELECT %[5]s AS supplements, t.rid, %[1]s AS source_id, t.id, s.name AS source, %[2]s AS place, t.seen_at, %[3]s FROM %[4]s_now t JOIN source s ON s.no = t.source_no WHERE t.id IS NOT NULL ORDER BY s.precedence, supplements, s.name, t.rid",
		sourceIDExpr, placeExpr, strings.Join(fieldColumns(kt.columns), ", "), kt.kind, supplementsOf(kt, "t"))
	rows, err := tx.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	const front, head = 2, 7 // supplements, rid | source_id, id, source, place, seen_at
	var all []contributor
	merged, owners := map[string][]any{}, map[string][]any{}
	var ids []string
	for rows.Next() {
		row, err := scanAny(rows, len(cols))
		if err != nil {
			return nil, err
		}
		id := fmt.Sprint(row[3])
		all = append(all, contributor{fmt.Sprint(row[1]), id})
		if owners[id] == nil && row[0] == int64(0) {
			owners[id] = slices.Clone(row)
		}
		old, ok := merged[id]
		if !ok {
			merged[id] = row
			ids = append(ids, id)
			continue
		}
		fillIn(kt, old[head:], row[head:])
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(cols))
	for _, c := range cols[front:] {
		names = append(names, quote(c))
	}
	insert, err := tx.PrepareContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", kt.kind, strings.Join(names, ", "), marks(len(names))))
	if err != nil {
		return nil, err
	}
	defer insert.Close()
	name := slices.Index(cols, "name")
	for _, id := range ids {
		row, owner := merged[id], owners[id]
		if owner == nil {
			continue
		}
		copy(row[:head], owner[:head])
		if owner[name] != nil {
			row[name] = owner[name]
		}
		if _, err := insert.ExecContext(ctx, row[front:]...); err != nil {
			return nil, err
		}
	}
	order := slices.DeleteFunc(all, func(c contributor) bool { return owners[c.id] == nil })
	return order, insert.Close()
}

// fillIn takes over what the more trusted row leaves blank. A reference and
// the word it came from stay together.
func fillIn(kt *kindTable, row, other []any) {
	i := 0
	for _, c := range kt.columns {
		if c.scheme == "" {
			if row[i] == nil {
				row[i] = other[i]
			}
			i++
			continue
		}
		if row[i+1] == nil {
			row[i], row[i+1] = other[i], other[i+1]
		}
		i += 2
	}
}

func scanAny(rows *sql.Rows, n int) ([]any, error) {
	row := make([]any, n)
	ptrs := make([]any, n)
	for i := range row {
		ptrs[i] = &row[i]
	}
	return row, rows.Scan(ptrs...)
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// addSettingUnits adds the org units that only the settings know, so that they
// have a name and a place in the tree, and fills in a parent that no record gives.
func addSettingUnits(ctx context.Context, tx *sql.Tx, settings []store.Identity) error {
	for _, id := range settings {
		if id.Scheme != schemeOrgUnit {
			continue
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO org_unit (id, source, source_id, seen_at, name, kind, parent, parent_raw, succeeded_by, succeeded_by_raw) VALUES (?, '', ?, 0, ?, ?, ?, ?, ?, ?)"+
			" ON CONFLICT (id) DO UPDATE SET name = coalesce(name, excluded.name), kind = coalesce(kind, excluded.kind), parent = coalesce(parent, excluded.parent), parent_raw = coalesce(parent_raw, excluded.parent_raw), succeeded_by = coalesce(succeeded_by, excluded.succeeded_by)",
			id.ID, id.ID, id.Name, blank(id.Kind), blank(id.Parent), blank(id.Parent), blank(id.Successor), blank(id.Successor)); err != nil {
			return err
		}
	}
	return nil
}

// mergeList rebuilds one child relation. Contributors come most trusted first.
func mergeList(ctx context.Context, tx *sql.Tx, kt *kindTable, ct *childTable, order []contributor) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+ct.name); err != nil {
		return err
	}
	union := ct.name == "system_alias"
	fields := fieldColumns(ct.columns)
	targets := make([]string, 0, len(fields))
	for _, c := range ct.columns {
		targets = append(targets, quote(c.field.Name))
		if c.scheme != "" {
			targets = append(targets, c.field.Name+"_raw")
		}
	}
	has, err := ridsOf(ctx, tx, ct)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, fmt.Sprintf("INSERT INTO %s (parent, pos, seen_at, %s) SELECT ?, t.pos + ?, t.seen_at, %s FROM %s_now t WHERE t.rid = ?",
		ct.name, strings.Join(targets, ", "), strings.Join(fields, ", "), ct.name))
	if err != nil {
		return err
	}
	defer insert.Close()
	const span = 1 << 20 // positions of one contributor
	done := map[string]int{}
	for _, c := range order {
		if !has[c.rid] || (done[c.id] > 0 && !union) {
			continue
		}
		if _, err := insert.ExecContext(ctx, c.id, done[c.id]*span, c.rid); err != nil {
			return err
		}
		done[c.id]++
	}
	return insert.Close()
}

func ridsOf(ctx context.Context, tx *sql.Tx, ct *childTable) (map[string]bool, error) {
	rows, err := tx.QueryContext(ctx, "SELECT DISTINCT rid FROM "+ct.name+"_now")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var rid string
		if err := rows.Scan(&rid); err != nil {
			return nil, err
		}
		out[rid] = true
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
