package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// personRows reads the present and the closed versions of a kind, or of one of
// its lists, that a condition on alias t chooses.
func (s *Store) personRows(ctx context.Context, kt *kindTable, ct *childTable, cond string, args ...any) ([]store.PersonRow, error) {
	name, columns, list := string(kt.kind), kt.columns, ""
	if ct != nil {
		name, columns, list = ct.name, ct.columns, strings.TrimPrefix(ct.name, string(kt.kind)+"_")
	}
	place, title := "NULL", "NULL"
	if ct == nil {
		place = placeExpr
	}
	if !kt.schema.PersonBearing && kt.schema.Index("name") >= 0 {
		title = fmt.Sprintf("coalesce((SELECT n.name FROM %[1]s_now n WHERE n.rid = t.rid), (SELECT max(n.name) FROM %[1]s_past n WHERE n.rid = t.rid))", kt.kind)
	}
	began := "NULL"
	if !kt.event {
		began = "t.valid_from"
	}
	var values []string
	for _, c := range columns {
		if c.scheme != "" {
			values = append(values, refExpr(c, "raw"))
		} else {
			values = append(values, "t."+quote(c.name))
		}
	}
	head := fmt.Sprintf("SELECT t.rid, %s, %s, t.seen_at, %s", title, place, began)
	ends := "NULL, NULL, t.recorded_to, 0"
	if !kt.event {
		ends = "t.valid_to, t.ended_at, t.recorded_to, t.reconstructed"
	}
	var out []store.PersonRow
	for _, version := range []struct{ table, ends string }{{name + "_now", "NULL, NULL, NULL, 0"}, {name + "_past", ends}} {
		text := fmt.Sprintf("%s, %s, %s FROM %s t WHERE %s", head, version.ends, strings.Join(values, ", "), version.table, cond)
		found, err := s.personVersions(ctx, columns, text, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			r.Kind, r.List, r.Present = kt.kind, list, strings.HasSuffix(version.table, "_now")
			out = append(out, r)
		}
	}
	return out, nil
}

// personVersions reads the versions that a statement gives.
func (s *Store) personVersions(ctx context.Context, columns []column, text string, args ...any) ([]store.PersonRow, error) {
	rows, err := s.read.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.PersonRow
	for rows.Next() {
		row, err := scanAny(rows, personHead+len(columns))
		if err != nil {
			return nil, err
		}
		out = append(out, personRow(row, columns))
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// personHead is how many columns come before the fields.
const personHead = 9

func personRow(row []any, columns []column) store.PersonRow {
	r := store.PersonRow{
		Record: textOf(row[0]), Title: textOf(row[1]), Place: textOf(row[2]), Seen: instantOf(row[3]), From: instantOf(row[4]),
		To: instantOf(row[5]), Ended: instantOf(row[6]), Withdrawn: instantOf(row[7]), Reconstructed: row[8] == int64(1),
	}
	r.Source, _, _ = strings.Cut(r.Record, ":")
	for i := range columns {
		if v := row[personHead+i]; v != nil {
			r.Fields = append(r.Fields, store.PersonField{Field: columns[i].field, Value: v})
		}
	}
	return r
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// instantOf is a stored instant; the zero time where there is none.
func instantOf(v any) time.Time {
	n, ok := v.(int64)
	if !ok {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
