package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// A supplementing source (sdk.Header.Supplements) describes systems that the
// registry owns. Its records stand in system_now like others, with the identity
// that their words lead to, or none. They complete the merged relation only
// where a record of an owning source has that identity; the others stand in
// the relation name_seen.

// nameSeenRelation names it.
const nameSeenRelation = "name_seen"

// supplementsOf is the condition that a row's source supplements a kind.
func supplementsOf(kt *kindTable, alias string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM supplement p WHERE p.source_no = %s.source_no AND p.kind = '%s')", alias, kt.kind)
}

// nameSeenView shows the present records of supplementing sources that are no
// system of the registry.
func nameSeenView() string {
	return "CREATE VIEW name_seen AS " + nameSeen("system_now", "SELECT s.id FROM system s") + ";\n"
}

// nameSeen selects the relation name_seen from records of systems and the ids
// that the registry has.
func nameSeen(records, owned string) string {
	return fmt.Sprintf("SELECT t.rid AS id, %s AS source, %s AS source_id, %s AS place, t.seen_at, t.name, p.label AS kind, %s AS org_unit, %s AS org_unit_raw"+
		" FROM %s t JOIN supplement p ON p.source_no = t.source_no AND p.kind = 'system' WHERE t.name IS NOT NULL AND (t.id IS NULL OR t.id NOT IN (%s))",
		sourceExpr, sourceIDExpr, placeExpr, "(SELECT r.id FROM ref r WHERE r.no = t.org_unit_ref)", "(SELECT r.raw FROM ref r WHERE r.no = t.org_unit_ref)", records, owned)
}

// noteSupplements keeps which kinds the source supplements. Where that changes,
// every identity is assigned anew.
func (w *writer) noteSupplements(now map[record.Kind]string) error {
	was, err := supplementLabels(w, "WHERE source_no = ?", w.sourceNo)
	if err != nil || maps.Equal(was[w.sourceNo], now) {
		return err
	}
	if err := w.exec("DELETE FROM supplement WHERE source_no = ?", w.sourceNo); err != nil {
		return err
	}
	for k, label := range now {
		if err := w.exec("INSERT INTO supplement (source_no, kind, label) VALUES (?, ?, ?)", w.sourceNo, string(k), label); err != nil {
			return err
		}
	}
	w.named = true
	w.touched[record.System] = true
	return nil
}

// supplementLabels reads the labels by source and kind.
func supplementLabels(w *writer, where string, args ...any) (map[int64]map[record.Kind]string, error) {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT source_no, kind, label FROM supplement "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return scanSupplements(rows)
}

func scanSupplements(rows *sql.Rows) (map[int64]map[record.Kind]string, error) {
	out := map[int64]map[record.Kind]string{}
	for rows.Next() {
		var no int64
		var kind, label string
		if err := rows.Scan(&no, &kind, &label); err != nil {
			return nil, err
		}
		if out[no] == nil {
			out[no] = map[record.Kind]string{}
		}
		out[no][record.Kind(kind)] = label
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// unmappedSupplements are the names of name_seen with how many records bear each.
func unmappedSupplements(rows *sql.Rows) ([]store.UnmappedName, error) {
	var out []store.UnmappedName
	for rows.Next() {
		u := store.UnmappedName{Scheme: schemeSystem}
		if err := rows.Scan(&u.Source, &u.Name, &u.Kind, &u.Records); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
